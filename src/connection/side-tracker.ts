/** Counts what one side of a WebSocket sends. HOT: `frame` runs once per frame. */
import type { StreamReassembler } from '../tcp/stream-reassembler.ts';
import type { FrameParser } from '../websocket/frame-parser.ts';
import { opcodeName, type Frame, type OpcodeName } from '../websocket/frame.ts';
import type { CloseFrame, Role, SideFacts } from './record.ts';

const LAST_DATA_OPCODE = 0x2;

export class SideTracker {
  /** By opcode. */
  readonly #counts = new Array<number>(16).fill(0);
  #frameCount = 0;
  #messages = 0;
  #payloadBytes = 0;
  #closeFrame: CloseFrame | null = null;
  #framesBeforePeerEnd: number | null = null;

  frame(frame: Frame): void {
    this.#counts[frame.opcode]!++;
    this.#frameCount++;
    this.#payloadBytes += frame.payloadLength;
    if (frame.isFinal && frame.opcode <= LAST_DATA_OPCODE) this.#messages++;
  }

  close(frame: CloseFrame): void {
    this.#closeFrame ??= frame;
  }

  /** The other side's first FIN or RST was captured. */
  peerEnded(): void {
    this.#framesBeforePeerEnd ??= this.#frameCount;
  }

  facts(role: Role, stream: StreamReassembler, parser: FrameParser | null): SideFacts {
    const frames: Record<OpcodeName, number> = {
      text: 0,
      binary: 0,
      continuation: 0,
      close: 0,
      ping: 0,
      pong: 0,
      reserved: 0,
    };
    this.#counts.forEach((count, opcode) => (frames[opcodeName(opcode)] += count));
    return {
      role,
      frames,
      frameCount: this.#frameCount,
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
      closeFrame: this.#closeFrame,
      framesBeforePeerEnd: this.#framesBeforePeerEnd ?? this.#frameCount,
      unfinished: parser?.unfinished ?? null,
      isFramingLost: parser?.isLost ?? false,
      streamBytes: stream.streamBytes,
      isCaptured: stream.isCaptured,
      segments: stream.segments,
      retransmissions: stream.retransmissions,
      outOfOrder: stream.outOfOrder,
      gapBytes: stream.gapBytes,
      cutBytes: stream.cutBytes,
      syn: stream.syn,
      fin: stream.fin,
      rst: stream.rst,
    };
  }
}
