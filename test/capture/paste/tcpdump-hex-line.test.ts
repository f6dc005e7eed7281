import { describe, expect, it } from 'vitest';
import { parseHexLine } from '../../../src/capture/paste/tcpdump-hex-line.ts';

function hexOf(line: string): string | undefined {
  const parsed = parseHexLine(line);
  return parsed && Buffer.from(parsed.bytes).toString('hex');
}

describe('tcpdump hex line', () => {
  it.each([
    [
      '0x0000:  4500 00ec 0000 4000 4006 0000 7f00 0001  E.....@.@.......',
      '450000ec00004000400600007f000001',
    ],
    ['0x0000:  4500 00ec 0000 4000 4006 0000 7f00 0001', '450000ec00004000400600007f000001'],
    ['0x0030:  7621 9272                                v!.r', '76219272'],
    ['0x0040:  0d0a 0d0a 0a                             .....', '0d0a0d0a0a'],
    ['0x0040:  0a', '0a'],
    ['0x0000:  6162 6364                                abcd', '61626364'],
    ['0x0000:  6162 6364 6566 6768 6162 6364 6566 6768  abcd efgh', '61626364656667686162636465666768'],
    // White space was folded: after eight groups text begins in any case.
    ['0x0000: 6162 6364 6566 6768 6162 6364 6566 6768 abcd efgh', '61626364656667686162636465666768'],
    ['0x0000   4500 0028', '45000028'],
    ['0X00A0:  4500', '4500'],
  ])('reads %s', (line, bytes) => {
    expect(hexOf(line)).toBe(bytes);
  });

  it('reads the offset', () => {
    expect(parseHexLine('0x00a0:  4500')!.offset).toBe(160);
    expect(parseHexLine('0x12340:  4500')!.offset).toBe(0x12340);
  });

  it('stops where a group is not hex', () => {
    expect(hexOf('0x0000:  4500 00zz 0000')).toBe('4500');
    expect(hexOf('0x0000:  4500 000')).toBe('4500');
  });

  it('takes no other line', () => {
    for (const line of [
      '',
      '0x',
      '0x0000:',
      '0x0000:  ',
      '0x0000:  E...',
      '0000  45 00',
      'x0x0000:  4500',
      '0x12:  4500',
    ]) {
      expect(parseHexLine(line)).toBeUndefined();
    }
  });
});
