/** A classic pcap file as its header and its whole records. */

export interface SplitPcap {
  readonly head: Buffer;
  readonly records: readonly Buffer[];
}

export function splitPcap(file: Buffer): SplitPcap {
  const isLittleEndian = file[0] === 0xd4 || file[0] === 0x4d;
  const records: Buffer[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const length = 16 + (isLittleEndian ? file.readUInt32LE(at + 8) : file.readUInt32BE(at + 8));
    if (at + length > file.length) break;
    records.push(file.subarray(at, at + length));
    at += length;
  }
  return { head: file.subarray(0, 24), records };
}
