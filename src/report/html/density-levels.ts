/** Counts of frames as one digit each, on a logarithmic scale: a lane can't draw more detail. */

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** 0 for none, 1 for one, 2 for two and three, 3 for four to seven, … */
export function levelOf(count: number): number {
  return count <= 0 ? 0 : Math.min(DIGITS.length - 1, Math.floor(Math.log2(count)) + 1);
}

export function toDigits(counts: readonly number[]): string {
  return counts
    .map((count) => DIGITS[levelOf(count)]!)
    .join('')
    .replace(/0+$/, '');
}

export function fromDigits(digits: string): number[] {
  return Array.from(digits, (digit) => Math.max(0, DIGITS.indexOf(digit)));
}
