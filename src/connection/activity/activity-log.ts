/**
 * What passes over one WebSocket, for reports that draw it: its first and last frames with the beginning of
 * their payload, and, where that leaves frames out, the number of all frames in slices of time.
 */
import { markOf, type PacketMark } from '../../tcp/packet-mark.ts';
import { opcodeName, type Frame, type OpcodeName } from '../../websocket/frame.ts';
import type { Message } from '../../websocket/message.ts';
import type { ActivityBudget } from './activity-budget.ts';
import type { ConversationListener, ConversationOpened } from '../conversation-listener.ts';
import { Density } from './density.ts';
import type { Role } from '../record.ts';

/**
 * Bytes kept of the payload of a message or a control frame.
 * @bound payload kept of a message to be shown: {bytes}
 */
const PAYLOAD_BYTES = 160;
/** This share of the frames kept are the first ones. */
const HEAD_SHARE = 1 / 4;

export interface KeptPayload {
  /** The first bytes, unmasked and inflated. */
  readonly bytes: Uint8Array;
  /** The length of the whole message or control frame. */
  readonly length: number;
}

export interface KeptFrame extends PacketMark {
  readonly from: Role;
  readonly opcode: OpcodeName;
  readonly isFinal: boolean;
  /** On the wire. */
  readonly payloadLength: number;
  /**
   * The payload of the message that the frame completes, or of the control frame; null if unknown or not
   * kept.
   */
  readonly payload: KeptPayload | null;
}

export interface Activity {
  readonly frames: readonly KeptFrame[];
  /** Frames left out after the first `head` of them. */
  readonly omitted: number;
  readonly head: number;
  /** All frames, from the upgrade on; null where none is left out, or there were too many connections to count. */
  readonly density: { readonly start: PacketMark; readonly counted: Density } | null;
}

export class ActivityLog implements ConversationListener {
  readonly keep: number = PAYLOAD_BYTES;
  readonly #budget: ActivityBudget;
  readonly #bound: number;
  readonly #headBound: number;
  #start: PacketMark | null = null;
  readonly #head: KeptFrame[] = [];
  /** A ring once it is full; `#oldest` is the index of its first frame. */
  readonly #tail: KeptFrame[] = [];
  #oldest = 0;
  #omitted = 0;
  #density: Density | null = null;
  #message: Message | null = null;

  constructor(budget: ActivityBudget) {
    this.#budget = budget;
    this.#bound = budget.framesOfOne();
    this.#headBound = this.#bound * HEAD_SHARE;
  }

  opened({ at }: ConversationOpened): void {
    this.#start = at;
  }

  message(_from: Role, message: Message): void {
    this.#message = message;
  }

  control(): void {
    // The frame itself comes next.
  }

  frame(from: Role, frame: Frame): void {
    const kept: KeptFrame = {
      ...markOf(frame),
      from,
      opcode: opcodeName(frame.opcode),
      isFinal: frame.isFinal,
      payloadLength: frame.payloadLength,
      payload: this.#payloadOf(frame),
    };
    this.#message = null;
    this.#density?.add(from, kept.opcode, kept);
    if (!this.#hasRoom()) {
      this.#leaveOut(kept);
    } else if (this.#head.length < this.#headBound && this.#omitted === 0) {
      this.#head.push(kept);
    } else {
      this.#tail.push(kept);
    }
  }

  get activity(): Activity {
    const { length } = this.#head;
    const tail = [...this.#tail.slice(this.#oldest), ...this.#tail.slice(0, this.#oldest)];
    const density = this.#density;
    return {
      frames: [...this.#head, ...tail],
      omitted: this.#omitted,
      head: length,
      density: density === null || this.#start === null ? null : { start: this.#start, counted: density },
    };
  }

  /** A ring that has begun to turn must not grow: its order would be lost. */
  #hasRoom(): boolean {
    const isTurning = this.#omitted > 0;
    return !isTurning && this.#head.length + this.#tail.length < this.#bound && this.#budget.takeFrame();
  }

  #leaveOut(kept: KeptFrame): void {
    if (this.#omitted++ === 0) this.#beginDensity(kept);
    const gone = this.#tail[this.#oldest] ?? kept;
    if (gone.payload !== null) this.#budget.releasePayload(gone.payload.bytes.length);
    if (gone === kept) return;
    this.#tail[this.#oldest] = kept;
    this.#oldest = (this.#oldest + 1) % this.#tail.length;
  }

  #beginDensity(latest: KeptFrame): void {
    if (this.#start === null || !this.#budget.takeDensity()) return;
    this.#density = new Density(this.#start);
    for (const frame of [...this.#head, ...this.#tail, latest]) {
      this.#density.add(frame.from, frame.opcode, frame);
    }
  }

  #payloadOf({ controlPayload, payloadLength }: Frame): KeptPayload | null {
    const bytes = controlPayload ?? this.#message?.bytes ?? null;
    const length = controlPayload === null ? (this.#message?.length ?? null) : payloadLength;
    if (bytes === null || length === null || length === 0) return null;
    return this.#budget.takePayload(bytes.length) ? { bytes, length } : null;
  }
}
