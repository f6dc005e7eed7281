import { describe, expect, it } from 'vitest';
import { PrintedTextReader } from '../../../src/capture/paste/printed-text-reader.ts';
import { read } from '../collect.ts';

const LINES = `\
22:13:20.000000 IP 10.0.0.2.50000 > 10.0.0.1.8080: Flags [S], seq 1000, win 502, length 0
\t0x0000:  4500 0028 0000 4000 4006 0000 0a00 0002  E..(..@.@.......
\t0x0010:  0a00 0001 c350 1f90 0000 03e8 0000 0000  .....P..........
\t0x0020:  5002 01f6 0000 0000                      P.......
22:13:20.000200 IP 10.0.0.1.8080 > 10.0.0.2.50000: Flags [S.], seq 9000, ack 1001, win 502, length 0
\t0x0000:  4500 0028 0000 4000 4006 0000 0a00 0001  E..(..@.@.......
\t0x0010:  0a00 0002 1f90 c350 0000 2328 0000 03e9  .......P..#(....
\t0x0020:  5012 01f6 0000 0000                      P.......
`;

function packets(text: string) {
  return read(PrintedTextReader, Buffer.from(text)).packets;
}

const PLAIN = packets(LINES);

describe('what stands in front of each line of a printed capture', () => {
  it.each([
    ['docker compose', 'capture-1  | '],
    ['kubectl logs --timestamps', '2023-11-14T22:13:20.123456789Z '],
    ['CRI', '2023-11-14T22:13:20.123456789+01:00 stdout F '],
    ['journalctl', 'Nov 14 22:13:20 gateway tcpdump[4242]: '],
    ['GitHub Actions', '2023-11-14T22:13:20.1234567Z   '],
    ['kubectl and compose at once', '[pod/web-1] capture-1 | '],
    ['mail', '> > '],
    ['a list', '- '],
    ['numbers of lines', '12: '],
    ['colours', '\u001b[32m'],
    ['a diff', '+ '],
    ['a logger', '2023-11-14 22:13:20,123 INFO  capture - '],
  ])('is taken off: %s', (_, prefix) => {
    expect(packets(LINES.replaceAll(/^/gm, prefix))).toEqual(PLAIN);
  });

  it.each([
    ['indentation', LINES.replaceAll(/^[ \t]+/gm, '')],
    ['tabs that became one space', LINES.replaceAll(/[ \t]+/g, ' ')],
    ['indentation and CRLF', LINES.replaceAll('\n', '\r\n').replaceAll('\t', '    ')],
  ])('may be lost: %s', (_, text) => {
    expect(packets(text)).toEqual(PLAIN);
  });

  it('costs no more for hostile lines than their length', () => {
    for (const piece of ['| ', '[a] ', '22:13:20.000 ', '0x0000: ', '- ', '\u001b[', '2023-11-14T22:13:20Z '])
      expect(() => packets(`${piece.repeat(5000)}\n`.repeat(10))).toThrow(/is text/);
  });
});
