/**
 * One direction of an HTTP/1.x connection: bytes in, heads out, bodies skipped (RFC 9112). Works on any
 * segmentation, byte by byte too. Sans-I/O; never throws on wire data.
 *
 *   stream-start -> head -> body (length | chunked | until close) -> start -> head
 *                        -> paused   what follows depends on the other direction: the owner keeps it
 *   gap in a head or a chunked body -> unsynchronized -> guessed-head, at a segment that begins like one
 *   no HTTP, where the owner expects a response all the same -> stray -> head
 *
 * Where somebody listens, reports what each byte is (http-spans.ts).
 */
import { latin1 } from '#platform/text';
import type { GapLength } from '../carrier/byte-stream.ts';
import { MAX_UNPARSED, type HeadArrival, type UnparsedBytes } from './exchange-handler.ts';
import { ChunkedBody } from './chunked-body.ts';
import { findHeadEnd, HeadBuffer } from './head-buffer.ts';
import type { HttpBudget } from './http-budget.ts';
import { reportHead, reportNoHead, reportSome, reportTlsStart, type HttpSpans } from './http-spans.ts';
import { parseHead, parseWholeHead, type BodyFraming, type HttpHead } from './head.ts';
import { mayBeginProxyHeader, ProxyHeaderParser, type ProxyHeader } from './proxy-header.ts';
import { isPlausibleStart, looksLikeStart, looksLikeTls, type NotHttpReason } from './sniff.ts';
import type { RefusalBody } from './refusal-body.ts';
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
  /** Whether a response is to come, even behind bytes that are not HTTP. */
  expectsResponse(): boolean;
  /** Bytes that are not HTTP were skipped: how many, and where the first one was captured. A head follows. */
  passedOver(length: number, packet: number, seconds: number, nanoseconds: number): void;
  /** This stream is not HTTP/1.x. Nothing more comes from it. */
  notHttp(reason: NotHttpReason): void;
}

type State =
  /** Nothing of this stream, or of what is inside a tunnel, has been seen yet: a PROXY protocol header may come. */
  | 'stream-start'
  /** Before a message. */
  | 'start'
  | 'head'
  /**
   * In the middle of a stream a segment seemed to begin a head; if it doesn't, the stream may still be HTTP.
   */
  | 'guessed-head'
  | 'body-length'
  | 'body-chunked'
  | 'body-until-close'
  /** Behind a whole message. */
  | 'paused'
  /** Behind a head that is cut: where the next message begins is not known. */
  | 'paused-in-head'
  | 'unsynchronized'
  | 'stray'
  | 'stopped'
  /** Stopped before it was known what the stream is: it may turn out to be TLS. */
  | 'stopped-unknown';

const LF = 0x0a;
const CR = 0x0d;

export class MessageStream {
  readonly #handler: MessageHandler;
  /** null: nobody asks what each byte is. */
  readonly #spans: HttpSpans | null;
  readonly #head: HeadBuffer;
  /** Made by the first chunked body. */
  #chunked: ChunkedBody | null = null;
  /** Reads what may be a PROXY header, in 'stream-start'. */
  #proxy: ProxyHeaderParser | null = null;
  #state: State;
  /** Takes the body of the current message; null where nobody wants it. */
  #body: RefusalBody | null = null;
  /** Body bytes still to come, in 'body-length'. */
  #remaining = 0;
  /**
   * The state after the body of the current message: 'paused' where what follows depends on the other
   * direction.
   */
  #afterBody: 'start' | 'paused' = 'start';
  /** Where the head that spans segments began. */
  #headPacket = 0;
  #headSeconds = 0;
  #headNanoseconds = 0;
  #headSegments = 0;
  #headBytes = 0;
  /** Bytes are missing since the last head that was read, or since {@link forgetGap}. */
  #followsGap = false;
  /** Bytes that are not HTTP, in 'stray'. */
  #stray: StrayBytes | null = null;
  /** The beginning of bytes for which the stream was given up. */
  #rejected: UnparsedBytes | null = null;

  /** @param isFromStart the stream's first byte will be its first byte on the wire */
  constructor(
    handler: MessageHandler,
    isFromStart: boolean,
    budget: HttpBudget,
    spans: HttpSpans | null = null,
  ) {
    this.#handler = handler;
    this.#spans = spans;
    this.#head = new HeadBuffer(budget);
    this.#state = isFromStart ? 'stream-start' : 'unsynchronized';
  }

  get isPaused(): boolean {
    return this.#state === 'paused' || this.#state === 'paused-in-head';
  }

  /** Where the next message begins is not known. */
  get isUnsynchronized(): boolean {
    return this.#state === 'unsynchronized';
  }

  /** To be asked inside `head`: how that head came. */
  get headArrival(): HeadArrival {
    return {
      firstPacket: this.#headPacket,
      segments: this.#headSegments,
      bytes: this.#headBytes,
      followsGap: this.#followsGap,
    };
  }

  /** The beginning of bytes that came where a head should be, and that are no whole head; null where there are none. */
  get unparsed(): UnparsedBytes | null {
    if (this.#stray !== null) return this.#stray.beginning;
    return this.#head.length > 0 ? this.#beginning(this.#head.bytes, 0, this.#head.length) : this.#rejected;
  }

  /** What is missing so far belongs to what came before. */
  forgetGap(): void {
    this.#followsGap = false;
  }

  /** Nothing has come yet. */
  get isAtStart(): boolean {
    return this.#state === 'stream-start' && this.#proxy === null;
  }

  /** To be called inside `head`: pauses once the body of that message is over. */
  pauseAfterBody(): void {
    this.#afterBody = 'paused';
  }

  /** To be called inside `head`: the body of that message goes to `body`. */
  keepBody(body: RefusalBody): void {
    this.#body = body;
  }

  /** To be called inside `proxyHeader`: what follows may not be HTTP. */
  pause(): void {
    this.#state = 'paused';
  }

  /** After a pause, or before one that is not needed any more: the next byte begins a message. */
  resume(): void {
    this.#afterBody = 'start';
    if (this.#state === 'paused') this.#state = 'start';
    else if (this.#state === 'paused-in-head') this.#state = 'unsynchronized';
  }

  /** After a pause: the next byte is the first inside a tunnel, where a new HTTP connection may begin. */
  restart(): void {
    this.#dropHeld();
    this.#afterBody = 'start';
    this.#state = this.#state === 'paused-in-head' ? 'unsynchronized' : 'stream-start';
  }

  stop(): void {
    const isUnknown = this.#state === 'stream-start' || this.#state === 'unsynchronized';
    this.#state = isUnknown && this.#proxy === null ? 'stopped-unknown' : 'stopped';
    this.#dropHeld();
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
          if (looksLikeTls(bytes, at, end)) {
            at = reportTlsStart(this.#spans, bytes, at);
            this.#giveUp('tls');
            // Only a segment's first byte is tried: bodies are full of things that look like heads.
          } else if (at === start && looksLikeStart(bytes, at, end)) {
            this.#state = 'guessed-head';
          } else {
            this.#spans?.span('unread', bytes, at, end);
            return end;
          }
          break;
        case 'stream-start':
          at = this.#readStreamStart(bytes, at, end, packet, seconds, nanoseconds);
          break;
        case 'start':
          at = this.#skipEmptyLines(bytes, at, end);
          break;
        case 'head':
        case 'guessed-head':
          at = this.#readHead(bytes, at, end, packet, seconds, nanoseconds);
          break;
        case 'body-length': {
          const taken = Math.min(this.#remaining, end - at);
          this.#spans?.span('body', bytes, at, at + taken);
          this.#body?.push(bytes, at, at + taken);
          this.#remaining -= taken;
          at += taken;
          if (this.#remaining === 0) this.#endBody();
          break;
        }
        case 'body-chunked':
          at = this.#chunked!.push(bytes, at, end);
          if (this.#chunked!.isBroken) {
            this.#finishBody();
            this.#state = 'unsynchronized';
          } else if (this.#chunked!.isDone) this.#endBody();
          break;
        case 'stray':
          at = this.#passOver(bytes, at, end);
          break;
        case 'paused':
        case 'paused-in-head':
          return at;
        case 'body-until-close':
          this.#spans?.span('body', bytes, at, end);
          this.#body?.push(bytes, at, end);
          return end;
        case 'stopped-unknown':
          if (this.#spans !== null && looksLikeTls(bytes, at, end)) {
            at = reportTlsStart(this.#spans, bytes, at);
            this.#state = 'stopped';
          } else if (this.#spans !== null && at === start && looksLikeStart(bytes, at, end)) {
            // The answer in plain text to something that is not HTTP.
            const headEnd = findHeadEnd(bytes, at, end);
            const reported = headEnd < 0 ? end : headEnd;
            reportHead(this.#spans, bytes, at, reported);
            at = reported;
            this.#state = 'stopped';
          }
          if (this.#spans !== null) reportSome(this.#spans, 'unread', bytes, at, end);
          return end;
        case 'stopped':
          this.#spans?.span('unread', bytes, at, end);
          return end;
      }
    }
    return end;
  }

  /** Bytes of this direction are missing here. */
  gap(length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    switch (this.#state) {
      case 'body-length':
        if (length === 'unknown' || length > this.#remaining) break;
        this.#spans?.missing(length);
        this.#body?.missing(length);
        this.#remaining -= length;
        if (this.#remaining === 0) this.#endBody();
        return;
      case 'head':
      case 'guessed-head': {
        const text = this.#head.length > 0 ? this.#takeHead() : '';
        this.#spans?.missing(length);
        // The part of the head that was captured may still say the most important thing: that it is a 101.
        const head = text === '' ? null : parseHead(text, true);
        const next = head === null ? 'search' : this.#handler.head(head, packet, seconds, nanoseconds);
        if (!this.#isStopped()) this.#state = next === 'pause' ? 'paused-in-head' : 'unsynchronized';
        return;
      }
      case 'body-until-close':
        if (length !== 'unknown') this.#body?.missing(length);
        this.#spans?.missing(length);
        return;
      case 'stopped':
      case 'stopped-unknown':
      case 'paused':
      case 'paused-in-head':
        this.#spans?.missing(length);
        return;
      case 'body-chunked':
        if (length === 'unknown' || !this.#chunked!.skip(length)) break;
        this.#spans?.missing(length);
        this.#body?.missing(length);
        return;
      case 'stream-start':
      case 'start':
      case 'unsynchronized':
      case 'stray':
        break;
    }
    this.#dropHeld();
    this.#spans?.missing(length);
    this.#followsGap = true;
    this.#state = 'unsynchronized';
  }

  /** Before the first message: a PROXY protocol header, perhaps. */
  #readStreamStart(
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): number {
    if (this.#proxy === null && !mayBeginProxyHeader(bytes[start]!)) {
      this.#state = 'start';
      return start;
    }
    this.#proxy ??= new ProxyHeaderParser(this.#spans !== null);
    const result = this.#proxy.push(bytes, start, end);
    if (result === 'more') return end;
    const { kept } = this.#proxy;
    this.#proxy = null;
    this.#state = 'start';
    const { header, consumed } = result;
    if (header !== null) {
      this.#spans?.span('proxy-header', kept, 0, kept.length);
      this.#handler.proxyHeader(header);
    } else {
      // Earlier packets are forgotten by now, so a head in these bytes counts as this packet's.
      this.#markHead(packet, seconds, nanoseconds);
      this.#replay(kept);
    }
    return start + consumed;
  }

  /** Empty lines may come before a message (RFC 9112 §2.2). */
  #skipEmptyLines(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++;
    if (at > start) this.#spans?.span('empty-line', bytes, start, at);
    if (at < end) this.#state = 'head';
    return at;
  }

  /** Reads bytes of earlier segments that began like a PROXY header but are not one. */
  #replay(bytes: Uint8Array): void {
    let at = this.#skipEmptyLines(bytes, 0, bytes.length);
    while (at < bytes.length && !this.#isStopped()) {
      if (this.#stray === null) {
        at = this.#head.appendLine(bytes, at, bytes.length);
        this.#isPlausible();
      } else {
        at = this.#passOver(bytes, at, bytes.length);
      }
    }
    if (this.#spans !== null) reportSome(this.#spans, 'unread', bytes, at, bytes.length);
  }

  /**
   * Skips bytes that are not HTTP, up to the status line behind them, or all. Returns the index after them.
   */
  #passOver(bytes: Uint8Array, start: number, end: number): number {
    const stray = this.#stray!;
    const lengthBefore = stray.length;
    const heldBefore = this.#spans === null ? null : stray.possibleStatusLine;
    const at = stray.push(bytes, start, end);
    if (heldBefore !== null) this.#reportStray(heldBefore, stray.length - lengthBefore, bytes, start);
    const { statusLine, length, packet, seconds, nanoseconds } = stray;
    if (statusLine !== null) {
      this.#stray = null;
      this.#state = 'head';
      this.#head.appendLine(statusLine, 0, statusLine.length);
      this.#handler.passedOver(length, packet, seconds, nanoseconds);
    } else if (stray.isTooLong) {
      this.#rejected = stray.beginning;
      this.#giveUp('other');
    }
    return at;
  }

  /**
   * @param held bytes before these that seemed to begin a status line; these bytes have shown that they don't
   */
  #reportStray(held: Uint8Array, length: number, bytes: Uint8Array, start: number): void {
    if (length === 0) return;
    reportSome(this.#spans!, 'stray', held, 0, held.length);
    reportSome(this.#spans!, 'stray', bytes, start, start + length - held.length);
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
        if (reason !== null) return this.#reject(reason, bytes, start, end);
        if (this.#spans !== null) reportHead(this.#spans, bytes, start, headEnd);
        this.#headBytes = headEnd - start;
        this.#finishHead(latin1(bytes, start, headEnd), packet, seconds, nanoseconds);
        return headEnd;
      }
    } else {
      this.#headSegments++;
    }
    let at = start;
    while (at < end) {
      const lengthBefore = this.#head.length;
      const lineStart = at;
      at = this.#head.appendLine(bytes, at, end);
      if (!this.#isPlausible()) return at;
      if (this.#head.isFull) {
        const kept = this.#head.length - lengthBefore;
        this.#giveUp('head-too-long');
        if (this.#spans !== null) reportSome(this.#spans, 'unread', bytes, lineStart + kept, end);
        return end;
      }
      if (this.#head.isComplete) {
        this.#finishHead(this.#takeHead(), packet, seconds, nanoseconds);
        return at;
      }
    }
    return at;
  }

  #markHead(packet: number, seconds: number, nanoseconds: number): void {
    this.#headPacket = packet;
    this.#headSeconds = seconds;
    this.#headNanoseconds = nanoseconds;
    this.#headSegments = 1;
  }

  /** Whether the bytes so far can still become a head; if not, they are rejected. */
  #isPlausible(): boolean {
    // The first line is checked when it is complete, not again with every piece of the second line.
    if (this.#head.lineCount > 1 || (this.#head.lineCount === 1 && !this.#head.isAtLineStart)) return true;
    const reason = isPlausibleStart(this.#head.bytes, 0, this.#head.length, this.#head.lineCount === 1);
    if (reason === null) return true;
    const line = this.#head.bytes.slice(0, this.#head.length);
    this.#head.clear();
    let at = this.#reject(reason, line, 0, line.length);
    // A status line may have begun in the bytes that were taken for a head.
    if (at < line.length) at = this.#passOver(line, at, line.length);
    while (at < line.length) at = this.#head.appendLine(line, at, line.length);
    return false;
  }

  /** Takes the bytes of the head so far, as Latin-1; none are kept. */
  #takeHead(): string {
    if (this.#spans !== null) reportHead(this.#spans, this.#head.bytes, 0, this.#head.length);
    this.#headBytes = this.#head.length;
    return this.#head.takeText();
  }

  #finishHead(text: string, packet: number, seconds: number, nanoseconds: number): void {
    const head = parseWholeHead(text);
    if (head === null) {
      if (this.#state === 'guessed-head') this.#state = 'unsynchronized';
      else this.#giveUp('other');
      return;
    }
    const next = this.#handler.head(head, packet, seconds, nanoseconds);
    this.#followsGap = false;
    if (this.#isStopped()) return;
    if (next === 'pause' || next === 'search' || next.kind === 'none') this.#finishBody();
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
        this.#chunked ??= new ChunkedBody(this.#spans);
        this.#chunked.reset();
        this.#chunked.sink = this.#body;
        this.#state = 'body-chunked';
        break;
      case 'until-close':
        this.#state = 'body-until-close';
    }
  }

  /** A handler may have stopped this stream from inside a call. */
  #isStopped(): boolean {
    return this.#state === 'stopped' || this.#state === 'stopped-unknown';
  }

  #finishBody(): void {
    this.#body?.finish();
    this.#body = null;
    if (this.#chunked !== null) this.#chunked.sink = null;
  }

  /** The body is over. */
  #endBody(): void {
    this.#finishBody();
    this.#state = this.#afterBody;
    this.#afterBody = 'start';
  }

  /**
   * No head begins with these bytes, where one should. Returns the index after the bytes that are done with:
   * for stray bytes that is `start`, because a response may come behind them.
   */
  #reject(reason: NotHttpReason, bytes: Uint8Array, start: number, end: number): number {
    if (reason === 'other' && this.#state === 'guessed-head') {
      // A later segment may begin a head.
      this.#spans?.span('not-a-head', bytes, start, end);
      this.#state = 'unsynchronized';
      return end;
    }
    if (reason === 'other' && this.#handler.expectsResponse()) {
      this.#stray = new StrayBytes(this.#headPacket, this.#headSeconds, this.#headNanoseconds);
      this.#state = 'stray';
      return start;
    }
    if (this.#spans !== null) reportNoHead(this.#spans, bytes, start, end, reason);
    this.#rejected = this.#beginning(bytes, start, end);
    this.#giveUp(reason);
    return end;
  }

  #beginning(bytes: Uint8Array, start: number, end: number): UnparsedBytes {
    return {
      bytes: bytes.slice(start, Math.min(end, start + MAX_UNPARSED)),
      packet: this.#headPacket,
      seconds: this.#headSeconds,
      nanoseconds: this.#headNanoseconds,
    };
  }

  #giveUp(reason: NotHttpReason): void {
    this.stop();
    this.#handler.notHttp(reason);
  }

  /** Forgets the bytes that were kept until it could be known what they are. */
  #dropHeld(): void {
    this.#finishBody();
    const spans = this.#spans;
    if (spans !== null) {
      const kept = this.#proxy?.kept;
      if (kept !== undefined) reportSome(spans, 'unread', kept, 0, kept.length);
      const stray = this.#stray?.possibleStatusLine;
      if (stray !== undefined) reportSome(spans, 'stray', stray, 0, stray.length);
      reportHead(spans, this.#head.bytes, 0, this.#head.length);
    }
    this.#proxy = null;
    this.#stray = null;
    this.#head.clear();
  }
}
