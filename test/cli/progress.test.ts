import { describe, expect, it } from 'vitest';
import { createProgress, progressLine } from '../../src/cli/progress.ts';

function terminal({ term, ...changes }: { isTTY?: boolean; columns?: number; term?: string } = {}) {
  const written: string[] = [];
  const stderr = { isTTY: true, columns: 80, ...changes, write: (text: string) => written.push(text) };
  return { stderr, env: term === undefined ? {} : { TERM: term }, written };
}

describe('createProgress', () => {
  it('stays silent for the first half second, then redraws one line at most ten times a second', () => {
    const stream = terminal();
    let time = 0;
    const progress = createProgress(stream, 1000, () => time);
    for (; time < 500; time += 10) progress.update(time / 1000, time);
    expect(stream.written).toEqual([]);
    for (; time < 1000; time += 10) progress.update(time / 1000, time);
    expect(stream.written).toHaveLength(5);
    expect(stream.written[0]).toBe('\r\u001b[K[##########..........]  50 %  500 packets  1.0 kB/s');
  });

  it('leaves nothing behind', () => {
    const stream = terminal();
    let time = 0;
    const progress = createProgress(stream, undefined, () => time);
    progress.clear();
    expect(stream.written).toEqual([]);
    time = 600;
    progress.update(undefined, 12);
    progress.clear();
    progress.clear();
    expect(stream.written).toEqual(['\r\u001b[K12 packets', '\r\u001b[K']);
  });

  it('never fills the line, or redrawing would leave pieces behind', () => {
    const stream = terminal({ columns: 20 });
    let time = 0;
    const progress = createProgress(stream, 1e9, () => time);
    time = 600;
    progress.update(0.5, 1_000_000);
    expect(stream.written[0]!.replace('\r\u001b[K', '')).toHaveLength(19);
  });

  it.each([{ isTTY: false }, { columns: 0 }, { term: 'dumb' }])('does nothing on %j', (changes) => {
    const stream = terminal(changes);
    let time = 0;
    const progress = createProgress(stream, 1000, () => time);
    time = 600;
    progress.update(0.5, 1);
    progress.clear();
    expect(stream.written).toEqual([]);
  });
});

describe('progressLine', () => {
  it('says what is known', () => {
    expect(progressLine(undefined, 1234, undefined, 1000)).toBe('1,234 packets');
    expect(progressLine(0.25, 1234, undefined, 1000)).toBe('[#####...............]  25 %  1,234 packets');
    expect(progressLine(1.1, 1234, 2e9, 1000)).toBe('[####################] 100 %  1,234 packets  2.0 GB/s');
  });
});
