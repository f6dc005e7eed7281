import { describe, expect, it } from 'vitest';
import { isEarlier, mayBeDeltas, TcpdumpClock } from '../../../src/capture/paste/tcpdump-clock.ts';
import { parseHeaderLine, type HeaderLine } from '../../../src/capture/paste/tcpdump-header-line.ts';

function at(time: string): HeaderLine {
  return parseHeaderLine(`${time} IP 1.1.1.1 > 2.2.2.2: tcp`)!;
}

function run(clock: TcpdumpClock, ...times: string[]): number[] {
  return times.map((time) => {
    clock.advance(at(time));
    return clock.seconds + clock.nanoseconds / 1e9;
  });
}

describe('tcpdump clock', () => {
  it('goes on over midnight, several times', () => {
    const seen = run(
      new TcpdumpClock(),
      '23:59:59.5',
      '00:00:00.5',
      '23:59:59.0',
      '12:00:00.0',
      '00:00:01.0',
    );
    expect(seen).toEqual([86_399.5, 86_400.5, 86_399, 43_200, 1]);
    expect(run(new TcpdumpClock(), '20:00:00', '04:00:00', '12:00:00', '20:00:00', '04:00:00')).toEqual([
      72_000, 100_800, 129_600, 158_400, 187_200,
    ]);
  });

  it('adds up deltas, negative ones too', () => {
    const clock = new TcpdumpClock();
    clock.accumulates = true;
    expect(run(clock, '00:00:00.0', '00:00:00.75', '00:00:01.5', '-00:00:00.5')).toEqual([
      0, 0.75, 2.25, 1.75,
    ]);
  });

  it('keeps the last time where none is printed', () => {
    const clock = new TcpdumpClock();
    expect(run(clock, '10:00:00.5')).toEqual([36_000.5]);
    clock.advance(parseHeaderLine('IP 1.1.1.1 > 2.2.2.2: tcp')!);
    expect(clock.seconds).toBe(36_000);
  });

  it('suspects deltas where the first time is within a second of zero', () => {
    expect(mayBeDeltas(at('00:00:00.000000'))).toBe(true);
    expect(mayBeDeltas(at('00:00:01.000000'))).toBe(false);
    expect(mayBeDeltas(at('0.5'))).toBe(false);
  });

  it('tells going back from passing midnight', () => {
    expect(isEarlier(at('00:00:00.1'), at('00:00:00.2'))).toBe(true);
    expect(isEarlier(at('00:00:00.1'), at('00:00:00.1'))).toBe(false);
    expect(isEarlier(at('00:00:00.1'), at('23:59:59.9'))).toBe(false);
  });
});
