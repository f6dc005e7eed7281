import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeartbeatTracker } from '../../src/connection/heartbeat.ts';
import { OPCODE_PING, OPCODE_PONG, type Frame } from '../../src/websocket/frame.ts';

/**
 * "0 ping a 1000": direction, opcode ("too-late" is a pong after the other side's end), payload (`-` none, `?` lost in a gap), milliseconds; a fifth word is the packet,
 * by default the place in the script from 0.
 */
function play(...script: readonly string[]): HeartbeatTracker {
  const tracker = new HeartbeatTracker();
  script.forEach((line, index) => {
    const [direction, opcode, payload = '-', ms = '0', packet = index] = line.split(' ');
    const frame: Frame = {
      opcode: opcode === 'ping' ? OPCODE_PING : OPCODE_PONG,
      isFinal: true,
      reservedBits: 0,
      isMasked: false,
      isShortestLength: true,
      payloadLength: payload.length,
      controlPayload: payload === '?' ? null : Uint8Array.from(Buffer.from(payload === '-' ? '' : payload)),
      firstPacket: Number(packet),
      packet: Number(packet),
      seconds: Math.floor(Number(ms) / 1000),
      nanoseconds: (Number(ms) % 1000) * 1e6,
    };
    tracker.frame(direction === '0' ? 0 : 1, frame, opcode === 'too-late');
  });
  return tracker;
}

const summary = (...script: readonly string[]) => play(...script).summary();

test('without a ping or pong there is nothing to tell', () => {
  expect(summary()).toBeNull();
});

test('a pong answers the ping of the other side with the same payload', () => {
  expect(summary('0 ping a 1000', '1 pong a 1012')).toEqual({
    pings: 1,
    pongs: 1,
    intervalMs: null,
    roundTripMs: { min: 12, median: 12, max: 12 },
  });
});

test('pings without payload are answered by pongs without', () => {
  expect(summary('1 ping - 0', '0 pong - 5', '1 ping - 1000', '0 pong - 1007')).toMatchObject({
    intervalMs: 1000,
    roundTripMs: { min: 5, median: 6, max: 7 },
  });
});

describe('a later pong answers several pings', () => {
  test('pings before the one that it answers do not wait any more', () => {
    expect(summary('0 ping a 0', '0 ping b 1000', '0 ping c 2000', '1 pong c 2010')).toMatchObject({
      pings: 3,
      pongs: 1,
      roundTripMs: { min: 10, max: 10 },
    });
  });

  test('so a still later pong for one of them answers nothing', () => {
    expect(summary('0 ping a 0', '0 ping b 1000', '1 pong b 1010', '1 pong a 5000')).toMatchObject({
      pongs: 2,
      roundTripMs: { min: 10, max: 10 },
    });
  });

  test('pings after it still wait', () => {
    expect(summary('0 ping a 0', '0 ping b 10', '1 pong a 15', '1 pong b 16')).toMatchObject({
      roundTripMs: { min: 6, median: 10.5, max: 15 },
    });
  });
});

test('a pong that nobody asked for answers nothing', () => {
  expect(summary('0 pong a 10', '1 ping b 20', '0 pong x 30')).toEqual({
    pings: 1,
    pongs: 2,
    intervalMs: null,
    roundTripMs: null,
  });
});

test("a side's pong doesn't answer its own ping", () => {
  expect(summary('0 ping a 0', '0 pong a 10')?.roundTripMs).toBeNull();
});

test('payloads that a gap took count, and answer nothing', () => {
  expect(summary('0 ping ? 0', '1 pong ? 10')).toEqual({
    pings: 1,
    pongs: 1,
    intervalMs: null,
    roundTripMs: null,
  });
});

test('the interval is that of the side that pings more, in the middle of its intervals', () => {
  const script = [
    '0 ping a 0',
    '0 ping b 1000',
    '1 ping x 1500',
    '0 ping c 2100',
    '0 ping d 9000',
    '1 ping y 1501',
  ];
  expect(summary(...script)).toMatchObject({ pings: 6, intervalMs: 1100 });
});

test('of pings without any pong only the last 64 are remembered', () => {
  const pings = Array.from({ length: 200 }, (_, i) => `0 ping p${i} ${i}`);
  expect(summary(...pings, '1 pong p100 500')?.roundTripMs).toBeNull();
  expect(summary(...pings, '1 pong p199 500')?.roundTripMs).toMatchObject({ min: 301 });
  expect(summary(...pings)).toMatchObject({ pings: 200, intervalMs: 1 });
});

/** Of the pings of direction 0, with times in milliseconds and packets in place of marks. */
function pings(...script: readonly string[]) {
  const { sent, unanswered, slowest, otherPong } = play(...script).pings(0);
  return {
    sent,
    unanswered: unanswered && [unanswered.count, unanswered.first.packet, unanswered.last.packet],
    slowest: slowest && [slowest.ping.packet, slowest.pong.packet],
    otherPong: otherPong?.packet ?? null,
  };
}

describe('the pings of one side', () => {
  // Each line: the script, pings since the last answered (count, first, last), slowest (ping, pong), other pong.
  test.each<[string, string[], [number, number, number] | null, [number, number] | null, number | null]>([
    ['none', ['1 ping a 0', '0 pong a 1'], null, null, null],
    ['one that waits', ['0 ping a 0'], [1, 0, 0], null, null],
    ['one that was answered', ['0 ping a 0', '1 pong a 9'], null, [0, 1], null],
    [
      'all since one that was answered',
      ['0 ping a 0', '1 pong a 9', '0 ping b 10', '0 ping c 20'],
      [2, 2, 3],
      [0, 1],
      null,
    ],
    [
      'those after the one that a pong names',
      ['0 ping a 0', '0 ping b 10', '0 ping c 20', '1 pong b 30'],
      [1, 2, 2],
      [0, 3],
      null,
    ],
    ['several answered at once', ['0 ping a 0', '0 ping b 10', '1 pong b 30'], null, [0, 2], null],
    [
      'the slowest of several',
      ['0 ping a 0', '1 pong a 9', '0 ping b 10', '1 pong b 90', '0 ping c 100', '1 pong c 120'],
      null,
      [2, 3],
      null,
    ],
    ['one answered with another payload', ['0 ping a 0', '1 pong b 9'], [1, 0, 0], null, 1],
    ['one after a pong that nobody asked for', ['1 pong b 0', '0 ping a 9'], [1, 1, 1], null, null],
    [
      'one answered after a pong with another payload',
      ['0 ping a 0', '1 pong b 9', '1 pong a 10', '0 ping c 20'],
      [1, 3, 3],
      [0, 2],
      null,
    ],
    ['none of the other side', ['0 ping a 0', '0 pong a 9', '1 ping a 10'], [1, 0, 0], null, null],
    [
      'without payload, answered',
      ['0 ping - 0', '1 pong - 9', '0 ping - 10', '1 pong - 30'],
      null,
      [2, 3],
      null,
    ],
    [
      'without payload, in flight and answered in order',
      ['0 ping - 0', '0 ping - 10', '1 pong - 100', '1 pong - 115'],
      null,
      [1, 3],
      null,
    ],
    [
      'without payload, the last one answered alone',
      ['0 ping - 0', '0 ping - 10', '1 pong - 100', '0 ping - 200'],
      [1, 3, 3],
      [0, 2],
      null,
    ],
    ['whose payload a gap took', ['0 ping ? 0', '0 ping ? 10'], null, null, null],
    ['of which a gap took the last payload', ['0 ping a 0', '0 ping ? 10', '1 pong x 20'], null, null, null],
    [
      'of which a gap took the first payload',
      ['0 ping ? 0', '0 ping a 10', '1 pong x 20'],
      [1, 1, 1],
      null,
      null,
    ],
    [
      'answered by a pong whose payload a gap took',
      ['0 ping a 0', '0 ping b 10', '1 pong ? 20'],
      null,
      null,
      null,
    ],
    [
      'after a pong whose payload a gap took',
      ['0 ping a 0', '1 pong ? 20', '0 ping b 30'],
      [1, 2, 2],
      null,
      null,
    ],
    [
      'delivered late, behind their pong',
      ['1 pong a 9 8', '0 ping a 1 7', '0 ping b 10 9'],
      [1, 9, 9],
      [7, 8],
      null,
    ],
    [
      'delivered late, behind what looked like another pong',
      ['0 ping a 0 1', '1 pong b 9 4', '0 ping b 1 3'],
      null,
      [1, 4],
      null,
    ],
    [
      'captured a millisecond after their pong: the capture swapped the two',
      ['1 pong a 5 1', '0 ping a 6 2'],
      null,
      [2, 1],
      null,
    ],
    [
      'captured two milliseconds after a pong with their payload: it answered another one',
      ['1 pong a 5 1', '0 ping a 7 2'],
      [1, 2, 2],
      null,
      null,
    ],
    [
      'sent after the pong that was delivered late',
      ['0 ping - 0 1', '0 ping - 50 3', '1 pong - 9 2'],
      [1, 3, 3],
      [1, 2],
      null,
    ],
  ])('%s', (_, script, unanswered, slowest, otherPong) => {
    const sent = script.filter((line) => line.startsWith('0 ping')).length;
    expect(pings(...script)).toEqual({ sent, unanswered, slowest, otherPong });
  });

  test('without an answer are counted, all but 64 not remembered', () => {
    const script = Array.from({ length: 200 }, (_, i) => `0 ping p${i} ${i}`);
    expect(pings(...script)).toMatchObject({ sent: 200, unanswered: [200, 0, 199] });
    expect(pings(...script, '1 pong p198 500')).toMatchObject({
      unanswered: [1, 199, 199],
      slowest: [0, 200],
    });
    // It may answer one of them: nothing speaks against it.
    expect(pings(...script, '1 pong p100 500')).toMatchObject({
      unanswered: [64, 136, 199],
      otherPong: null,
    });
  });
});

describe('pings without payload', () => {
  const roundTrips = (...script: readonly string[]) => summary(...script)?.roundTripMs;

  test('one of which was never answered do not lend the later ones its time', () => {
    const later = Array.from({ length: 200 }, (_, i) => [
      `0 ping - ${(i + 1) * 1000}`,
      `1 pong - ${(i + 1) * 1000 + 7}`,
    ]);
    expect(roundTrips('0 ping - 0', ...later.flat())).toEqual({ min: 7, median: 7, max: 7 });
  });

  test('always several in flight, each answered in order, have their own round trips', () => {
    const script = ['0 ping - 0', '0 ping - 10', '1 pong - 15', '0 ping - 20', '1 pong - 25', '1 pong - 35'];
    expect(roundTrips(...script)).toEqual({ min: 15, median: 15, max: 15 });
  });

  test('of any times, each answered in order: round trips are exact, and none is unanswered', () => {
    const arbitrary = fc.array(fc.record({ pause: fc.nat(100), wait: fc.nat(1000) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(arbitrary, (steps) => {
        let sentAt = 0;
        let answeredAt = 0;
        const times = steps.map(({ pause, wait }) => {
          sentAt += pause;
          answeredAt = Math.max(answeredAt, sentAt + wait);
          return { sentAt, answeredAt };
        });
        const script = [
          ...times.map((ping) => ({ at: ping.sentAt, line: `0 ping - ${ping.sentAt}` })),
          ...times.map((ping) => ({ at: ping.answeredAt, line: `1 pong - ${ping.answeredAt}` })),
        ].toSorted((a, b) => a.at - b.at);
        const tracker = play(...script.map(({ line }) => line));
        const waits = times.map((ping) => ping.answeredAt - ping.sentAt);
        expect(tracker.summary()?.roundTripMs).toMatchObject({
          min: Math.min(...waits),
          max: Math.max(...waits),
        });
        expect(tracker.pings(0).unanswered).toBeNull();
      }),
    );
  });

  test('of which only the latest is answered: round trips are exact, and those after it wait', () => {
    const arbitrary = fc.array(fc.record({ pings: fc.integer({ min: 1, max: 5 }), wait: fc.nat(50) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(arbitrary, fc.nat(3), (rounds, open) => {
        const script = rounds.flatMap(({ pings: number, wait }, round) => [
          ...Array.from({ length: number }, (_, i) => `0 ping - ${round * 1000 + i}`),
          `1 pong - ${round * 1000 + number - 1 + wait}`,
        ]);
        for (let i = 0; i < open; i++) script.push(`0 ping - ${1e6 + i}`);
        const tracker = play(...script);
        const waits = rounds.map(({ wait }) => wait);
        expect(tracker.summary()?.roundTripMs).toMatchObject({
          min: Math.min(...waits),
          max: Math.max(...waits),
        });
        expect(tracker.pings(0).unanswered?.count ?? 0).toBe(open);
      }),
    );
  });
});

describe("a pong after the end of the ping's sender", () => {
  test('answers nothing, and is remembered', () => {
    const tracker = play('0 ping a 0', '1 too-late a 5000', '1 too-late a 6000');
    expect(tracker.pings(0)).toMatchObject({
      unanswered: { count: 1 },
      slowest: null,
      pongAfterEnd: { packet: 1 },
    });
    expect(tracker.summary()).toMatchObject({ pings: 1, pongs: 2, roundTripMs: null });
  });

  test('is not remembered where it would have answered nothing', () => {
    const tracker = play('0 ping a 0', '1 pong a 10', '0 ping b 1000', '1 too-late a 5000');
    expect(tracker.pings(0)).toMatchObject({ unanswered: { count: 1 }, pongAfterEnd: null });
  });
});
