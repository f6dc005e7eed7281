/**
 * Takes a segment of a known connection: notes SYN, FIN and RST, acknowledgements and windows, and gives its
 * bytes to the stream, which puts them in order. HOT: `takeSegment` runs once per segment of a connection
 * that is followed.
 */
import { ACK, FIN, RST, SYN, type Segment } from '../decode/segment.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import { markOf } from './packet-mark.ts';
import type { StreamReassembler } from './stream-reassembler.ts';
import { LONG_SILENCE_SECONDS, type TcpConnection } from './tcp-connection.ts';

export function takeSegment(connection: TcpConnection, direction: Direction, segment: Segment): void {
  const { stream0, stream1 } = connection;
  const stream = direction === 0 ? stream0 : stream1;
  const reverse = direction === 0 ? stream1 : stream0;
  const { flags, payloadLength } = segment;
  const sinceLastMs = (flags & RST) === 0 ? 0 : connection.millisecondsSinceLast(segment);
  stream.lastPacket = segment.packet;
  connection.lastPacket = segment.packet;
  connection.lastSeconds = segment.seconds;
  connection.lastNanoseconds = segment.nanoseconds;

  if ((flags & (SYN | FIN | RST)) !== 0 || payloadLength > 0) {
    if (payloadLength > 0 && segment.seconds - stream.lastSeconds > LONG_SILENCE_SECONDS)
      connection.noteSilence(direction, segment);
    if (stream.isDuplicate(segment)) {
      if (connection.duplicates++ === 0) connection.firstDuplicate = segment.packet;
      return;
    }
  }
  if ((flags & RST) === 0) {
    if (stream.packets++ === 1) connection.noteSecondPacket(direction, segment);
    if (segment.hopLimit !== stream.hopLimit) stream.noteHopLimit(segment.hopLimit);
  }
  const isSyn = (flags & SYN) !== 0;
  const sequence = isSyn ? (segment.sequence + 1) | 0 : segment.sequence;
  if (isSyn) {
    synchronize(connection, direction, segment);
    if (connection.ignored) return;
  } else if (!stream.started && (flags & RST) === 0) {
    // A RST that answers a segment to a closed port has a sequence number that is not the stream's.
    stream.start(sequence, false);
  }

  if ((flags & ACK) !== 0) {
    if (!reverse.started && (flags & RST) === 0) reverse.start(segment.acknowledgement, false);
    if (reverse.started) reverse.acknowledge(segment.acknowledgement);
    if (segment.window === 0 || stream.isWindowShut) noteWindow(stream, reverse, segment);
    if (reverse.wasSentAgain) reverse.acknowledgeSelectively(segment);
  }
  if (payloadLength <= 1 && stream.isProbe(sequence, payloadLength)) noteProbe(stream, reverse, segment);
  // A RST may carry text for humans (RFC 9293 §3.5.3): no part of the stream.
  if (payloadLength > 0 && (flags & RST) === 0) {
    if (connection.closed && stream.rst !== null) stream.sentAfterReset(segment);
    stream.receive(segment, sequence, connection.consumer);
    if (connection.ignored) return;
  }
  if ((flags & (FIN | RST)) !== 0) end(connection, direction, segment, sequence, sinceLastMs);
  if (stream.hasWaiting) stream.considerHole(connection.consumer);
  if (reverse.hasWaiting) {
    reverse.considerHole(connection.consumer);
    if ((flags & (ACK | RST)) === ACK) reverse.standStill(segment);
  }
}

function synchronize(connection: TcpConnection, direction: Direction, segment: Segment): void {
  const stream = connection.stream(direction);
  const reverse = connection.stream(otherOf(direction));
  const isAnswer = (segment.flags & ACK) !== 0;
  stream.syns++;
  if (stream.syn === null) {
    stream.syn = markOf(segment);
    stream.initialSequence = segment.sequence;
    stream.synchronize((segment.sequence + 1) | 0);
    connection.consumer.flag(direction, 'syn');
  }
  if (isAnswer) reverse.synchronize(segment.acknowledgement);
  connection.originator ??= isAnswer ? otherOf(direction) : direction;
}

function end(
  connection: TcpConnection,
  direction: Direction,
  segment: Segment,
  sequence: number,
  sinceLastMs: number,
): void {
  const stream = connection.stream(direction);
  if ((segment.flags & RST) !== 0) {
    if (stream.rst === null) {
      stream.rst = markOf(segment);
      stream.reset(
        segment,
        connection.roundTripMs,
        connection.silenceEndedBy(otherOf(direction)),
        sinceLastMs,
      );
      connection.consumer.flag(direction, 'rst');
    }
    connection.closed = true;
  } else if (stream.fin === null) {
    const endOffset = stream.offsetOf((sequence + segment.payloadLength) | 0);
    if (!stream.canEndAt(endOffset)) return;
    stream.fin = markOf(segment);
    stream.finOffset = endOffset;
    connection.consumer.flag(direction, 'fin');
    const reverse = connection.stream(otherOf(direction));
    if (reverse.fin !== null) connection.closed = true;
  }
}

/**
 * Notes a window of 0, or the window after it. Once either side has ended, a window is not meant for more
 * data.
 */
function noteWindow(stream: StreamReassembler, reverse: StreamReassembler, segment: Segment): void {
  const { flags, window, acknowledgement } = segment;
  if ((flags & (SYN | RST)) !== 0 || ((flags & FIN) !== 0 && window === 0)) return;
  if ((stream.fin ?? stream.rst ?? reverse.fin ?? reverse.rst) !== null) return;
  // A packet that is older than one seen before says nothing new (RFC 9293 §3.10.7.4, SND.WL2).
  if (reverse.offsetOf(acknowledgement) < reverse.acknowledgedOffset) return;
  stream.advertise(segment);
}

function noteProbe(stream: StreamReassembler, reverse: StreamReassembler, segment: Segment): void {
  if ((segment.flags & (SYN | FIN | RST)) !== 0) return;
  // Segments without payload were not checked for duplicates before.
  if (segment.payloadLength === 0 && stream.isDuplicate(segment)) return;
  stream.probe(segment, reverse);
}
