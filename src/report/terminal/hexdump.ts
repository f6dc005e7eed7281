/**
 * Bytes as `hexdump -C` shows them: offset, sixteen bytes, and the same bytes as text where they are printable ASCII.
 */

const BYTES_PER_LINE = 16;

export function* hexdump(bytes: Uint8Array): Generator<string> {
  for (let start = 0; start < bytes.length; start += BYTES_PER_LINE) {
    const line = [...bytes.subarray(start, start + BYTES_PER_LINE)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`.padEnd(3 * BYTES_PER_LINE);
    const text = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    yield `${start.toString(16).padStart(4, '0')}  ${halves} |${text}|`;
  }
}
