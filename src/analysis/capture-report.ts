/** The report's part on a capture file, and where the capture as a whole ends, as far as its files say. */
import { formatTimestamp, millisecondsBetween } from '../basics/timestamp.ts';
import { linkTypeName } from '../basics/link-types.ts';
import type { CaptureReport } from '../report/model.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { ReadFile } from './read-captures.ts';

/** After one of these notes, the last packet of a capture may not be the latest. */
const OUT_OF_ORDER: readonly string[] = ['time-went-back', 'no-timestamp', 'invented-times'];
/** The longest pause between two parts of one capture. In a longer pause perhaps nobody captured. */
const MAX_PAUSE_MS = 5000;

export function buildCapture(file: ReadFile): CaptureReport {
  const { name, facts, compression, packets, bytes, first, last, notes, sha256 } = file;
  return {
    path: name,
    format: facts.format,
    compression,
    linkTypes: facts.linkTypes.map(linkTypeName),
    timestampResolution: facts.timestampResolution,
    packets,
    bytes,
    ...(sha256 === undefined ? {} : { sha256 }),
    firstPacketAt: first === null ? null : formatTimestamp(first),
    lastPacketAt: last === null ? null : formatTimestamp(last),
    durationMs: first === null || last === null ? null : millisecondsBetween(first, last),
    notes: notes.map((note) => ({ ...note })),
  };
}

/**
 * The last packet before each pause between the parts of a capture, and of the whole capture: see
 * RuleContext.
 */
export function captureEnds(files: readonly ReadFile[]): PacketMark[] {
  if (files.some(({ notes }) => notes.some(({ code }) => OUT_OF_ORDER.includes(code)))) return [];
  const ends: PacketMark[] = [];
  let packet = 0;
  let previous: PacketMark | null = null;
  for (const { packets, first, last } of files) {
    if (first === null || last === null) continue;
    const pauseMs = previous === null ? 0 : millisecondsBetween(previous, first);
    if (previous !== null && (pauseMs < 0 || pauseMs > MAX_PAUSE_MS)) ends.push(previous);
    packet += packets;
    previous = { packet, ...last };
  }
  return previous === null ? ends : [...ends, previous];
}
