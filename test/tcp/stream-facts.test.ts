/** What a StreamReassembler says of its stream, and where the bounds are up to which it believes sequence numbers. */
import { describe, expect, it, test } from 'vitest';
import { ReassemblyBudget } from '../../src/tcp/reassembly-budget.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import { StreamReassembler } from '../../src/tcp/stream-reassembler.ts';
import { segmentOf, type SegmentSpec } from '../helpers/segment-builder.ts';

const LAST = { packet: 99, seconds: 99, nanoseconds: 990 };
const WINDOW = 2 ** 30;

const resetAt = (seq: number) => segmentOf({ seq, flags: 'R' }, 50);

/** A stream whose first byte has sequence number 1000, and what its consumer got. */
class Played {
  readonly said: string[] = [];
  readonly stream: StreamReassembler = new StreamReassembler(1, new ReassemblyBudget());
  readonly consumer: StreamConsumer = {
    data: (direction, bytes, start, end, ...mark) => {
      this.said.push(`${direction} ${Buffer.from(bytes.subarray(start, end)).toString()} #${mark.join(' ')}`);
    },
    gap: (direction, length, ...mark) => {
      this.said.push(`${direction} gap ${length} #${mark.join(' ')}`);
    },
    flag: () => undefined,
    end: () => undefined,
  };
  #packet = 0;

  constructor(isFirstByte = true) {
    this.stream.start(1000, isFirstByte);
  }

  receive(offset: number, payload: string, captured = payload.length): this {
    const sequence = (1000 + offset) | 0;
    const packet = ++this.#packet;
    this.stream.receive(
      segmentOf({ seq: sequence, payload, captured, time: packet + 0.5 }, packet),
      sequence,
      this.consumer,
    );
    return this;
  }

  acknowledge(offset: number): this {
    this.stream.acknowledge((1000 + offset) | 0);
    return this;
  }

  finish(): this {
    this.stream.finish(this.consumer, LAST);
    return this;
  }
}

describe('a stream', () => {
  it('hands on packet and time of the segment that brought the bytes, in order or not, and of cut bytes', () => {
    const { said } = new Played().receive(0, 'ab').receive(4, 'ef').receive(2, 'cd').receive(6, 'ghi', 1);
    expect(said).toEqual([
      '1 ab #1 1 500000000',
      '1 cd #3 3 500000000',
      '1 ef #2 2 500000000',
      '1 g #4 4 500000000',
      '1 gap 2 #4 4 500000000',
    ]);
  });

  it('has a last byte once one was delivered, which is that of the segment that brought it, cut off or not', () => {
    const played = new Played();
    expect(played.stream.lastByte).toBeNull();
    played.receive(2, 'cd');
    expect(played.stream.lastByte).toBeNull();
    played.receive(0, 'ab');
    expect(played.stream.lastByte).toEqual({ packet: 1, seconds: 1, nanoseconds: 500_000_000 });
    played.receive(4, 'efg', 0);
    expect(played.stream.lastByte).toMatchObject({ packet: 3 });
  });

  it('is as long as what was delivered, or as what waits', () => {
    const played = new Played().receive(0, 'abc');
    expect(played.stream.streamBytes).toBe(3);
    played.receive(5, 'fg');
    expect(played.stream.streamBytes).toBe(7);
    expect(played.stream.hasWaiting).toBe(true);
    played.finish();
    expect(played.stream).toMatchObject({ streamBytes: 7, hasWaiting: false, nextSequence: 1007 });
  });

  it('has all bytes that were delivered or wait, and no others', () => {
    const { stream } = new Played().receive(0, 'abc').receive(5, 'fgh');
    expect(stream.hasAll(0, 3)).toBe(true);
    expect(stream.hasAll(0, 4)).toBe(false);
    expect(stream.hasAll(3, 6)).toBe(false);
    expect(stream.hasAll(5, 8)).toBe(true);
    expect(stream.hasAll(6, 9)).toBe(false);
    expect(new Played().receive(0, 'abc').stream.hasAll(2, 4)).toBe(false);
  });

  it('has a known start where a SYN says so: before the first byte, or where the stream still stands there', () => {
    const known = (isFirstByte: boolean, sequence: number, payload: string) => {
      const { stream } = new Played(isFirstByte).receive(0, payload);
      stream.synchronize(sequence);
      return stream.startKnown;
    };
    expect(known(false, 1000, 'ab')).toBe(true);
    expect(known(false, 1001, 'ab')).toBe(false);
    expect(known(true, 1001, 'ab')).toBe(true);
    const fresh = new StreamReassembler(0, new ReassemblyBudget());
    fresh.synchronize(7);
    expect(fresh).toMatchObject({ started: true, startKnown: true, nextSequence: 7 });
  });

  it('tells nothing more once it is discarded, and forgets what waits', () => {
    const played = new Played().receive(0, 'ab').receive(4, 'ef');
    played.stream.discard();
    expect(played.stream.hasWaiting).toBe(false);
    played.acknowledge(9).finish();
    expect(played.said).toEqual(['1 ab #1 1 500000000']);
  });
});

describe('what the peer acknowledges', () => {
  it('never counts backwards, though the last acknowledgement may be an older one', () => {
    const { stream } = new Played().receive(0, 'abcdef').acknowledge(4).acknowledge(2);
    expect(stream).toMatchObject({ acknowledgedOffset: 4, lastAcknowledgedOffset: 2 });
  });

  test.each([
    [WINDOW, WINDOW],
    [WINDOW + 1, 0],
  ])('%i bytes ahead counts up to %i', (offset, acknowledged) => {
    const { stream } = new Played().acknowledge(offset);
    expect(stream).toMatchObject({ acknowledgedOffset: acknowledged, lastAcknowledgedOffset: acknowledged });
  });
});

describe('the end of a stream', () => {
  test.each<[string, (played: Played) => void, number | null, string[]]>([
    ['is complete where all is acknowledged', (played) => played.acknowledge(2), null, []],
    ['may be a FIN that was not seen', (played) => played.acknowledge(3), 2, []],
    ['is missing, two bytes of it', (played) => played.acknowledge(4), 2, ['1 gap 2 #99 99 990']],
    [
      'is missing where a RST proves it',
      (played) => {
        played.acknowledge(2).stream.reset(resetAt(1004), null, null, 0);
      },
      2,
      ['1 gap 2 #99 99 990'],
    ],
    [
      'is missing where a FIN proves it, a single byte of it too',
      ({ stream }) => {
        stream.fin = LAST;
        stream.finOffset = 3;
      },
      2,
      ['1 gap 1 #99 99 990'],
    ],
    [
      'is complete up to its FIN, whatever is acknowledged',
      (played) => {
        played.acknowledge(3).stream.fin = LAST;
        played.stream.finOffset = 2;
      },
      null,
      [],
    ],
  ])('%s', (_name, act, unseenFrom, gaps) => {
    const played = new Played().receive(0, 'ab');
    act(played);
    played.finish();
    expect(played.stream.unseenFrom).toBe(unseenFrom);
    expect(played.said.slice(1)).toEqual(gaps);
  });

  it('of one that never began is not missing', () => {
    const stream = new StreamReassembler(0, new ReassemblyBudget());
    stream.rstOffset = 5;
    const { consumer, said } = new Played();
    stream.finish(consumer, LAST);
    expect(stream.unseenFrom).toBeNull();
    expect(said).toEqual([]);
  });
});

describe('a packet captured twice', () => {
  // As a network card sees packets that it sends: no identification, no checksum yet.
  const first = { seq: 1000, payload: 'abc', identification: 0, checksum: 0, time: 5.9995 };
  it.each<[string, SegmentSpec, boolean]>([
    ['at once', {}, true],
    ['across the turn of a second', { time: 6 }, true],
    ['a second later', { time: 6.9995 }, false],
    ['a second and less later', { time: 7 }, false],
    ['two milliseconds later', { time: 6.0015 }, false],
    ['with another sequence number', { seq: 1003 }, false],
  ])('is known %s: %j', (_name, difference, isKnown) => {
    const { stream } = new Played();
    expect(stream.isDuplicate(segmentOf(first, 1))).toBe(false);
    expect(stream.isDuplicate(segmentOf({ ...first, ...difference }, 2))).toBe(isKnown);
  });
});

describe('a keep-alive probe', () => {
  it.each([
    ['has the number before the next one and no byte, acknowledged or not', 1, 0, 1, true],
    ['has one byte, if that was acknowledged', 1, 1, 2, true],
    ['is not one byte that was not acknowledged', 1, 1, 1, false],
    ['does not have the next number', 2, 0, 2, false],
  ])('%s', (_name, offset, length, acknowledged, isProbe) => {
    const { stream } = new Played().receive(0, 'ab').acknowledge(acknowledged);
    expect(stream.isProbe(1000 + offset, length)).toBe(isProbe);
  });
});

describe('a hole that the peer has acknowledged', () => {
  /** Whether nothing comes of it up to the last of so many packets, and what then. */
  const afterPackets = ({ stream, consumer, said }: Played, count: number) => {
    const before = said.length;
    for (let i = 1; i < count; i++) stream.considerHole(consumer);
    expect(said).toHaveLength(before);
    stream.considerHole(consumer);
    return said.slice(before);
  };

  it('becomes a gap with the ninth packet, behind the first byte too', () => {
    const played = new Played().receive(0, 'a').receive(2, 'c').acknowledge(3);
    expect(afterPackets(played, 9)).toEqual(['1 gap 1 #2 2 500000000', '1 c #2 2 500000000']);
  });

  it('need not be followed by acknowledged bytes', () => {
    const played = new Played().receive(2, 'c').acknowledge(2);
    expect(afterPackets(played, 9)).toHaveLength(2);
  });

  it('has all its patience from the acknowledgement on, however long it was open before', () => {
    const played = new Played().receive(2, 'c');
    expect(afterPackets(played, 30)).toEqual([]);
    expect(afterPackets(played.acknowledge(3), 9)).toHaveLength(2);
  });

  it('does not take the next hole with it, which is not acknowledged', () => {
    const played = new Played().receive(1, 'b').receive(3, 'd').acknowledge(2);
    expect(afterPackets(played, 9)).toEqual(['1 gap 1 #1 1 500000000', '1 b #1 1 500000000']);
    expect(played.stream.hasWaiting).toBe(true);
  });
});

test('segments that wait one behind the other are in order among themselves', () => {
  expect(new Played().receive(2, 'c').receive(3, 'd').stream.outOfOrder).toBe(0);
  expect(new Played().receive(3, 'd').receive(2, 'c').stream.outOfOrder).toBe(1);
});

test('bytes that begin before the first captured byte of the stream are not sent again', () => {
  const { stream } = new Played().receive(-3, 'abc').receive(0, 'abc').receive(-1, 'xa');
  expect(stream.retransmissions).toBe(0);
  expect(new Played().receive(0, 'abc').receive(0, 'a').stream.retransmissions).toBe(1);
});

test('a stream of which nothing is known has begun nowhere and shut no window', () => {
  expect(new StreamReassembler(0, new ReassemblyBudget())).toMatchObject({
    started: false,
    startKnown: false,
    isWindowShut: false,
    isCaptured: false,
    streamBytes: 0,
  });
});

describe('a sequence number ahead of the stream', () => {
  test.each([
    [-1, false],
    [0, true],
    [WINDOW, true],
    [WINDOW + 1, false],
  ])('by %i may be that of a FIN: %s', (ahead, may) => {
    expect(new Played().receive(0, 'ab').stream.canEndAt(2 + ahead)).toBe(may);
  });

  test.each([
    [2 ** 24, 2 ** 24],
    [2 ** 24 + 1, 0],
    [5, 5],
    [-5, 0],
  ])('of a RST, %i, proves %i bytes', (offset, proven) => {
    const { stream } = new Played();
    stream.reset(resetAt((1000 + offset) | 0), null, null, 0);
    expect(stream.rstOffset).toBe(proven);
  });

  test('of a RST counts from where the stream stands, not from its start', () => {
    const { stream } = new Played().receive(0, 'ab');
    stream.reset(resetAt(1002 + 2 ** 24), null, null, 0);
    expect(stream.rstOffset).toBe(2 + 2 ** 24);
  });

  test('of a RST proves nothing of a stream that has not begun', () => {
    const stream = new StreamReassembler(0, new ReassemblyBudget());
    stream.reset(resetAt(5), null, null, 0);
    expect(stream.rstOffset).toBe(0);
  });

  test.each([
    [WINDOW, true],
    [WINDOW + 1, false],
  ])('by %i may be that of a segment: %s', (offset, isTaken) => {
    expect(new Played().receive(offset, 'x').stream.hasWaiting).toBe(isTaken);
  });
});
