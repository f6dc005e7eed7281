/** Sec-WebSocket-Extensions (RFC 6455 §9.1) and the parameters of permessage-deflate (RFC 7692 §7.1). */
import { copyOfLatin1 } from '#platform/text';

export interface Extension {
  /** In lower case. */
  readonly name: string;
  /** By name in lower case; null for one without a value. */
  readonly parameters: ReadonlyMap<string, string | null>;
}

/** How one direction of a WebSocket compresses. */
export interface DeflateDirection {
  /** Each message begins with an empty window. */
  readonly noContextTakeover: boolean;
  /** LZ77 window of the sender: 8 to 15. */
  readonly windowBits: number;
}

export interface DeflateParameters {
  readonly client: DeflateDirection;
  readonly server: DeflateDirection;
}

export const PERMESSAGE_DEFLATE = 'permessage-deflate';

const MAX_WINDOW_BITS = 15;
const MIN_WINDOW_BITS = 8;

/**
 * Parsed headers by value: the same few values come with every connection, and each is asked for several
 * times.
 */
const parsed = new Map<string, readonly Extension[]>();
/**
 * A capture with more different values has made-up ones: they are parsed, but not kept.
 * @bound parsed Sec-WebSocket-Extensions that are remembered: {count}
 */
const MAX_PARSED = 256;
/** @bound parsed Sec-WebSocket-Extensions that are remembered: up to {count} characters */
const MAX_PARSED_LENGTH = 256;
const NONE: readonly Extension[] = [];

/** The members of the header's value (several lines joined by commas), in order; what can't be read is left out. */
export function parseExtensions(value: string): readonly Extension[] {
  if (value === '') return NONE;
  const known = parsed.get(value);
  if (known !== undefined) return known;
  if (parsed.size >= MAX_PARSED || value.length > MAX_PARSED_LENGTH) return parse(value);
  // A copy: a slice would keep the whole head in memory.
  const copy = copyOfLatin1(value);
  const extensions = parse(copy);
  parsed.set(copy, extensions);
  return extensions;
}

function parse(value: string): Extension[] {
  const extensions: Extension[] = [];
  for (const member of splitOutsideQuotes(value, ',')) {
    const [name = '', ...parameters] = splitOutsideQuotes(member, ';').map((part) => part.trim());
    if (name === '') continue;
    extensions.push({
      name: name.toLowerCase(),
      parameters: new Map(parameters.filter((text) => text !== '').map(parseParameter)),
    });
  }
  return extensions;
}

/**
 * What a 101 agrees to; null where permessage-deflate is not among it, or has parameters that mean nothing.
 */
export function deflateParameters(agreed: readonly Extension[]): DeflateParameters | null {
  const deflate = agreed.find(({ name }) => name === PERMESSAGE_DEFLATE);
  if (deflate === undefined) return null;
  const client = directionOf('client', deflate);
  const server = directionOf('server', deflate);
  return client === null || server === null ? null : { client, server };
}

function directionOf(side: 'client' | 'server', { parameters }: Extension): DeflateDirection | null {
  const noContextTakeover = parameters.has(`${side}_no_context_takeover`);
  const bits = parameters.get(`${side}_max_window_bits`);
  if (bits === undefined) return { noContextTakeover, windowBits: MAX_WINDOW_BITS };
  const windowBits = bits !== null && /^[1-9]\d?$/.test(bits) ? Number(bits) : NaN;
  if (!(windowBits >= MIN_WINDOW_BITS && windowBits <= MAX_WINDOW_BITS)) return null;
  return { noContextTakeover, windowBits };
}

function parseParameter(text: string): [name: string, value: string | null] {
  const equals = text.indexOf('=');
  if (equals < 0) return [text.toLowerCase(), null];
  const value = text.slice(equals + 1).trim();
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return [
    text.slice(0, equals).trim().toLowerCase(),
    isQuoted ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value,
  ];
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
