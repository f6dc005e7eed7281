/**
 * One direction of a connection before it is a WebSocket, rewritten in as many bytes: heads line by line, bodies and all
 * that is no HTTP filled with a byte that begins nothing. Goes through the same states as http/message-stream.ts.
 */
import { parseHead, type BodyFraming, type HttpHead } from '../http/head.ts';
import { mayBeginProxyHeader, ProxyHeaderParser } from '../http/proxy-header.ts';
import { isPlausibleStart, looksLikeStart, looksLikeTls } from '../http/sniff.ts';
import { ChunkedScrubber } from './chunked-scrubber.ts';
import { rewriteHeaderLine, rewriteStartLine } from './head-lines.ts';
import { rewriteProxyHeader, type Endpoints } from './proxy-header.ts';
import type { RewrittenStream } from './rewritten-stream.ts';

export interface HeadHandler {
  /** A head is complete, or as complete as the capture has it. Says what follows, as message-stream.ts is told it. */
  head(head: HttpHead): BodyFraming | 'pause' | 'search';
  expectsResponse(): boolean;
}

type State =
  | 'start'
  | 'head'
  | 'stray'
  | 'body-length'
  | 'body-chunked'
  | 'body-until-close'
  | 'paused'
  | 'unsynchronized'
  | 'stopped';

const LF = 0x0a;
const CR = 0x0d;
/** In place of what is not read: no method, no status line, no frame begins with it. */
const CONTENT = 0xff;
const BODY = 0x2e;
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_HEAD_LINES = 1024;
const TLS_RECORD_START = 3;
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n';
/** What a segment in mid-stream is taken for a head by; it may turn out to be none. */
const LOOKS_LIKE_HEAD = /^(?:HTTP\/1\.|(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT) )/;
const STATUS_LINE_WITHIN = /HTTP\/1\.\d \d{3}(?=[ \r\n])/;

export class HttpScrubber {
  readonly #stream: RewrittenStream;
  readonly #handler: HeadHandler;
  readonly #endpoints: Endpoints;
  #state: State;
  #isFirst = true;
  #proxy: ProxyHeaderParser | null = null;
  /** What may be a PROXY header, so far. */
  #prefix: number[] = [];
  /** The current line, and the head's lines before it as they were. */
  #line: Buffer[] = [];
  #lineLength = 0;
  #headText = '';
  #lineCount = 0;
  #lastName = '';
  #remaining = 0;
  #chunked: ChunkedScrubber | null = null;
  #isHeadCut = false;
  #pausesAfterBody = false;

  constructor(stream: RewrittenStream, handler: HeadHandler, endpoints: Endpoints, isFromStart: boolean) {
    this.#stream = stream;
    this.#handler = handler;
    this.#endpoints = endpoints;
    this.#state = isFromStart ? 'start' : 'unsynchronized';
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  pauseAfterBody(): void {
    this.#pausesAfterBody = true;
  }

  resume(): void {
    this.#pausesAfterBody = false;
    if (this.#state === 'paused') this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
  }

  /** What follows is inside a tunnel. */
  restart(): void {
    this.#flushLine();
    this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
    this.#pausesAfterBody = false;
    this.#isFirst = true;
  }

  /** All that follows is content. */
  stop(): void {
    this.#flushLine();
    this.#state = 'stopped';
  }

  /** Takes the next bytes; returns the index of the first that it didn't take (`end`, unless it pauses). */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      switch (this.#state) {
        case 'unsynchronized':
          if (looksLikeTls(bytes, at, end)) at = this.#beginTls(bytes, at);
          else if (at === start && looksLikeStart(bytes, at, end)) this.#state = 'head';
          else return this.#fill(at, end);
          break;
        case 'start':
          at = this.#skipToHead(bytes, at, end);
          break;
        case 'head':
        case 'stray':
          at = this.#readLine(bytes, at, end);
          break;
        case 'body-length': {
          const taken = Math.min(this.#remaining, end - at);
          this.#stream.fill(BODY, taken);
          at += taken;
          this.#remaining -= taken;
          if (this.#remaining === 0) this.#endBody();
          break;
        }
        case 'body-chunked':
          at = this.#chunked!.push(bytes, at, end);
          if (this.#chunked!.isBroken) this.#state = 'unsynchronized';
          else if (this.#chunked!.isDone) this.#endBody();
          break;
        case 'paused':
          return at;
        case 'body-until-close':
          this.#stream.fill(BODY, end - at);
          return end;
        case 'stopped':
          return this.#fill(at, end);
      }
    }
    return end;
  }

  gap(length: number): void {
    const wasHead = this.#state === 'head' && this.#headText.length + this.#lineLength > 0;
    const text = this.#headText + Buffer.concat(this.#line).toString('latin1');
    if (this.#state === 'body-chunked' && this.#chunked!.skip(length)) return;
    this.#flushLine();
    this.#stream.skip(length);
    switch (this.#state) {
      case 'body-length':
        if (length > this.#remaining) break;
        this.#remaining -= length;
        if (this.#remaining === 0) this.#endBody();
        return;
      case 'head': {
        const head = wasHead ? parseHead(text, true) : null;
        if (head !== null && this.#handler.head(head) === 'pause') {
          this.#state = 'paused';
          this.#isHeadCut = true;
          return;
        }
        break;
      }
      case 'body-until-close':
      case 'stopped':
      case 'paused':
        return;
      default:
        break;
    }
    this.#isFirst = false;
    this.#state = 'unsynchronized';
  }

  /** Nothing more comes: what was held back is written. */
  end(): void {
    this.#flushLine();
  }

  #fill(at: number, end: number): number {
    this.#stream.fill(CONTENT, end - at);
    return end;
  }

  /** The first bytes of a record say that it is TLS, and no more than that. */
  #beginTls(bytes: Uint8Array, at: number): number {
    this.#stream.append(bytes, at, at + TLS_RECORD_START);
    this.#state = 'stopped';
    return at + TLS_RECORD_START;
  }

  #skipToHead(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#isFirst && this.#proxy === null && !mayBeginProxyHeader(bytes[at]!)) this.#isFirst = false;
    if (this.#isFirst) {
      this.#proxy ??= new ProxyHeaderParser();
      const result = this.#proxy.push(bytes, at, end);
      if (result === 'more') {
        this.#prefix.push(...bytes.subarray(at, end));
        return end;
      }
      const prefix = Uint8Array.from([...this.#prefix, ...bytes.subarray(at, at + result.consumed)]);
      this.#isFirst = false;
      this.#proxy = null;
      this.#prefix = [];
      at += result.consumed;
      if (result.header !== null) this.#stream.append(rewriteProxyHeader(prefix, this.#endpoints));
      else for (let from = 0; from < prefix.length;) from = this.push(prefix, from, prefix.length);
    }
    if (this.#state !== 'start') return at;
    const first = at;
    while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++;
    this.#stream.append(bytes, first, at);
    if (at < end) this.#state = 'head';
    return at;
  }

  #readLine(bytes: Uint8Array, start: number, end: number): number {
    if (this.#lineLength === 0 && this.#lineCount === 0 && looksLikeTls(bytes, start, end)) {
      return this.#beginTls(bytes, start);
    }
    let at = start;
    while (at < end && bytes[at] !== LF) at++;
    const isLineEnd = at < end;
    if (isLineEnd) at++;
    this.#line.push(Buffer.from(bytes.subarray(start, at)));
    this.#lineLength += at - start;
    if (isLineEnd) this.#endLine();
    const isTooLong =
      this.#headText.length + this.#lineLength > MAX_HEAD_BYTES || this.#lineCount > MAX_HEAD_LINES;
    if (isTooLong && (this.#state === 'head' || this.#state === 'stray')) {
      this.#write(null);
      this.stop();
    }
    return at;
  }

  #endLine(): void {
    const bytes = Buffer.concat(this.#line);
    const line = bytes.toString('latin1');
    if (this.#lineCount === 0) {
      this.#startLine(line, bytes);
      return;
    }
    this.#lineCount++;
    this.#headText += line;
    if (/^\r?\n$/.test(line)) {
      this.#write(line);
      this.#endHead();
      return;
    }
    this.#writeHeaderLine(line);
  }

  #writeHeaderLine(line: string): void {
    const [, content = '', lineEnd = ''] = /^(.*?)(\r?\n)?$/s.exec(line) ?? [];
    const { text, name } = rewriteHeaderLine(content, this.#lastName, this.#endpoints.pseudonyms);
    this.#lastName = name;
    this.#write(text + lineEnd);
  }

  #startLine(line: string, bytes: Uint8Array): void {
    const reason = isPlausibleStart(bytes, 0, bytes.length, true);
    if (reason === null && this.#state === 'head') {
      this.#beginHead(line, '');
      return;
    }
    if (reason === 'http2' && line === HTTP2_PREFACE) {
      this.#write(line);
      this.stop();
      return;
    }
    const within = this.#handler.expectsResponse() ? STATUS_LINE_WITHIN.exec(line) : null;
    if (within !== null) {
      this.#state = 'head';
      this.#beginHead(line.slice(within.index), line.slice(0, within.index));
      return;
    }
    this.#writeUnread(line);
    this.#state = this.#handler.expectsResponse() ? 'stray' : 'stopped';
  }

  /** @param stray what stands in front of it on its line */
  #beginHead(line: string, stray: string): void {
    const [, content = '', lineEnd = ''] = /^(.*?)(\s*)$/s.exec(line) ?? [];
    this.#lineCount = 1;
    this.#headText = line;
    this.#lastName = '';
    const rewritten = rewriteStartLine(content, this.#endpoints.pseudonyms) + lineEnd;
    this.#write(String.fromCharCode(CONTENT).repeat(stray.length) + rewritten);
  }

  #endHead(): void {
    const head = parseHead(this.#headText, false);
    this.#headText = '';
    this.#lineCount = 0;
    if (head === null) {
      this.#state = 'stopped';
      return;
    }
    const next = this.#handler.head(head);
    if (next === 'pause' || next === 'search') {
      this.#state = next === 'pause' ? 'paused' : 'unsynchronized';
      return;
    }
    switch (next.kind) {
      case 'none':
        this.#state = 'start';
        break;
      case 'length':
        this.#remaining = next.length;
        this.#state = 'body-length';
        break;
      case 'chunked':
        this.#chunked = new ChunkedScrubber(this.#stream, this.#endpoints.pseudonyms);
        this.#state = 'body-chunked';
        break;
      case 'until-close':
        this.#state = 'body-until-close';
    }
  }

  #endBody(): void {
    this.#state = this.#pausesAfterBody ? 'paused' : 'start';
    this.#pausesAfterBody = false;
  }

  /** A line that is no start line after all: it stays one that looks like it. */
  #writeUnread(line: string): void {
    const start = LOOKS_LIKE_HEAD.exec(line)?.[0] ?? '';
    this.#write(start + String.fromCharCode(CONTENT).repeat(line.length - start.length));
  }

  /** Writes the current line; null, or a text of another length, fills it. */
  #write(text: string | null): void {
    if (text?.length === this.#lineLength) this.#stream.append(Buffer.from(text, 'latin1'));
    else this.#stream.fill(CONTENT, this.#lineLength);
    this.#line = [];
    this.#lineLength = 0;
  }

  /** The line that has come so far is all that there is of it. */
  #flushLine(): void {
    this.#chunked?.flush();
    this.#stream.fill(CONTENT, this.#prefix.length);
    this.#prefix = [];
    this.#proxy = null;
    if (this.#lineLength > 0) {
      const line = Buffer.concat(this.#line).toString('latin1');
      if (this.#lineCount > 0 && line.includes(':')) this.#writeHeaderLine(line);
      else if (this.#lineCount > 0 || this.#state !== 'head') this.#write(null);
      else if (!beginsLikeHead(line)) this.#writeUnread(line);
      else this.#write(rewriteStartLine(line, this.#endpoints.pseudonyms));
    }
    this.#headText = '';
    this.#lineCount = 0;
  }
}

function beginsLikeHead(line: string): boolean {
  const bytes = Buffer.from(line, 'latin1');
  return isPlausibleStart(bytes, 0, bytes.length, false) === null;
}
