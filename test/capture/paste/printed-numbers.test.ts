import { describe, expect, it } from 'vitest';
import { PrintedNumbers } from '../../../src/capture/paste/printed-numbers.ts';

describe('printed sequence numbers', () => {
  it('count from a SYN', () => {
    const numbers = new PrintedNumbers();
    expect(numbers.begin(9000, 7)).toBe(9000);
    expect(numbers.resolve(1, false)).toBe(9001);
    numbers.advance(9130);
    expect(numbers.resolve(130, false)).toBe(9130);
  });

  it('may be absolute behind a SYN, as tcpdump -S prints them', () => {
    const numbers = new PrintedNumbers();
    numbers.begin(4_000_000_000, 7);
    expect(numbers.resolve(4_000_000_001, false)).toBe(4_000_000_001);
  });

  it('get a beginning of their own where the text counts from 0', () => {
    const numbers = new PrintedNumbers();
    expect(numbers.begin(0, 5_000_000)).toBe(5_000_000);
    expect(numbers.resolve(1, false)).toBe(5_000_001);
  });

  it('count from the first number where the text begins later, as tcpdump does it', () => {
    const numbers = new PrintedNumbers();
    expect(numbers.resolve(2_474_065_921, false)).toBe(2_474_065_921);
    numbers.advance(2_474_066_105);
    expect(numbers.resolve(184, false)).toBe(2_474_066_105);
    const acknowledged = new PrintedNumbers();
    expect(acknowledged.resolve(1_831_797_503, true)).toBe(1_831_797_503);
    acknowledged.advance(1_831_797_503);
    expect(acknowledged.resolve(1, true)).toBe(1_831_797_503);
  });

  it('stay as they are where lines in front of the text were cut away', () => {
    const numbers = new PrintedNumbers();
    expect(numbers.resolve(1, false)).toBe(1);
    numbers.advance(185);
    expect(numbers.resolve(185, false)).toBe(185);
  });

  it('go on over 2^32', () => {
    const numbers = new PrintedNumbers();
    numbers.begin(0xffff_fff0, 7);
    numbers.advance(0xffff_fff1);
    expect(numbers.resolve(101, false)).toBe(0x55);
  });

  it('count from what the bytes of a packet show', () => {
    const numbers = new PrintedNumbers();
    numbers.learn(130, 9130);
    numbers.advance(9137);
    expect(numbers.resolve(137, false)).toBe(9137);
  });
});
