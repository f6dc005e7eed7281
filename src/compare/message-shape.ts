/**
 * The kind of message that a text is, if it can be told: the member names of its JSON object, and the values by which
 * protocols tell their messages apart. Two greetings with different times have the same shape; a greeting and a
 * refusal do not.
 */

/** Members that name the kind of message in JSON protocols. */
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
/** Engine.IO and Socket.IO write the packet type as digits before the JSON. */
const PREFIX = /^(\d{0,3})([[{][^]*)$/;

/** Null if the text is not a JSON object or array, or is cut off. */
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
