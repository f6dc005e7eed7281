/**
 * Turns evidence into a filter to paste into Wireshark: `frame.number in {8, 9, 12..15}`. If the capture is several
 * files, wscap's packet numbers continue from file to file, but Wireshark's start at 1 in each: so there is one
 * filter per file.
 */
import type { CaptureReport } from './model.ts';

export interface PacketFilter {
  /** The file that the filter is for; null if there is only one file. */
  path: string | null;
  filter: string;
}

/**
 * @param width the most characters that a filter may have; further packets are left out (the first always stays). A
 *   filter broken over two lines can't be pasted.
 */
export function packetFilters(
  packets: readonly number[],
  captures: readonly CaptureReport[],
  width: number,
): PacketFilter[] {
  if (captures.length < 2) {
    return packets.length === 0 ? [] : [{ path: null, filter: frameFilter(packets, width) }];
  }
  const filters: PacketFilter[] = [];
  let before = 0;
  for (const capture of captures) {
    const first = before;
    const local = packets
      .map((packet) => packet - first)
      .filter((packet) => packet >= 1 && packet <= capture.packets);
    before += capture.packets;
    if (local.length > 0) filters.push({ path: capture.path, filter: frameFilter(local, width) });
  }
  return filters;
}

/** Wireshark display filter for whole connections of a single capture; null if it would be wider than `width`. */
export function streamFilter(connections: readonly number[], width: number): string | null {
  const ranges = rangesOf(connections);
  const filter =
    ranges.length === 1 && !ranges[0]!.includes('..')
      ? `tcp.stream == ${ranges[0]!}`
      : `tcp.stream in {${ranges.join(', ')}}`;
  return filter.length > width ? null : filter;
}

/** Wireshark display filter for these packets, for instance `frame.number in {8, 9}`. */
function frameFilter(packets: readonly number[], width: number): string {
  const ranges = rangesOf(packets);
  if (ranges.length === 1 && !ranges[0]!.includes('..')) return `frame.number == ${ranges[0]!}`;
  let set = ranges[0]!;
  for (const range of ranges.slice(1)) {
    if (`frame.number in {${set}, ${range}}`.length > width) break;
    set += `, ${range}`;
  }
  return `frame.number in {${set}}`;
}

/** Ascending, with three or more consecutive numbers joined: 1, 2, 4..7. */
function rangesOf(packets: readonly number[]): string[] {
  const sorted = [...new Set(packets)].sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    if (end - i >= 2) ranges.push(`${sorted[i]!}..${sorted[end]!}`);
    else ranges.push(...sorted.slice(i, end + 1).map(String));
    i = end + 1;
  }
  return ranges;
}
