/**
 * A segment comes by another route than the connection's segments before it (through a tunnel, by another
 * interface). Does it belong to that connection at all, and does it show anything new? Asked only where
 * routes differ.
 */
import { ACK, FIN, RST, SYN, type Segment } from '../decode/segment.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import type { StreamReassembler } from './stream-reassembler.ts';
import type { TcpConnection } from './tcp-connection.ts';

/**
 * Sequence numbers begin at random: two connections are as near as this by chance in one of 128 cases, and in both
 * directions in one of 16,000.
 */
const NEAR = 1 << 24;

/** Whether the sequence numbers fit the connection's, as far as both are known. */
export function isOfConnection(connection: TcpConnection, rank: 0 | 1, segment: Segment): boolean {
  const direction = directionOf(connection, rank);
  const stream = connection.stream(direction);
  const reverse = connection.stream(otherOf(direction));
  const { flags, sequence, acknowledgement } = segment;
  const fitsAcknowledged = (flags & ACK) === 0 || isNearStream(reverse, acknowledgement);
  if ((flags & SYN) !== 0) {
    // A SYN of this connection has the number before its stream's first byte; any other SYN begins another
    // one.
    if (stream.started) return stream.offsetOf((sequence + 1) | 0) === 0 && fitsAcknowledged;
    return fitsAcknowledged;
  }
  // A RST may have a sequence number that is not the stream's.
  return (isNearStream(stream, sequence) || (flags & RST) !== 0) && fitsAcknowledged;
}

/** Whether segments that came before by another route have shown everything in this segment. */
export function isCopy(connection: TcpConnection, direction: Direction, segment: Segment): boolean {
  const stream = connection.stream(direction);
  const reverse = connection.stream(otherOf(direction));
  const { flags, payloadLength, acknowledgement } = segment;
  if (!stream.isCaptured) return false;
  const isSyn = (flags & SYN) !== 0;
  const sequence = isSyn ? (segment.sequence + 1) | 0 : segment.sequence;
  const start = stream.offsetOf(sequence);
  if (isSyn && (stream.syn === null || start !== 0)) return false;
  if ((flags & FIN) !== 0 && stream.fin === null) return false;
  if ((flags & RST) !== 0) return stream.rst !== null;
  if (payloadLength > 0 && !stream.hasAll(start, start + payloadLength)) return false;
  return (flags & ACK) === 0 || reverse.offsetOf(acknowledgement) <= reverse.acknowledgedOffset;
}

function isNearStream(stream: StreamReassembler, sequence: number): boolean {
  return !stream.started || isNear(sequence, stream.nextSequence);
}

/** Whether a sequence number may belong to the stream that has this next sequence number. */
export function isNear(sequence: number, nextSequence: number): boolean {
  const distance = (sequence - nextSequence) | 0;
  return distance > -NEAR && distance < NEAR;
}

function directionOf(connection: TcpConnection, rank: 0 | 1): Direction {
  return rank === connection.rankOf0 ? 0 : 1;
}
