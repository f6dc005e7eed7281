/**
 * What kind of message a text is, where that can be told: the names that a JSON object has, and the values by which
 * protocols tell their messages apart. Two greetings with other times in them have the same shape, a greeting and a refusal
 * have not.
 */

/** By which JSON protocols name their messages. */
const TELLING: readonly string[] = [
  'type',
  'event',
  'op',
  'action',
  'kind',
  'method',
  'status',
  'code',
  'error',
  'topic',
];
const SHOWN_KEYS = 12;
/** Engine.IO and Socket.IO write the type of a packet as digits in front of the JSON. */
const PREFIX = /^(\d{0,3})([[{][^]*)$/;

/** Null where it is no JSON object or array, or cut off. */
export function messageShape(text: string): string | null {
  const [, prefix, json] = PREFIX.exec(text) ?? [];
  if (json === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (Array.isArray(value)) {
    const first: unknown = value[0];
    return `${prefix!}[${typeof first === 'string' ? JSON.stringify(first) : typeof first}]`;
  }
  const members = Object.entries(value as object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, SHOWN_KEYS)
    .map(([name, member]: [string, unknown]) =>
      TELLING.includes(name.toLowerCase()) && (typeof member === 'string' || typeof member === 'number')
        ? `${name}: ${JSON.stringify(member)}`
        : name,
    );
  return `${prefix!}{${members.join(', ')}}`;
}
