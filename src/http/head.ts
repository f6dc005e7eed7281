/** The head of an HTTP/1.x message: start line and header lines (RFC 9112 §2-5), as text in Latin-1. */
import { copyOfLatin1 } from '#platform/text';

export interface HeaderField {
  /** As on the wire. */
  readonly name: string;
  /** Without surrounding white space; obsolete folds (RFC 9112 §5.2) joined by one space. */
  readonly value: string;
}

interface HeadBase {
  /** "1.1" */
  readonly version: string;
  readonly headers: readonly HeaderField[];
  /** The names of `headers` in lower case: what lookups compare. */
  readonly names: readonly string[];
  /** The capture does not hold the whole head: lines may be missing. */
  readonly isCut: boolean;
  /** Although lines are missing, it is known where the head ends: a printed text showed how long it is. */
  readonly isEndKnown?: true;
}

export interface RequestHead extends HeadBase {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
  /** See {@link isUpgradeRequest}, which is asked many times of one head. */
  readonly isUpgrade: boolean;
}

export interface ResponseHead extends HeadBase {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  /** A line of a 101 ends with a line feed alone (RFC 9112 §2.2). */
  readonly hasBareLineFeed?: true;
}

export type HttpHead = RequestHead | ResponseHead;

/** How many lines have this name. `name` in lower case. */
export function headerCount({ names }: HeadBase, name: string): number {
  let count = 0;
  for (const each of names) if (each === name) count++;
  return count;
}

/**
 * Whether `token`, in lower case, is a member of a list header. Unlike `headerTokens`, this makes no list.
 */
export function hasHeaderToken({ names, headers }: HeadBase, name: string, token: string): boolean {
  return hasTokenInLines(names, headers, name, token);
}

function hasTokenInLines(
  names: readonly string[],
  headers: readonly HeaderField[],
  name: string,
  token: string,
): boolean {
  for (let index = 0; index < names.length; index++) {
    if (names[index] === name && hasToken(headers[index]!.value, token)) return true;
  }
  return false;
}

function hasToken(value: string, token: string): boolean {
  for (let start = 0; start <= value.length;) {
    const comma = value.indexOf(',', start);
    const end = comma < 0 ? value.length : comma;
    let from = start;
    let to = end;
    while (from < to && isSpace(value.charCodeAt(from))) from++;
    while (to > from && isSpace(value.charCodeAt(to - 1))) to--;
    if (to - from === token.length && isToken(value, from, token)) return true;
    start = end + 1;
  }
  return false;
}

/**
 * Without regard to case. `token` is in lower case, and all its letters are ASCII, where the case is one bit.
 */
function isToken(value: string, from: number, token: string): boolean {
  for (let index = 0; index < token.length; index++) {
    const code = value.charCodeAt(from + index);
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (lower !== token.charCodeAt(index)) return false;
  }
  return true;
}

/** The values of all lines of this name, in order. `name` in lower case. */
export function headerValues(head: HeadBase, name: string): string[] {
  const { names, headers } = head;
  const values: string[] = [];
  for (let index = 0; index < names.length; index++) {
    if (names[index] === name) values.push(headers[index]!.value);
  }
  return values;
}

/** The lines of one name as one value, joined as RFC 9110 §5.3 allows; null where there is none. */
export function headerValue(head: HttpHead, name: string): string | null {
  const { names, headers } = head;
  let value: string | null = null;
  for (let index = 0; index < names.length; index++) {
    if (names[index] !== name) continue;
    const { value: more } = headers[index]!;
    value = value === null ? more : `${value}, ${more}`;
  }
  return value;
}

/** The members of a comma-separated list header (RFC 9110 §5.6.1), over all its lines, in lower case. */
export function headerTokens(head: HeadBase, name: string): string[] {
  const tokens: string[] = [];
  const { names, headers } = head;
  for (let index = 0; index < names.length; index++) {
    if (names[index] === name) addTokens(headers[index]!.value, tokens);
  }
  return tokens;
}

function addTokens(value: string, tokens: string[]): void {
  for (let start = 0; start <= value.length;) {
    const comma = value.indexOf(',', start);
    const end = comma < 0 ? value.length : comma;
    const token = trimmed(value, start, end).toLowerCase();
    if (token !== '') tokens.push(token);
    start = end + 1;
  }
}

/**
 * Whether a request asks for a WebSocket. Also one that lost its Upgrade header on the way through a proxy but
 * still carries the key: that is how a misconfigured proxy looks from behind.
 */
export function isUpgradeRequest({ isUpgrade }: RequestHead): boolean {
  return isUpgrade;
}

function asksForUpgrade(names: readonly string[], headers: readonly HeaderField[]): boolean {
  return names.includes('sec-websocket-key') || hasTokenInLines(names, headers, 'upgrade', 'websocket');
}

const REQUEST_LINE = /^(\S+) +(\S(?:.*\S)?) +HTTP\/(\d\.\d)$/;
const STATUS_LINE = /^HTTP\/(\d\.\d) +(\d{3})(?: +(.*))?$/;
/**
 * What nearly all start lines look like: where their parts stand is known without a match that finds them.
 */
const USUAL_REQUEST_LINE = /^[^\s/]+ \S+ HTTP\/1\.1$/;
const USUAL_STATUS_LINE = /^HTTP\/1\.1 \d{3} \S[^\r]*$/;
/** The same, cut off by the end of what was captured. */
const CUT_REQUEST_LINE = /^([A-Za-z]+) +(\S+)/;
const CUT_STATUS_LINE = /^HTTP\/(\d\.\d) +(\d{3})/;

/**
 * Parses start line and header lines; null where the first line is not a start line. Lines end in LF, with or
 * without CR before it (RFC 9112 §2.2). With `isCut` the text may end anywhere: its last, unfinished line
 * counts only if it is the start line.
 */
export function parseHead(text: string, isCut: boolean): HttpHead | null {
  const startLineEnd = text.indexOf('\n');
  const hasWholeStartLine = startLineEnd >= 0;
  const startLine = (hasWholeStartLine ? text.slice(0, startLineEnd) : text).trimEnd();
  const count = hasWholeStartLine ? parseHeaderLines(text, startLineEnd + 1, isCut) : 0;
  // Lists of exactly this length: a list that has grown has room for half as many more, and heads are kept.
  const headers = linesOfHead.slice(0, count);
  const names = namesOfHead.slice(0, count);
  if (count > MAX_ROOM) linesOfHead.length = MAX_ROOM;

  // The two usual forms first; the first letters of a response tell it from a request.
  if (hasWholeStartLine && USUAL_STATUS_LINE.test(startLine)) {
    const status = Number(startLine.slice(9, 12));
    return responseHead('1.1', status, startLine.slice(13), headers, names, isCut, text);
  }
  if (USUAL_REQUEST_LINE.test(startLine)) {
    const methodEnd = startLine.indexOf(' ');
    const method = startLine.slice(0, methodEnd);
    const target = startLine.slice(methodEnd + 1, startLine.length - ' HTTP/1.1'.length);
    return requestHead(method, target, '1.1', headers, names, isCut);
  }
  const status = startLine.startsWith('HTTP/')
    ? (hasWholeStartLine ? STATUS_LINE : CUT_STATUS_LINE).exec(startLine)
    : null;
  if (status) {
    const [, version = '', code = '', reason = ''] = status;
    return responseHead(version, Number(code), reason, headers, names, isCut, text);
  }
  const request = REQUEST_LINE.exec(startLine);
  if (request) {
    const [, method = '', target = '', version = ''] = request;
    return requestHead(method, target, version, headers, names, isCut);
  }
  const cutRequest = hasWholeStartLine ? null : CUT_REQUEST_LINE.exec(startLine);
  if (cutRequest) {
    const [, method = '', target = ''] = cutRequest;
    return requestHead(method, target, '', headers, names, isCut);
  }
  return null;
}

/** The text is that of a whole head: {@link parseHead}. */
export function parseWholeHead(text: string): HttpHead | null {
  if (!text.includes(UNKNOWN_LINE)) return parseHead(text, false);
  const head = parseHead(text, true);
  return head === null ? null : { ...head, isEndKnown: true };
}

/**
 * A line of zero bytes stands for lines that a printed text doesn't show (capture/paste/). No head on the wire has one, and in one that
 * has, it may hide what an endpoint saw.
 */
const UNKNOWN_LINE = '\n\0';

function responseHead(
  version: string,
  status: number,
  reason: string,
  headers: readonly HeaderField[],
  names: readonly string[],
  isCut: boolean,
  text: string,
): ResponseHead {
  const head: ResponseHead = { kind: 'response', version, status, reason, headers, names, isCut };
  return status === 101 && hasBareLineFeed(text) ? { ...head, hasBareLineFeed: true } : head;
}

function hasBareLineFeed(text: string): boolean {
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text.charCodeAt(at - 1) !== 0x0d) return true;
  }
  return false;
}

function requestHead(
  method: string,
  target: string,
  version: string,
  headers: readonly HeaderField[],
  names: readonly string[],
  isCut: boolean,
): RequestHead {
  const isUpgrade = asksForUpgrade(names, headers);
  return { kind: 'request', method, target, isUpgrade, version, headers, names, isCut };
}

/** A header's name as on the wire and in lower case, and the lines that often have it. */
interface Name {
  readonly wire: string;
  readonly lower: string;
  /** By value; null where the value differs from head to head. */
  lines: Map<string, HeaderField> | null;
}

/**
 * Names by what is on the wire. Nearly all lines of a capture's heads are the same few: they are made once, and heads
 * that are kept share them.
 */
const knownNames = new Map<string, Name>();
/**
 * Beyond these bounds, names or values are made up or do not come again: they are not shared.
 * @bound header names that heads share: {count}
 */
const MAX_NAMES = 1024;
/** @bound header values that heads share: {count} of a name */
const MAX_LINES_OF_NAME = 16;
/** @bound header values that heads share: up to {count} characters */
const MAX_SHARED_LENGTH = 256;

function nameOf(text: string): Name {
  const known = knownNames.get(text);
  if (known !== undefined) return known;
  if (knownNames.size >= MAX_NAMES || text.length > MAX_SHARED_LENGTH) {
    return { wire: text, lower: text.toLowerCase(), lines: null };
  }
  // Copies: as pieces of their head they would keep all of that.
  const wire = copyOfLatin1(text);
  const name = { wire, lower: wire.toLowerCase(), lines: new Map<string, HeaderField>() };
  knownNames.set(wire, name);
  return name;
}

function lineOf(name: Name, value: string): HeaderField {
  const { wire, lines } = name;
  if (lines === null) return { name: wire, value };
  const known = lines.get(value);
  if (known !== undefined) return known;
  if (lines.size >= MAX_LINES_OF_NAME || value.length > MAX_SHARED_LENGTH) {
    name.lines = null;
    return { name: wire, value };
  }
  const line = { name: wire, value: copyOfLatin1(value) };
  lines.set(line.value, line);
  return line;
}

/** Filled anew by each head, with room for those before it: lists that grow would be thrown away once a head. */
const linesOfHead: HeaderField[] = [];
/** More lines than heads usually have. Each line that stays in the list keeps its whole head in memory. */
const MAX_ROOM = 64;
const namesOfHead: string[] = [];

/**
 * Reads the header lines that begin at `start` into the two lists, and returns how many there are. Lines that
 * are not a header field (no colon, no name) are left out: an endpoint would reject or ignore them.
 */
function parseHeaderLines(text: string, start: number, isCut: boolean): number {
  const fields = linesOfHead;
  let count = 0;
  /** Indexes of fields of several lines, whose values are still to be trimmed. */
  let folded: Set<number> | null = null;
  let at = start;
  while (at < text.length) {
    const lineFeed = text.indexOf('\n', at);
    if (lineFeed < 0 && isCut) break;
    const end = lineFeed < 0 ? text.length : lineFeed;
    const first = text.charCodeAt(at);
    if ((first === SPACE || first === TAB) && count > 0) {
      // An obsolete fold (RFC 9112 §5.2). The field so far may be shared, so the longer field is a new one.
      const { name, value } = fields[count - 1]!;
      fields[count - 1] = { name, value: `${value} ${trimmed(text, at, end)}` };
      folded = (folded ?? new Set<number>()).add(count - 1);
    } else {
      const colon = text.indexOf(':', at);
      if (colon >= 0 && colon < end) {
        const name = trimmed(text, at, colon);
        if (name !== '') {
          const known = nameOf(name);
          fields[count] = lineOf(known, trimmed(text, colon + 1, end));
          namesOfHead[count++] = known.lower;
        }
      }
    }
    at = end + 1;
  }
  if (folded === null) return count;
  for (const index of folded) {
    const { name, value } = fields[index]!;
    fields[index] = { name, value: value.trim() };
  }
  return count;
}

const SPACE = 0x20;
const TAB = 0x09;

/** The text from `start` to `end` without white space around it. */
function trimmed(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** What `trim` takes for white space in Latin-1. */
function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= 0x0d) || code === 0xa0;
}

/** How the body after a head is delimited (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

const NO_BODY: BodyFraming = { kind: 'none' };

/** `requestMethod` is the method of the request that a response answers, where known. */
export function bodyFraming(head: HttpHead, requestMethod: string | null): BodyFraming {
  if (head.kind === 'response') {
    const { status } = head;
    if (status < 200 || status === 204 || status === 304 || requestMethod === 'HEAD') return NO_BODY;
  }
  const { names } = head;
  if (names.includes('transfer-encoding') && headerTokens(head, 'transfer-encoding').at(-1) === 'chunked') {
    return { kind: 'chunked' };
  }
  const length = names.includes('content-length') ? headerTokens(head, 'content-length')[0] : undefined;
  if (length !== undefined && /^\d{1,15}$/.test(length)) {
    return Number(length) === 0 ? NO_BODY : { kind: 'length', length: Number(length) };
  }
  return head.kind === 'request' ? NO_BODY : { kind: 'until-close' };
}
