/** The head of an HTTP/1.x message: start line and header lines (RFC 9112 §2-5), as text in Latin-1. */

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
}

export interface RequestHead extends HeadBase {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
}

export interface ResponseHead extends HeadBase {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export type HttpHead = RequestHead | ResponseHead;

/** The values of all lines of this name, in order. `name` in lower case. */
export function headerValues(head: HttpHead, name: string): string[] {
  const values: string[] = [];
  head.names.forEach((other, index) => {
    if (other === name) values.push(head.headers[index]!.value);
  });
  return values;
}

/** The lines of one name as one value, joined as RFC 9110 §5.3 allows; null where there is none. */
export function headerValue(head: HttpHead, name: string): string | null {
  const values = headerValues(head, name);
  return values.length === 0 ? null : values.join(', ');
}

/** The members of a comma-separated list header (RFC 9110 §5.6.1), over all its lines, in lower case. */
export function headerTokens(head: HttpHead, name: string): string[] {
  const tokens: string[] = [];
  for (const value of headerValues(head, name)) {
    for (const member of value.split(',')) {
      const token = member.trim().toLowerCase();
      if (token !== '') tokens.push(token);
    }
  }
  return tokens;
}

/**
 * Whether a request asks for a WebSocket. Also one that lost its Upgrade header on the way through a proxy but
 * still carries the key: that is how a misconfigured proxy looks from behind.
 */
export function isUpgradeRequest(head: RequestHead): boolean {
  return (
    headerTokens(head, 'upgrade').includes('websocket') || headerValues(head, 'sec-websocket-key').length > 0
  );
}

const REQUEST_LINE = /^(\S+) +(\S(?:.*\S)?) +HTTP\/(\d\.\d)$/;
const STATUS_LINE = /^HTTP\/(\d\.\d) +(\d{3})(?: +(.*))?$/;
/** The same, cut off by the end of what was captured. */
const CUT_REQUEST_LINE = /^([A-Za-z]+) +(\S+)/;
const CUT_STATUS_LINE = /^HTTP\/(\d\.\d) +(\d{3})/;

/**
 * Parses start line and header lines; null where the start line is none. Lines end in LF, with or without CR before it
 * (RFC 9112 §2.2). With `isCut` the text ends anywhere: its last, unfinished line counts only if it is the start line.
 */
export function parseHead(text: string, isCut: boolean): HttpHead | null {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const startLine = lines[0]!.trimEnd();
  const hasWholeStartLine = lines.length > 1;
  const headers = parseHeaderLines(isCut ? lines.slice(1, -1) : lines.slice(1));
  const names = headers.map(({ name }) => name.toLowerCase());

  const status = (hasWholeStartLine ? STATUS_LINE : CUT_STATUS_LINE).exec(startLine);
  if (status) {
    const [, version = '', code = '', reason = ''] = status;
    return { kind: 'response', version, status: Number(code), reason, headers, names, isCut };
  }
  const request = REQUEST_LINE.exec(startLine);
  if (request) {
    const [, method = '', target = '', version = ''] = request;
    return { kind: 'request', method, target, version, headers, names, isCut };
  }
  const cutRequest = hasWholeStartLine ? null : CUT_REQUEST_LINE.exec(startLine);
  if (cutRequest) {
    const [, method = '', target = ''] = cutRequest;
    return { kind: 'request', method, target, version: '', headers, names, isCut };
  }
  return null;
}

/** Lines that are no header field (no colon, no name) are left out: an endpoint would reject or ignore them. */
function parseHeaderLines(lines: readonly string[]): HeaderField[] {
  const fields: { name: string; parts: string[] }[] = [];
  for (const line of lines) {
    const last = fields.at(-1);
    if ((line.startsWith(' ') || line.startsWith('\t')) && last !== undefined) {
      last.parts.push(line.trim());
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (name !== '') fields.push({ name, parts: [line.slice(colon + 1).trim()] });
  }
  return fields.map(({ name, parts }) => ({ name, value: parts.join(' ').trim() }));
}

/** How the body after a head is delimited (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

const NO_BODY: BodyFraming = { kind: 'none' };

/** `requestMethod` is that of the request which a response answers, where known. */
export function bodyFraming(head: HttpHead, requestMethod: string | null): BodyFraming {
  if (head.kind === 'response') {
    const { status } = head;
    if (status < 200 || status === 204 || status === 304 || requestMethod === 'HEAD') return NO_BODY;
  }
  if (headerTokens(head, 'transfer-encoding').at(-1) === 'chunked') return { kind: 'chunked' };
  const length = headerTokens(head, 'content-length')[0];
  if (length !== undefined && /^\d{1,15}$/.test(length)) {
    return Number(length) === 0 ? NO_BODY : { kind: 'length', length: Number(length) };
  }
  return head.kind === 'request' ? NO_BODY : { kind: 'until-close' };
}
