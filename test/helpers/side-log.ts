/**
 * Plays bytes of one side through FrameParser, MessageReader and SideTracker, and records all that comes out.
 */
import { SideTracker } from '../../src/connection/side-tracker.ts';
import type { IrregularityKind } from '../../src/connection/irregularity.ts';
import type { Role } from '../../src/connection/record.ts';
import type { DeflateDirection } from '../../src/websocket/extensions.ts';
import { FrameParser } from '../../src/websocket/frame-parser.ts';
import { OPCODE_CLOSE, type Frame } from '../../src/websocket/frame.ts';
import { InflateBudget } from '../../src/websocket/inflate-budget.ts';
import { MessageReader, type MessageOddity } from '../../src/websocket/message-reader.ts';
import type { Message } from '../../src/websocket/message.ts';
import { WHOLE, type Segmentation } from './exchange-log.ts';
import { playPieces } from './frame-log.ts';

export interface SideLog {
  /** Messages and control frames in order. */
  readonly events: (Message | Frame)[];
  /** What is wrong with each frame, by its number from 1. */
  readonly irregular: Map<number, Set<IrregularityKind>>;
  readonly reader: MessageReader;
  readonly frameCount: number;
}

export interface SideSetup {
  readonly role?: Role;
  readonly deflate?: DeflateDirection | null;
  readonly segmentation?: Segmentation;
  readonly keep?: number;
  readonly sign?: number | null;
  readonly budget?: InflateBudget;
  readonly isFromStart?: boolean;
  readonly opaqueBits?: number;
}

/** Numbers are gaps. */
export function playSide(
  pieces: Uint8Array | readonly (Uint8Array | number)[],
  {
    role = 'server',
    deflate = null,
    segmentation = WHOLE,
    keep = 1 << 20,
    sign = null,
    budget = new InflateBudget(),
    isFromStart = true,
    opaqueBits = 0,
  }: SideSetup = {},
): SideLog {
  const events: (Message | Frame)[] = [];
  const irregular = new Map<number, Set<IrregularityKind>>();
  const side = new SideTracker();
  const reader = new MessageReader(
    {
      oddity: (kind: MessageOddity, frame, detail) => {
        side.oddity(kind, frame, detail);
      },
      message: (message) => {
        side.message(message);
      },
    },
    { deflate, budget, opaqueBits, isFromStart, keep, sign },
  );
  side.open({
    role,
    reader,
    knownReservedBits: deflate === null ? opaqueBits : 4,
    isFromStart: true,
    earlyUntilPacket: 0,
    messages: { take: (_role, message) => events.push(message) },
  });
  let frameCount = 0;
  const parser = new FrameParser(
    0,
    {
      frame(_direction, frame) {
        frameCount++;
        side.frame(frame);
        if (frame.opcode === OPCODE_CLOSE) side.close(frame, true, false);
        if (frame.opcode >= OPCODE_CLOSE) events.push({ ...frame });
        for (const { kind, examples, count } of side.irregularities(parser)) {
          // Only the first examples of a kind are kept: a test that needs more has to say so.
          if (count > examples.length) continue;
          for (const { number } of examples) {
            irregular.set(number, (irregular.get(number) ?? new Set<IrregularityKind>()).add(kind));
          }
        }
      },
      plainFrames: () => undefined,
    },
    reader,
  );
  playPieces(parser, pieces, segmentation);
  return { events, irregular, reader, frameCount };
}
