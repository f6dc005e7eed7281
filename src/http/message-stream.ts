/**
 * One direction of an HTTP/1.x connection: bytes in, heads out, bodies skipped (RFC 9112). Works on any
 * segmentation, byte by byte too. Sans-I/O; never throws on wire data.
 *
 *   start -> head -> body (length | chunked | until close) -> start
 *                 -> paused        what follows depends on the other direction: the owner keeps it
 *   gap in a head or a chunked body -> unsynchronized -> head, at a segment that begins like one
 */
import { ChunkedBody } from './chunked-body.ts';
import { findHeadEnd, HeadBuffer, latin1 } from './head-buffer.ts';
import type { HttpBudget } from './http-budget.ts';
import { parseHead, type BodyFraming, type HttpHead } from './head.ts';
import { mayBeginProxyHeader, ProxyHeaderParser, type ProxyHeader } from './proxy-header.ts';
import { isPlausibleStart, looksLikeStart, looksLikeTls, type NotHttpReason } from './sniff.ts';

export interface MessageHandler {
  /**
   * A head is complete (or as complete as the capture has it). Says what follows; "pause" keeps it unread, "search"
   * looks for the next head.
   */
  head(
    head: HttpHead,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): BodyFraming | 'pause' | 'search';
  /** A PROXY protocol header stood in front of everything. */
  proxyHeader(header: ProxyHeader): void;
  /** This stream is no HTTP/1.x. Nothing more comes from it. */
  notHttp(reason: NotHttpReason): void;
}

type State =
  | 'start'
  | 'head'
  | 'body-length'
  | 'body-chunked'
  | 'body-until-close'
  | 'paused'
  | 'unsynchronized'
  | 'stopped';

const LF = 0x0a;
const CR = 0x0d;

export class MessageStream {
  readonly #handler: MessageHandler;
  readonly #head: HeadBuffer;
  /** Made by the first chunked body. */
  #chunked: ChunkedBody | null = null;
  #proxy: ProxyHeaderParser | null = null;
  #state: State;
  /** Body bytes still to come; meaningful in 'body-length'. */
  #remaining = 0;
  /** Nothing of this stream has been seen yet: a PROXY protocol header may come. */
  #isFirst = true;

  /** The head before a pause was cut: where the next message begins is not known. */
  #isHeadCut = false;

  /** @param isFromStart the stream's first byte will be its first byte on the wire */
  constructor(handler: MessageHandler, isFromStart: boolean, budget?: HttpBudget) {
    this.#handler = handler;
    this.#head = new HeadBuffer(budget);
    this.#state = isFromStart ? 'start' : 'unsynchronized';
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  /** Where the next message begins is not known. */
  get isUnsynchronized(): boolean {
    return this.#state === 'unsynchronized';
  }

  /** After a pause: the next byte begins a message. */
  resume(): void {
    if (this.#state === 'paused') this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
  }

  /** After a pause: the next byte begins what is inside a tunnel, a new HTTP connection for all we know. */
  restart(): void {
    this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
    this.#isFirst = true;
    this.#head.clear();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#head.clear();
  }

  /** Takes the next bytes; returns the index of the first that it didn't take (`end`, unless it pauses). */
  push(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    let at = start;
    while (at < end) {
      switch (this.#state) {
        case 'unsynchronized':
          if (looksLikeTls(bytes, at, end)) this.#reject('tls');
          // Only a segment's first byte is tried: bodies are full of things that look like heads.
          else if (at === start && looksLikeStart(bytes, at, end)) this.#state = 'head';
          else return end;
          break;
        case 'start':
          at = this.#skipToHead(bytes, at, end);
          break;
        case 'head':
          at = this.#readHead(bytes, at, end, packet, seconds, nanoseconds);
          break;
        case 'body-length': {
          const taken = Math.min(this.#remaining, end - at);
          this.#remaining -= taken;
          at += taken;
          if (this.#remaining === 0) this.#state = 'start';
          break;
        }
        case 'body-chunked':
          at = this.#chunked!.push(bytes, at, end);
          if (this.#chunked!.isBroken) this.#state = 'unsynchronized';
          else if (this.#chunked!.isDone) this.#state = 'start';
          break;
        case 'paused':
          return at;
        case 'body-until-close':
        case 'stopped':
          return end;
      }
    }
    return end;
  }

  /** `length` bytes of this direction are missing here. */
  gap(length: number, packet: number, seconds: number, nanoseconds: number): void {
    switch (this.#state) {
      case 'body-length':
        if (length <= this.#remaining) {
          this.#remaining -= length;
          if (this.#remaining === 0) this.#state = 'start';
          return;
        }
        break;
      case 'head': {
        // What there is of the head may still say the most important thing: that it is a 101.
        const head = this.#head.length > 0 ? parseHead(this.#head.takeText(), true) : null;
        if (head !== null) {
          const next = this.#handler.head(head, packet, seconds, nanoseconds);
          if (this.#isStopped()) return;
          if (next === 'pause') {
            this.#state = 'paused';
            this.#isHeadCut = true;
            return;
          }
        }
        break;
      }
      case 'body-until-close':
      case 'stopped':
      case 'paused':
        return;
      case 'body-chunked':
        if (this.#chunked!.skip(length)) return;
        break;
      case 'start':
      case 'unsynchronized':
        break;
    }
    this.#head.clear();
    this.#isFirst = false;
    this.#proxy = null;
    this.#state = 'unsynchronized';
  }

  /** Before a message: a PROXY protocol header, or empty lines (RFC 9112 §2.2). */
  #skipToHead(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#isFirst && this.#proxy === null && !mayBeginProxyHeader(bytes[at]!)) this.#isFirst = false;
    if (this.#isFirst) {
      this.#proxy ??= new ProxyHeaderParser();
      const result = this.#proxy.push(bytes, at, end);
      if (result === 'more') return end;
      this.#isFirst = false;
      const { replay } = this.#proxy;
      const { header, consumed } = result;
      this.#proxy = null;
      at += consumed;
      if (header !== null) {
        this.#handler.proxyHeader(header);
      } else if (!this.#replay(replay)) {
        return end;
      }
    }
    if (this.#state === 'head') return at;
    while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++;
    if (at < end) this.#state = 'head';
    return at;
  }

  /** Bytes of earlier segments that began like a PROXY header and turned out not to be one; false ends the stream. */
  #replay(bytes: Uint8Array): boolean {
    let start = 0;
    while (bytes[start] === CR || bytes[start] === LF) start++;
    if (start === bytes.length) return true;
    this.#state = 'head';
    for (let at = start; at < bytes.length;) {
      at = this.#head.appendLine(bytes, at, bytes.length);
      if (!this.#isPlausible()) return false;
    }
    return true;
  }

  #readHead(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    if (this.#head.length === 0) {
      // The common case: the whole head in one segment, read where it stands.
      const headEnd = findHeadEnd(bytes, start, end);
      if (headEnd >= 0) {
        const reason = isPlausibleStart(bytes, start, headEnd, true);
        if (reason === null) this.#finishHead(latin1(bytes, start, headEnd), packet, seconds, nanoseconds);
        else this.#reject(reason);
        return headEnd;
      }
    }
    let at = start;
    while (at < end) {
      at = this.#head.appendLine(bytes, at, end);
      if (this.#head.isFull) {
        this.#reject('head-too-long');
        return end;
      }
      if (!this.#isPlausible()) return end;
      if (this.#head.isComplete) {
        this.#finishHead(this.#head.takeText(), packet, seconds, nanoseconds);
        return at;
      }
    }
    return at;
  }

  /** Whether what there is of the head can still become one; if not, says so and stops. */
  #isPlausible(): boolean {
    // The first line is looked at when it is complete, not again with every piece of the second.
    if (this.#head.lineCount > 1 || (this.#head.lineCount === 1 && !this.#head.isAtLineStart)) return true;
    const reason = isPlausibleStart(this.#head.bytes, 0, this.#head.length, this.#head.lineCount === 1);
    if (reason === null) return true;
    this.#reject(reason);
    return false;
  }

  #finishHead(text: string, packet: number, seconds: number, nanoseconds: number): void {
    const head = parseHead(text, false);
    if (head === null) {
      this.#reject('other');
      return;
    }
    const next = this.#handler.head(head, packet, seconds, nanoseconds);
    if (this.#isStopped()) return;
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
        this.#state = next.length === 0 ? 'start' : 'body-length';
        break;
      case 'chunked':
        this.#chunked ??= new ChunkedBody();
        this.#chunked.reset();
        this.#state = 'body-chunked';
        break;
      case 'until-close':
        this.#state = 'body-until-close';
    }
  }

  /** A handler may have stopped this stream from inside a call. */
  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #reject(reason: NotHttpReason): void {
    this.stop();
    this.#handler.notHttp(reason);
  }
}
