/**
 * One direction of a WebSocket: frames and their payloads in, messages out (RFC 6455 §5.4), inflated where
 * permessage-deflate says so (RFC 7692), texts checked as a whole. HOT: `begin`, `payload` and `end` run once per frame.
 *
 * Payloads are looked at only where something needs them: a text (is it UTF-8?), a compressed message (does it
 * inflate?), or a listener that wants to see them.
 */
import { isAscii } from './ascii.ts';
import type { DeflateDirection } from './extensions.ts';
import { isDataOpcode, OPCODE_CONTINUATION, OPCODE_TEXT, type Frame } from './frame.ts';
import type { PayloadSink } from './frame-events.ts';
import type { InflateBudget } from './inflate-budget.ts';
import { Inflater, type InflateOutput, type InflateResult } from './inflater.ts';
import type { Message, MessageProblem } from './message.ts';
import { unmask, UNMASK_CHUNK } from './unmask.ts';
import { Utf8Validator } from './utf8-validator.ts';

/**
 * A message is inflated up to this many bytes; a longer one is given up, and noted.
 * @bound one message, inflated: {bytes}
 */
export const MAX_INFLATED: number = 64 * 1024 * 1024;

const RSV1 = 0x04;
/** From this length on Node's own check is quicker than ours, if nothing has to be unmasked for it. */
const NATIVE_FROM = 512;

/** Never written to: a message that is kept gets a list of its own. */
const NOTHING: Uint8Array[] = [];
const NO_BYTES = new Uint8Array(0);

/** Why nothing of a direction can be inflated any more. */
type DeflateLoss = 'gap' | 'inflate-failed' | 'inflate-bound' | 'inflate-late-block';

const LOSS_AFTER: Readonly<Record<Exclude<InflateResult, 'ok'>, DeflateLoss>> = {
  failed: 'inflate-failed',
  stopped: 'inflate-bound',
  'not-kept': 'inflate-late-block',
};

type WhyNotInflated = 'gap' | 'bound' | 'late-block' | 'unknown';

export type MessageOddity =
  | 'continuation-without-start'
  | 'message-inside-message'
  | 'text-not-utf8'
  | 'inflate-failed'
  | 'inflate-too-long';

export interface MessageHandler {
  /** Something that the RFCs do not allow; `frame` is the frame that completes it. */
  oddity(kind: MessageOddity, frame: Frame, detail: string | number | null): void;
  /** A message is complete. Called only where bytes are kept. */
  message(message: Message): void;
}

export interface MessageReaderOptions {
  /** What was agreed on for this direction; null: nothing is compressed. */
  readonly deflate: DeflateDirection | null;
  readonly budget: InflateBudget;
  /** Reserved bits with which an unknown extension may say that it has changed a message. */
  readonly opaqueBits: number;
  /**
   * The stream is followed from its first frame on: a continuation that seems to lack its start does lack it.
   */
  readonly isFromStart: boolean;
  /** How many bytes of each message are kept for the handler; 0: the handler is told of no message. */
  readonly keep: number;
  /** As for {@link MessageReader.keepOfNext}. */
  readonly sign?: number | null;
}

export class MessageReader implements PayloadSink, InflateOutput {
  // What every frame touches stands first (see StreamReassembler).
  /**
   * The current frame is a whole message, nothing has changed its bytes, and nobody wants them: so are most
   * frames.
   */
  #isPlain = false;
  /** Between the first frame of a message and the end of its last one. */
  #inMessage = false;
  /** Message starts are not missed any more: a continuation outside a message certainly has none. */
  #isStartKnown: boolean;
  /** How much is kept of the current message, and how much will be of the next one. */
  #keep: number;
  #keepOfNext: number;
  /** Nothing is kept of a message that begins with another byte than this; null: the first byte doesn't matter. */
  #sign: number | null = null;
  #signOfNext: number | null;
  /** Made by the first text that isn't ASCII. */
  #utf8: Utf8Validator | null = null;

  readonly #handler: MessageHandler;
  readonly #deflate: DeflateDirection | null;
  readonly #budget: InflateBudget;
  readonly #opaqueBits: number;
  #inflater: Inflater | null = null;
  /** Why nothing can be inflated any more, until a message begins with an empty window. */
  #deflateLost: DeflateLoss | null = null;
  #pendingOddity: MessageOddity | null = null;
  /** The current frame belongs to a message. */
  #isOfMessage = false;
  /** Where the message ends, counted from the beginning of the current frame's payload; null: not in it. */
  #messageEnd: number | null = null;

  // Of the current message, if it isn't plain.
  #opcode = 0;
  #isCompressed = false;
  /** The message's last byte has gone to the inflater. */
  #isInflated = false;
  #frames = 0;
  #wireLength = 0;
  #length = 0;
  #firstPacket = 0;
  #problem: MessageProblem | null = null;
  #error: string | null = null;
  #kept: Uint8Array[] = NOTHING;
  #keptLength = 0;
  /** The handler gets the current message. */
  #isWanted = false;

  /** Messages that were sent compressed, and those that could not be read: how many, why, and since when. */
  compressedMessages = 0;
  notInflated: { messages: number; reason: WhyNotInflated; firstPacket: number } | null = null;

  constructor(
    handler: MessageHandler,
    { deflate, budget, opaqueBits, isFromStart, keep, sign = null }: MessageReaderOptions,
  ) {
    this.#handler = handler;
    this.#deflate = deflate;
    this.#budget = budget;
    this.#isStartKnown = isFromStart;
    this.#keep = keep;
    this.#keepOfNext = keep;
    this.#signOfNext = sign;
    this.#opaqueBits = opaqueBits;
  }

  /** The fragmented message whose final frame has not come; null between messages. */
  get unfinished(): { opcode: number; frames: number; payloadBytes: number; firstPacket: number } | null {
    if (!this.#inMessage || this.#frames === 0) return null;
    return {
      opcode: this.#opcode,
      frames: this.#frames,
      payloadBytes: this.#wireLength,
      firstPacket: this.#firstPacket,
    };
  }

  /** The reader stands between messages, and would read no more of a plain frame than the parser does. */
  get isSteady(): boolean {
    return this.#isStartKnown && !this.#inMessage && this.#keepOfNext === 0;
  }

  /** How many bytes of the next message are kept for the handler; 0: it is not told of it. */
  get keepsOfNext(): number {
    return this.#keepOfNext;
  }

  /**
   * From the next message on so many bytes of each are kept for the handler: with `sign` only of those that begin with this
   * byte. The handler gets the others without their bytes, which saves a copy.
   */
  keepOfNext(bytes: number, sign: number | null = null): void {
    this.#keepOfNext = bytes;
    this.#signOfNext = sign;
  }

  /** What the payload of the current data frame is, which has this opcode; null where that is not known. */
  contentOf(opcode: number): 'text' | 'binary' | 'compressed' | null {
    if (this.#isPlain) return opcode === OPCODE_TEXT ? 'text' : 'binary';
    if (!this.#isOfMessage || this.#problem === 'unknown-encoding') return null;
    if (this.#isCompressed) return 'compressed';
    return this.#opcode === OPCODE_TEXT ? 'text' : 'binary';
  }

  begin(opcode: number, isFinal: boolean, reservedBits: number, payloadLength: number): boolean {
    if (!this.#inMessage) this.#keep = this.#keepOfNext;
    if (
      isFinal &&
      reservedBits === 0 &&
      opcode !== OPCODE_CONTINUATION &&
      !this.#inMessage &&
      this.#keep === 0
    ) {
      this.#isPlain = true;
      this.#isStartKnown = true;
      if (opcode !== OPCODE_TEXT) return false;
      this.#utf8?.reset();
      return true;
    }
    this.#messageEnd = isFinal ? payloadLength : null;
    if (opcode !== OPCODE_CONTINUATION) {
      this.#pendingOddity = this.#inMessage ? 'message-inside-message' : null;
      // A compressed message was broken off: what later messages refer to is unknown.
      if (this.#inMessage && this.#isCompressed && this.#inflater !== null) this.#loseDeflate('gap');
      this.#start(opcode, reservedBits);
    } else if (!this.#inMessage) {
      this.#pendingOddity = this.#isStartKnown ? 'continuation-without-start' : null;
      this.#isOfMessage = false;
      return false;
    }
    this.#isOfMessage = true;
    if (this.#problem !== null) return false;
    return this.#isCompressed || this.#opcode === OPCODE_TEXT || this.#isWanted;
  }

  payload(bytes: Uint8Array, start: number, end: number, mask: number, index: number): void {
    if (this.#isPlain) {
      this.#checkText(bytes, start, end, mask, index);
      return;
    }
    const isLast = index + (end - start) === this.#messageEnd;
    if (mask === 0) {
      this.#take(bytes, start, end, isLast);
      return;
    }
    for (let at = start; at < end; at += UNMASK_CHUNK) {
      const stop = Math.min(end, at + UNMASK_CHUNK);
      this.#take(unmask(bytes, at, stop, mask, index + (at - start)), 0, stop - at, isLast && stop === end);
    }
  }

  payloadGap(): void {
    if (this.#isPlain) {
      // Whether the message is UTF-8 can't be known any more.
      this.#isPlain = false;
      this.#isOfMessage = false;
    }
    if (!this.#isOfMessage || this.#problem !== null) return;
    this.#problem = 'gap';
    if (this.#isCompressed) this.#loseDeflate('gap');
  }

  /** Output of the inflater. */
  inflated(bytes: Uint8Array, end: number): boolean {
    if (this.#length + end > MAX_INFLATED || !this.#budget.output(end)) {
      this.#length += end;
      return false;
    }
    this.#content(bytes, 0, end);
    return true;
  }

  /** The inflater had to begin a new stream. */
  reopened(): boolean {
    return this.#budget.reopen();
  }

  /** A frame is complete. */
  end(frame: Frame): void {
    if (!isDataOpcode(frame.opcode)) return;
    if (this.#isPlain) {
      this.#isPlain = false;
      if (frame.opcode === OPCODE_TEXT && this.#utf8 !== null && !this.#utf8.isComplete) {
        this.#handler.oddity('text-not-utf8', frame, null);
      }
      return;
    }
    if (this.#pendingOddity !== null) {
      this.#handler.oddity(this.#pendingOddity, frame, null);
      this.#pendingOddity = null;
    }
    if (!this.#isOfMessage) return;
    if (this.#frames++ === 0) this.#firstPacket = frame.firstPacket;
    this.#wireLength += frame.payloadLength;
    if (frame.isFinal) this.#finish(frame);
  }

  /** Frames can't be followed any more, or the connection is over: gives back what is held. */
  close(): void {
    if (this.#inflater === null) return;
    this.#inflater.close();
    this.#inflater = null;
    this.#budget.release();
  }

  #start(opcode: number, reservedBits: number): void {
    this.#inMessage = true;
    this.#isStartKnown = true;
    this.#opcode = opcode;
    const isOpaque = (reservedBits & this.#opaqueBits) !== 0;
    this.#isCompressed = !isOpaque && (reservedBits & RSV1) !== 0 && this.#deflate !== null;
    this.#isInflated = false;
    this.#frames = 0;
    this.#wireLength = 0;
    this.#length = 0;
    this.#problem = isOpaque ? 'unknown-encoding' : null;
    this.#error = null;
    if (opcode === OPCODE_TEXT) this.#utf8?.reset();
    this.#isWanted = this.#keep > 0;
    this.#sign = this.#signOfNext;
    this.#kept = NOTHING;
    this.#keptLength = 0;
    if (this.#isCompressed) this.#startInflating(this.#deflate!);
  }

  #startInflating({ noContextTakeover, windowBits }: DeflateDirection): void {
    this.compressedMessages++;
    if (noContextTakeover) {
      this.#deflateLost = null;
      this.#inflater?.reset();
    }
    if (this.#deflateLost === null && this.#inflater === null) {
      if (this.#budget.open()) this.#inflater = new Inflater(windowBits, this);
      else this.#deflateLost = 'inflate-bound';
    }
    this.#problem = this.#deflateLost;
  }

  /** The next bytes of a text. */
  #checkText(bytes: Uint8Array, start: number, end: number, mask: number, index: number): void {
    const utf8 = this.#utf8;
    const isBetweenCharacters = utf8 === null || utf8.isComplete;
    const isNativeQuicker = mask === 0 && end - start >= NATIVE_FROM;
    if (isBetweenCharacters && !isNativeQuicker && isAscii(bytes, start, end, mask, index)) return;
    const validator = (this.#utf8 ??= new Utf8Validator());
    if (mask === 0) {
      validator.push(bytes, start, end);
      return;
    }
    for (let at = start; at < end; at += UNMASK_CHUNK) {
      const stop = Math.min(end, at + UNMASK_CHUNK);
      validator.push(unmask(bytes, at, stop, mask, index + (at - start)), 0, stop - at);
    }
  }

  /** The next bytes of the current message, unmasked; perhaps its last ones. */
  #take(bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    if (this.#problem !== null) return;
    if (!this.#isCompressed) {
      this.#content(bytes, start, end);
      return;
    }
    this.#budget.input(end - start);
    this.#isInflated = isLast;
    const inflater = this.#inflater!;
    const result = isLast ? inflater.writeLast(bytes, start, end) : inflater.write(bytes, start, end);
    if (result !== 'ok') this.#stopInflating(result);
  }

  /** The next bytes of the current message, unmasked and inflated. */
  #content(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    // Nobody wants the bytes of a message that begins otherwise.
    if (this.#length === 0 && this.#sign !== null && bytes[start] !== this.#sign) this.#keep = 0;
    this.#length += end - start;
    if (this.#opcode === OPCODE_TEXT) this.#checkText(bytes, start, end, 0, 0);
    const room = this.#keep - this.#keptLength;
    if (room <= 0) return;
    // The reader pcap-parser hands on Buffers, whose own `slice` would be a view.
    const piece = new Uint8Array(bytes.subarray(start, Math.min(end, start + room)));
    if (this.#kept === NOTHING) this.#kept = [piece];
    else this.#kept.push(piece);
    this.#keptLength += piece.length;
  }

  #stopInflating(result: Exclude<InflateResult, 'ok'>): void {
    this.#error = this.#inflater?.error ?? null;
    this.#loseDeflate(LOSS_AFTER[result]);
    this.#problem = this.#deflateLost;
  }

  #loseDeflate(reason: DeflateLoss): void {
    this.#deflateLost = reason;
    this.close();
  }

  #finish(frame: Frame): void {
    this.#inMessage = false;
    if (this.#isCompressed) this.#finishInflating(frame);
    else if (this.#problem === 'unknown-encoding') this.#countNotInflated(frame, 'unknown');
    if (this.#opcode === OPCODE_TEXT && this.#problem === null && this.#utf8?.isComplete === false) {
      this.#problem = 'not-utf8';
      this.#handler.oddity('text-not-utf8', frame, null);
    }
    if (this.#isWanted) this.#handler.message(this.#message(frame));
  }

  #finishInflating(frame: Frame): void {
    if (this.#problem === null && !this.#isInflated) {
      const result = this.#inflater!.finish();
      if (result !== 'ok') this.#stopInflating(result);
    }
    // Later messages of a broken context have no error of their own.
    if (this.#problem === 'inflate-failed' && this.#error !== null) {
      this.#handler.oddity('inflate-failed', frame, this.#error);
    } else if (this.#problem === 'inflate-bound' && this.#length > MAX_INFLATED) {
      this.#handler.oddity('inflate-too-long', frame, this.#length);
    }
    if (this.#problem === 'gap') this.#countNotInflated(frame, 'gap');
    else if (this.#problem === 'inflate-bound') this.#countNotInflated(frame, 'bound');
    else if (this.#problem === 'inflate-late-block') this.#countNotInflated(frame, 'late-block');
  }

  #countNotInflated({ firstPacket }: Frame, reason: WhyNotInflated): void {
    this.notInflated ??= { messages: 0, reason, firstPacket };
    this.notInflated.messages++;
  }

  #message({ packet, seconds, nanoseconds }: Frame): Message {
    const isKnown = this.#problem === null || this.#problem === 'not-utf8';
    return {
      opcode: this.#opcode,
      frames: this.#frames,
      isCompressed: this.#isCompressed,
      wireLength: this.#wireLength,
      length: isKnown ? this.#length : null,
      bytes: isKnown ? joined(this.#kept, this.#keptLength) : null,
      problem: this.#problem,
      firstPacket: this.#firstPacket,
      packet,
      seconds,
      nanoseconds,
    };
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 0) return NO_BYTES;
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
