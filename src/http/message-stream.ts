/**
 * One direction of an HTTP/1.x connection: bytes in, heads out, bodies skipped (RFC 9112). Works on any
 * segmentation, byte by byte too. Sans-I/O; never throws on wire data.
 *
 *   start -> head -> body (length | chunked | until close) -> start
 *                 -> paused        what follows depends on the other direction: the owner keeps it
 *   gap in a head or a chunked body -> unsynchronized -> head, at a segment that begins like one
 *   no HTTP, where the owner expects a response all the same -> stray -> head
 */
import { latin1 } from '#platform/text';
import { ChunkedBody } from './chunked-body.ts';
import { findHeadEnd, HeadBuffer } from './head-buffer.ts';
import type { HttpBudget } from './http-budget.ts';
import { parseHead, type BodyFraming, type HttpHead } from './head.ts';
import { mayBeginProxyHeader, ProxyHeaderParser, type ProxyHeader } from './proxy-header.ts';
import { isPlausibleStart, looksLikeStart, looksLikeTls, type NotHttpReason } from './sniff.ts';
import { StrayBytes } from './stray-bytes.ts';

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
  /** Whether a response is to come, even behind bytes that are no HTTP. */
  expectsResponse(): boolean;
  /** Such bytes were passed over: how many, and where the first of them was captured. A head follows. */
  passedOver(length: number, packet: number, seconds: number, nanoseconds: number): void;
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
  | 'stray'
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

  /** In the middle of a stream, a segment seemed to begin a head: where it doesn't, that proves nothing. */
  #isGuess = false;
  /** The head before a pause was cut: where the next message begins is not known. */
  #isHeadCut = false;
  /** What follows the body depends on the other direction. */
  #pausesAfterBody = false;
  /** Where the head that spans segments began. */
  #headPacket = 0;
  #headSeconds = 0;
  #headNanoseconds = 0;
  /** Bytes that are no HTTP, in 'stray'. */
  #stray: StrayBytes | null = null;

  /** @param isFromStart the stream's first byte will be its first byte on the wire */
  constructor(handler: MessageHandler, isFromStart: boolean, budget: HttpBudget) {
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

  /** Asked for from inside `head`: pauses once the body of that message is over. */
  pauseAfterBody(): void {
    this.#pausesAfterBody = true;
  }

  /** After a pause, or before one that is not needed any more: the next byte begins a message. */
  resume(): void {
    this.#pausesAfterBody = false;
    if (this.#state === 'paused') this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
  }

  /** After a pause: the next byte begins what is inside a tunnel, a new HTTP connection for all we know. */
  restart(): void {
    this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
    this.#pausesAfterBody = false;
    this.#isFirst = true;
    this.#head.clear();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#stray = null;
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
          if (looksLikeTls(bytes, at, end)) this.#giveUp('tls');
          // Only a segment's first byte is tried: bodies are full of things that look like heads.
          else if (at === start && looksLikeStart(bytes, at, end)) {
            this.#state = 'head';
            this.#isGuess = true;
          } else return end;
          break;
        case 'start':
          at = this.#skipToHead(bytes, at, end, packet, seconds, nanoseconds);
          break;
        case 'head':
          at = this.#readHead(bytes, at, end, packet, seconds, nanoseconds);
          break;
        case 'body-length': {
          const taken = Math.min(this.#remaining, end - at);
          this.#remaining -= taken;
          at += taken;
          if (this.#remaining === 0) this.#endBody();
          break;
        }
        case 'body-chunked':
          at = this.#chunked!.push(bytes, at, end);
          if (this.#chunked!.isBroken) this.#state = 'unsynchronized';
          else if (this.#chunked!.isDone) this.#endBody();
          break;
        case 'stray':
          at = this.#passOver(bytes, at, end);
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
          if (this.#remaining === 0) this.#endBody();
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
      case 'stray':
        break;
    }
    this.#stray = null;
    this.#head.clear();
    this.#isFirst = false;
    this.#proxy = null;
    this.#state = 'unsynchronized';
  }

  /** Before a message: a PROXY protocol header, or empty lines (RFC 9112 §2.2). */
  #skipToHead(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
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
      } else {
        // By now earlier packets are forgotten: what comes of these bytes counts as this one's.
        this.#markHead(packet, seconds, nanoseconds);
        this.#replay(replay);
      }
    }
    if (this.#state !== 'start') return at;
    while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++;
    if (at < end) this.#state = 'head';
    return at;
  }

  /** Bytes of earlier segments that began like a PROXY header and turned out not to be one. */
  #replay(bytes: Uint8Array): void {
    let start = 0;
    while (bytes[start] === CR || bytes[start] === LF) start++;
    if (start === bytes.length) return;
    this.#state = 'head';
    for (let at = start; at < bytes.length && !this.#isStopped();) {
      if (this.#stray === null) {
        at = this.#head.appendLine(bytes, at, bytes.length);
        this.#isPlausible();
      } else {
        at = this.#passOver(bytes, at, bytes.length);
      }
    }
  }

  /** Bytes that are no HTTP, up to the status line behind them, or all; returns the index after those it took. */
  #passOver(bytes: Uint8Array, start: number, end: number): number {
    const stray = this.#stray!;
    const at = stray.push(bytes, start, end);
    const { statusLine, length, packet, seconds, nanoseconds } = stray;
    if (statusLine !== null) {
      this.#stray = null;
      this.#state = 'head';
      this.#head.appendLine(statusLine, 0, statusLine.length);
      this.#handler.passedOver(length, packet, seconds, nanoseconds);
    } else if (stray.isTooLong) {
      this.#giveUp('other');
    }
    return at;
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
      this.#markHead(packet, seconds, nanoseconds);
      // The common case: the whole head in one segment, read where it stands.
      const headEnd = findHeadEnd(bytes, start, end);
      if (headEnd >= 0) {
        const reason = isPlausibleStart(bytes, start, headEnd, true);
        if (reason === null) {
          this.#finishHead(latin1(bytes, start, headEnd), packet, seconds, nanoseconds);
          return headEnd;
        }
        const wasGuess = this.#isGuess;
        this.#reject(reason);
        return wasGuess && !this.#isStopped() ? end : start;
      }
    }
    let at = start;
    while (at < end) {
      at = this.#head.appendLine(bytes, at, end);
      if (!this.#isPlausible()) return at;
      if (this.#head.isFull) {
        this.#giveUp('head-too-long');
        return end;
      }
      if (this.#head.isComplete) {
        this.#finishHead(this.#head.takeText(), packet, seconds, nanoseconds);
        return at;
      }
    }
    return at;
  }

  #markHead(packet: number, seconds: number, nanoseconds: number): void {
    this.#headPacket = packet;
    this.#headSeconds = seconds;
    this.#headNanoseconds = nanoseconds;
  }

  /** Whether what there is of the head can still become one; if not, it is rejected. */
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
      if (this.#isGuess) this.#guessAgain();
      else this.#giveUp('other');
      return;
    }
    this.#isGuess = false;
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
        this.#state = 'body-length';
        if (next.length === 0) this.#endBody();
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

  /** The body is over. */
  #endBody(): void {
    this.#state = this.#pausesAfterBody ? 'paused' : 'start';
    this.#pausesAfterBody = false;
  }

  /** No head begins where one should; a response may all the same come behind it. */
  #reject(reason: NotHttpReason): void {
    if (reason === 'other' && this.#isGuess) {
      this.#guessAgain();
      return;
    }
    if (reason !== 'other' || !this.#handler.expectsResponse()) {
      this.#giveUp(reason);
      return;
    }
    const line = this.#head.bytes.slice(0, this.#head.length);
    this.#head.clear();
    this.#stray = new StrayBytes(this.#headPacket, this.#headSeconds, this.#headNanoseconds);
    this.#state = 'stray';
    // A status line may have begun in what was taken for a head.
    let at = this.#passOver(line, 0, line.length);
    while (at < line.length) at = this.#head.appendLine(line, at, line.length);
  }

  /** It was no head that seemed to begin there: a later segment may begin one. */
  #guessAgain(): void {
    this.#isGuess = false;
    this.#head.clear();
    this.#state = 'unsynchronized';
  }

  #giveUp(reason: NotHttpReason): void {
    this.stop();
    this.#handler.notHttp(reason);
  }
}
