/** How the frames of a new WebSocket are to be read, from what its handshake agreed on. */
import type { Direction } from '../basics/direction.ts';
import type { DeflateParameters } from '../websocket/extensions.ts';
import type { InflateBudget } from '../websocket/inflate-budget.ts';
import { MessageReader } from '../websocket/message-reader.ts';
import type { MessageTaker } from './message-taker.ts';
import { roleOf, type ExtensionFacts } from './record.ts';
import { knownReservedBitsOf, opaqueBitsOf } from './reserved-bits.ts';
import type { SideOpening, SideTracker } from './side-tracker.ts';

export interface OpeningFacts {
  /** null where it isn't known what was agreed on. */
  readonly extensions: ExtensionFacts | null;
  /** Both streams are followed from their first frame on. */
  readonly isFromStart: boolean;
  /** Frames of the client that begin in this packet or an earlier one were sent before the upgrade. */
  readonly earlyUntilPacket: number;
  readonly budget: InflateBudget;
  /** How many bytes of each side's messages are wanted at first, and who takes the messages; null: nobody. */
  readonly messages: MessageTaker | null;
}

/** How to read each direction. */
export function openingsOf(
  sides: readonly [SideTracker, SideTracker],
  client: Direction,
  facts: OpeningFacts,
): [SideOpening, SideOpening] {
  return [openingOf(0, sides[0], client, facts), openingOf(1, sides[1], client, facts)];
}

function openingOf(
  direction: Direction,
  side: SideTracker,
  client: Direction,
  { extensions, isFromStart, earlyUntilPacket, budget, messages }: OpeningFacts,
): SideOpening {
  const role = roleOf(direction, client);
  const parameters: DeflateParameters | null = extensions?.deflate ?? null;
  return {
    role,
    reader: new MessageReader(side, {
      deflate: parameters === null ? null : parameters[role],
      budget,
      opaqueBits: opaqueBitsOf(extensions),
      isFromStart,
      keep: messages?.keepOf(role) ?? 0,
      sign: messages?.signOf(role) ?? null,
    }),
    knownReservedBits: knownReservedBitsOf(extensions),
    isFromStart,
    earlyUntilPacket: role === 'client' ? earlyUntilPacket : 0,
    messages,
  };
}
