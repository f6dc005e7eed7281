/** A message of a rule, with its places filled in: `fill('sent {how} in {packet}', { how: 'FIN', packet: 'packet 4' })`. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a message wants "${name}", which its rule does not give`);
    return String(value);
  });
}
