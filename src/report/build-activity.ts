/**
 * Turns a connection's frames into their part of the report: offsets, names, and payloads as text or hexadecimal
 * digits.
 */
import { hex } from '#platform/text';
import type { Activity, KeptFrame, KeptPayload } from '../connection/activity/activity-log.ts';
import { millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';
import type { ActivityReport, FrameReport, PayloadPreview } from './model.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `start` is the connection's first packet. */
export function buildActivity(
  { frames, omitted, head, density }: Activity,
  start: Timestamp,
): ActivityReport {
  return {
    frames: frames.map((frame) => buildFrame(frame, start)),
    omitted,
    omittedAfter: head,
    density:
      density === null
        ? null
        : {
            startMs: millisecondsBetween(start, density.start),
            sliceMs: density.counted.sliceMs,
            counts: density.counted.counts(),
          },
  };
}

function buildFrame(frame: KeptFrame, start: Timestamp): FrameReport {
  const { packet, from, opcode, payloadLength, isFinal, payload } = frame;
  return {
    packet,
    offsetMs: millisecondsBetween(start, frame),
    from,
    opcode,
    length: payloadLength,
    final: isFinal,
    // The code and reason of a Close are in `close` and in the timeline.
    ...(payload === null ? {} : { payload: buildPayload(payload, opcode === 'binary') }),
  };
}

function buildPayload({ bytes, length }: KeptPayload, isBinary: boolean): PayloadPreview {
  const text = isBinary ? null : decoded(bytes, bytes.length < length);
  return text === null
    ? { encoding: 'hex', value: hex(bytes), bytes: bytes.length, of: length }
    : { encoding: 'text', value: text, bytes: bytes.length, of: length };
}

/** Null if the bytes are not UTF-8. If the payload was cut inside a character, that character is left out. */
function decoded(bytes: Uint8Array, isCut: boolean): string | null {
  for (let end = bytes.length; end >= bytes.length - (isCut ? 3 : 0); end--) {
    try {
      return utf8.decode(bytes.subarray(0, end));
    } catch {
      // Try again with fewer bytes.
    }
  }
  return null;
}
