/**
 * Rewrites one direction of a connection, before it is a WebSocket, in as many bytes: replaces each span that
 * http/ reports. Heads are rewritten line by line; bodies, and all that is not HTTP, are filled with a byte
 * that begins nothing; known phrases of refusals stay.
 */
import type { GapLength } from '../carrier/byte-stream.ts';
import { latin1 } from '#platform/text';
import type { HttpSpan, HttpSpans } from '../http/http-spans.ts';
import { knownPhrasesIn } from '../http/known-phrases.ts';
import { rewriteChunkSize, rewriteFalseStart, rewriteHeaderLine, rewriteStartLine } from './head-lines.ts';
import { rewriteProxyHeader, type Endpoints } from './proxy-header.ts';
import type { RewrittenStream } from './rewritten-stream.ts';

const LF = 0x0a;
const CR = 0x0d;
/** Replaces bytes that are not read: no method, no status line and no frame begins with it. */
const CONTENT = 0xff;
const BODY = 0x2e;
/** The longest line of a chunked body that may come in pieces; a longer one is filled. */
const MAX_LINE = 4096;

export class HttpScrubber implements HttpSpans {
  readonly #stream: RewrittenStream;
  readonly #endpoints: Endpoints;
  /** The name of the header line before, in lower case: a folded line continues its value. */
  #lastName = '';
  /** A line of a chunked body that is not complete. A line that is too long is filled as it comes. */
  #line: { readonly kind: HttpSpan; text: string; isTooLong: boolean } | null = null;

  constructor(stream: RewrittenStream, endpoints: Endpoints) {
    this.#stream = stream;
    this.#endpoints = endpoints;
  }

  span(kind: HttpSpan, bytes: Uint8Array, start: number, end: number): void {
    if (this.#line !== null && this.#line.kind !== kind) this.end();
    switch (kind) {
      case 'proxy-header':
        this.#stream.append(rewriteProxyHeader(bytes.slice(start, end), this.#endpoints));
        break;
      case 'empty-line':
      case 'head-end':
      case 'tls-start':
      case 'http2-preface':
        this.#stream.append(bytes, start, end);
        break;
      case 'start-line':
        this.#startLine(latin1(bytes, start, end));
        break;
      case 'header-line':
        this.#headerLine(latin1(bytes, start, end));
        break;
      case 'body':
      case 'chunk-data':
        this.#body(latin1(bytes, start, end));
        break;
      case 'chunk-size':
      case 'trailer':
        this.#addToLine(kind, bytes, start, end);
        break;
      case 'chunk-end':
        for (let at = start; at < end; at++) {
          this.#stream.fill(bytes[at] === CR || bytes[at] === LF ? bytes[at]! : BODY, 1);
        }
        break;
      case 'not-a-head':
      case 'stray':
        // Until its line is whole, or an upgrade is asked for, it must go on looking like a head.
        this.#write(rewriteFalseStart(latin1(bytes, start, end)), end - start);
        break;
      case 'unread':
        this.#stream.fill(CONTENT, end - start);
    }
  }

  missing(length: GapLength): void {
    this.end();
    if (length !== 'unknown') this.#stream.skip(length);
  }

  /** Nothing more comes of the line that is not complete: it is written as content. */
  end(): void {
    const line = this.#line;
    this.#line = null;
    if (line !== null) this.#stream.fill(BODY, line.text.length);
  }

  /** Of a body only known phrases stay: findings rest on them. */
  #body(text: string): void {
    let at = 0;
    for (const [start, end] of knownPhrasesIn(text)) {
      this.#stream.fill(BODY, start - at);
      this.#write(text.slice(start, end), end - start);
      at = end;
    }
    this.#stream.fill(BODY, text.length - at);
  }

  #startLine(line: string): void {
    this.#lastName = '';
    const [, content = '', lineEnd = ''] = isWhole(line) ? (/^(.*?)(\s*)$/s.exec(line) ?? []) : [line, line];
    this.#write(rewriteStartLine(content, this.#endpoints.pseudonyms) + lineEnd, line.length);
  }

  #headerLine(line: string): void {
    const [, content = '', lineEnd = ''] = /^(.*?)(\r?\n)?$/s.exec(line) ?? [];
    const { text, name } = rewriteHeaderLine(content, this.#lastName, this.#endpoints.pseudonyms);
    this.#lastName = name;
    // What a line is can't be known where it is cut before its colon.
    this.#write(isWhole(line) || line.includes(':') ? text + lineEnd : null, line.length);
  }

  #addToLine(kind: HttpSpan, bytes: Uint8Array, start: number, end: number): void {
    const line = (this.#line ??= { kind, text: '', isTooLong: false });
    const isEnd = bytes[end - 1] === LF;
    if (line.isTooLong || line.text.length + end - start > MAX_LINE) {
      this.#stream.fill(BODY, line.text.length + end - start);
      this.#line = isEnd ? null : { kind, text: '', isTooLong: true };
      return;
    }
    line.text += latin1(bytes, start, end);
    if (!isEnd) return;
    this.#line = null;
    const text =
      kind === 'chunk-size'
        ? rewriteChunkSize(line.text)
        : rewriteHeaderLine(line.text, '', this.#endpoints.pseudonyms).text;
    this.#write(text, line.text.length);
  }

  /** Writes a line; null, or a text of another length, fills it. */
  #write(text: string | null, length: number): void {
    if (text?.length === length) this.#stream.append(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    else this.#stream.fill(CONTENT, length);
  }
}

function isWhole(line: string): boolean {
  return line.endsWith('\n');
}
