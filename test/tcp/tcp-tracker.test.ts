import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../src/basics/direction.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import type { TcpConnection } from '../../src/tcp/tcp-connection.ts';
import { TcpTracker } from '../../src/tcp/tcp-tracker.ts';
import { Recording, segmentOf, type SegmentSpec } from '../helpers/segment-builder.ts';

const SYN: SegmentSpec = { flags: 'S', seq: 999 };
const SYN_ACK: SegmentSpec = { from: 1, flags: 'SA', seq: 4999, ack: 1000 };
const HANDSHAKE = [SYN, SYN_ACK, { seq: 1000, ack: 5000 }] as const;
/** Of which connection each packet is, as far as the listener can tell: which one says it was its last. */
const NONE = -1;

function ids(recording: Recording, ...segments: readonly SegmentSpec[]): number[] {
  let packet = recording.consumers.reduce((last, { connection }) => Math.max(last, connection.lastPacket), 0);
  return segments.map((spec) => {
    packet = spec.packet ?? packet + 1;
    recording.play({ ...spec, packet });
    return recording.consumers.findLastIndex(({ connection }) => connection.lastPacket === packet);
  });
}

describe('a connection', () => {
  it('opens, speaks and closes', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1000, ack: 5000, payload: 'hi' },
      { from: 1, seq: 5000, ack: 1002, payload: 'ho' },
      { seq: 1002, ack: 5002, flags: 'FA' },
      { from: 1, seq: 5002, ack: 1003, flags: 'FA' },
      { seq: 1003, ack: 5003 },
    );
    expect(recording.end().transcript()).toEqual([
      '> syn',
      '< syn',
      '> hi #4',
      '< ho #5',
      '> fin',
      '< fin',
      'end closed',
    ]);
    const { originator, streams } = recording.connection();
    expect(originator).toBe(0);
    expect(
      streams.map(({ startKnown, nextOffset, finOffset }) => [startKnown, nextOffset, finOffset]),
    ).toEqual([
      [true, 2, 2],
      [true, 2, 2],
    ]);
  });

  it('of which one side has ended goes on in the other direction, and is open when the capture ends', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1000, ack: 5000, flags: 'FA' },
      { from: 1, seq: 5000, ack: 1001, payload: 'late' },
    );
    expect(recording.end().transcript().slice(2)).toEqual(['> fin', '< late #5', 'end capture-ended']);
  });

  it('delivers data that rides on a FIN', () => {
    const recording = new Recording().play(...HANDSHAKE, {
      seq: 1000,
      ack: 5000,
      flags: 'PFA',
      payload: 'bye',
    });
    expect(recording.transcript().slice(2)).toEqual(['> bye #4', '> fin']);
    expect(recording.connection().streams[0].finOffset).toBe(3);
  });

  it('reports a FIN when it is captured, and delivers data that was sent before it and captured after it', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1003, ack: 5000, flags: 'FA' },
      { seq: 1000, ack: 5000, payload: 'abc' },
    );
    expect(recording.end().transcript().slice(2)).toEqual(['> fin', '> abc #5', 'end capture-ended']);
  });

  it('reports only the first FIN of a direction', () => {
    const fin: SegmentSpec = { seq: 1000, ack: 5000, flags: 'FA' };
    const recording = new Recording().play(...HANDSHAKE, fin, fin, fin);
    expect(recording.transcript().slice(2)).toEqual(['> fin']);
    expect(recording.connection().streams[0].fin?.packet).toBe(4);
  });

  it.each([
    ['behind what was sent since', 990],
    ['from before the stream', 900],
    ['from more than 2^30 bytes ahead', 1000 + 2 ** 30 + 10],
  ])('takes no FIN %s for its own', (_, seq) => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1000, ack: 5000, payload: 'abc' },
      { seq, ack: 5000, flags: 'FA' },
      { from: 1, seq: 5000, ack: 1003, flags: 'FA' },
    );
    expect(recording.end().transcript().slice(2)).toEqual(['> abc #4', '< fin', 'end capture-ended']);
  });

  it('is closed by a RST of either side', () => {
    const recording = new Recording().play(...HANDSHAKE, { from: 1, seq: 5000, ack: 1000, flags: 'RA' });
    expect(recording.end().transcript().slice(2)).toEqual(['< rst', 'end closed']);
    expect(recording.connection().streams[1].rst?.packet).toBe(4);
  });

  it('leaves the text that a RST carries out of the stream', () => {
    const recording = new Recording().play(...HANDSHAKE, {
      seq: 1000,
      ack: 5000,
      flags: 'R',
      payload: 'go away',
    });
    expect(recording.end().transcript().slice(2)).toEqual(['> rst', 'end closed']);
    expect(recording.connection().streams[0]).toMatchObject({ segments: 0, rstOffset: 0 });
  });

  it('delivers data that a RST overtook', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1003, ack: 5000, flags: 'R' },
      { seq: 1000, ack: 5000, payload: 'abc' },
    );
    expect(recording.end().transcript().slice(2)).toEqual(['> rst', '> abc #5', 'end closed']);
    expect(recording.connection().streams[0].rstOffset).toBe(3);
  });

  it('that is refused has a RST as its only answer, and no stream in that direction', () => {
    const recording = new Recording().play(SYN, { from: 1, seq: 0, ack: 1000, flags: 'RA' }).end();
    expect(recording.transcript()).toEqual(['> syn', '< rst', 'end closed']);
    expect(recording.connection().streams[1]).toMatchObject({
      started: false,
      isCaptured: true,
      rstOffset: 0,
    });
  });

  it('that a RST begins has no stream from what the RST acknowledges: bytes before that are delivered', () => {
    const recording = new Recording().play({ from: 1, seq: 5000, ack: 1003, flags: 'RA' });
    expect(recording.connection().streams.map(({ started }) => started)).toEqual([false, false]);
    recording.play({ seq: 1000, ack: 5000, payload: 'abc' });
    expect(recording.transcript()).toEqual(['> rst', '< abc #2']);
  });

  it('delivers the data on a SYN (TCP Fast Open) once', () => {
    const recording = new Recording().play(
      { ...SYN, payload: 'GET' },
      { ...SYN_ACK, ack: 1003, payload: 'OK' },
      { seq: 1000, ack: 5002, payload: 'GET /' },
    );
    expect(recording.transcript()).toEqual(['> syn', '> GET #1', '< syn', '< OK #2', '>  / #3']);
  });

  it('delivers data again after a SYN whose data were refused', () => {
    const recording = new Recording().play({ ...SYN, payload: 'GET' }, SYN_ACK, {
      seq: 1000,
      ack: 5000,
      payload: 'GET /',
    });
    expect(recording.transcript()).toEqual(['> syn', '> GET #1', '< syn', '>  / #3']);
  });

  it('opened by both sides at once has the sender of the first SYN as its originator', () => {
    const recording = new Recording().play(
      SYN,
      { from: 1, flags: 'S', seq: 4999 },
      { from: 1, flags: 'SA', seq: 4999, ack: 1000 },
      { flags: 'SA', seq: 999, ack: 5000 },
      { seq: 1000, ack: 5000, payload: 'a' },
      { from: 1, seq: 5000, ack: 1001, payload: 'b' },
    );
    expect(recording.transcript()).toEqual(['> syn', '< syn', '> a #5', '< b #6']);
    expect(recording.consumers).toHaveLength(1);
    expect(recording.connection().originator).toBe(0);
  });

  it('whose SYN/ACK was captured before the SYN was opened by the receiver of the SYN/ACK', () => {
    const recording = new Recording().play(SYN_ACK, SYN, { seq: 1000, ack: 5000, payload: 'a' });
    expect(recording.transcript()).toEqual(['> syn', '< syn', '< a #3']);
    const { originator, streams } = recording.connection();
    expect(originator).toBe(1);
    expect(streams.map(({ startKnown }) => startKnown)).toEqual([true, true]);
  });

  it('whose request was captured before the SYN begins with it all the same', () => {
    const recording = new Recording().play({ seq: 1000, ack: 5000, payload: 'GET' }, SYN, SYN_ACK);
    expect(recording.transcript()).toEqual(['> GET #1', '> syn', '< syn']);
    const { originator, streams } = recording.connection();
    expect(originator).toBe(0);
    expect(streams.map(({ startKnown }) => startKnown)).toEqual([true, true]);
  });

  it('is known from its start where only the SYN/ACK of the handshake was captured', () => {
    const recording = new Recording().play(SYN_ACK, { seq: 1000, ack: 5000, payload: 'a' });
    expect(recording.connection().streams[1].startKnown).toBe(true);
    expect(recording.connection().originator).toBe(1);
  });

  it('begun before the capture starts with the first bytes seen, its other direction where they acknowledge', () => {
    const recording = new Recording().play(
      { seq: 7000, ack: 3000, payload: 'ab' },
      { from: 1, seq: 2997, ack: 7002, payload: 'oldNEW' },
      { seq: 6990, ack: 3003, payload: 'before' },
    );
    expect(recording.transcript()).toEqual(['> ab #1', '< NEW #2']);
    const { originator, streams } = recording.connection();
    expect(originator).toBeNull();
    expect(streams.map(({ startKnown }) => startKnown)).toEqual([false, false]);
  });

  it('of which only one direction was captured has a gap for the acknowledged bytes of the other', () => {
    const recording = new Recording().play(
      { seq: 1000, ack: 5000, payload: 'ab' },
      { seq: 1002, ack: 5100 },
      { seq: 1002, ack: 5200, payload: 'c' },
    );
    expect(recording.end().transcript()).toEqual(['> ab #1', '> c #3', '< gap 200 #3', 'end capture-ended']);
    expect(recording.connection().streams[1].isCaptured).toBe(false);
  });
});

describe('a packet captured twice', () => {
  const segment: SegmentSpec = { seq: 1000, ack: 5000, payload: 'abc', identification: 77, checksum: 5 };

  it('counts once, and not as a retransmission', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { ...segment, time: 5 },
      { ...segment, time: 5.000_05 },
      { seq: 1003, ack: 5000, flags: 'FA', identification: 78, time: 6 },
      { seq: 1003, ack: 5000, flags: 'FA', identification: 78, time: 6.001 },
    );
    expect(recording.transcript().slice(2)).toEqual(['> abc #4', '> fin']);
    expect(recording.connection()).toMatchObject({ duplicates: 2, firstDuplicate: 5, lastPacket: 7 });
    expect(recording.connection().streams[0]).toMatchObject({ segments: 1, retransmissions: 0 });
  });

  it.each([
    ['two milliseconds later', { time: 5.002 }],
    ['with another identification', { identification: 78 }],
    ['with another checksum', { checksum: 6 }],
    ['with another length', { payload: 'ab' }],
    ['with another flag', { flags: 'PA' }],
  ])('is a retransmission %s', (_, difference) => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { ...segment, time: 5 },
      { ...segment, time: 5.000_05, ...difference },
    );
    expect(recording.connection()).toMatchObject({ duplicates: 0 });
    expect(recording.connection().streams[0]).toMatchObject({ segments: 2, retransmissions: 1 });
  });

  it('may be a SYN, or a packet of each direction', () => {
    const twice = (spec: SegmentSpec, time: number) => [
      { ...spec, identification: 1, time },
      { ...spec, identification: 1, time: time + 0.000_01 },
    ];
    const recording = new Recording().play(
      ...twice(SYN, 1),
      ...twice(SYN_ACK, 2),
      ...twice({ ...segment, from: 1, seq: 5000, ack: 1000 }, 3),
    );
    expect(recording.transcript()).toEqual(['> syn', '< syn', '< abc #5']);
    expect(recording.connection().duplicates).toBe(3);
  });

  it('are recognised after other packets too, once one seemed to be sent again', () => {
    const recording = new Recording();
    recording.play({ flags: 'S', seq: 9 }, { from: 1, flags: 'SA', seq: 9, ack: 10 }, { seq: 10, ack: 10 });
    // Each burst of four is captured on one interface, then on the other.
    const burst = (start: number, packet: number) => {
      for (const copy of [0, 1]) {
        for (let i = 0; i < 4; i++) {
          const marks = {
            identification: start + i,
            checksum: 7,
            time: 1 + start / 1000 + i * 1e-5 + copy * 1e-4,
          };
          recording.play({
            seq: start + 10 * i,
            ack: 10,
            payload: '0123456789',
            packet: packet + 4 * copy + i,
            ...marks,
          });
        }
      }
    };
    for (let i = 0; i < 5; i++) burst(10 + 40 * i, 4 + 8 * i);
    const { duplicates, streams } = recording.connection();
    expect(streams[0]).toMatchObject({ nextOffset: 200, segments: 24, retransmissions: 4 });
    expect(duplicates).toBe(16);
  });

  it('sent again much later, with the same marks, are not copies', () => {
    const recording = new Recording();
    recording.play({ flags: 'S', seq: 9 }, { from: 1, flags: 'SA', seq: 9, ack: 10 }, { seq: 10, ack: 10 });
    for (let i = 0; i < 4; i++) {
      for (const seq of [10, 14]) recording.play({ seq, ack: 10, payload: 'abcd', identification: seq });
    }
    expect(recording.connection()).toMatchObject({ duplicates: 0 });
    expect(recording.connection().streams[0].retransmissions).toBe(6);
  });
});

describe('numbering', () => {
  it('gives each 4-tuple one number, whatever the direction and the IP version', () => {
    const recording = new Recording();
    expect(
      ids(
        recording,
        { port: 1 },
        { port: 2 },
        { port: 1, from: 1 },
        { port: 2, ipVersion: 6 },
        { port: 2, ipVersion: 6, from: 1 },
        { port: 2, from: 1 },
      ),
    ).toEqual([0, 1, 0, 2, 2, 1]);
    expect(recording.tracker.connectionCount).toBe(3);
  });

  it('takes a SYN with another sequence number for a new connection on the same 4-tuple', () => {
    const recording = new Recording();
    const close = { seq: 1000, ack: 5000, flags: 'RA' };
    const again = { ...SYN, seq: 77_000 };
    expect(
      ids(recording, ...HANDSHAKE, close, again, { from: 1, flags: 'SA', seq: 99, ack: 77_001 }),
    ).toEqual([0, 0, 0, 0, 1, 1]);
    expect(recording.transcript(0).at(-1)).toBe('end closed');
    expect(recording.transcript(1)).toEqual(['> syn', '< syn']);
    expect(recording.tracker.evictedCount).toBe(0);
  });

  it('gives up a connection that was open when its 4-tuple is used again, with all that waits', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      { seq: 1003, ack: 5000, payload: 'def' },
      { ...SYN, seq: 77_000 },
    );
    expect(recording.transcript(0).slice(2)).toEqual(['> gap 3 #4', '> def #4', 'end evicted']);
  });

  it('takes a SYN with the same sequence number for a retransmission, at any time', () => {
    const recording = new Recording();
    const fins = [
      { seq: 1000, ack: 5000, flags: 'FA' },
      { from: 1, seq: 5000, ack: 1001, flags: 'FA' },
    ] as const;
    expect(ids(recording, SYN, SYN, ...HANDSHAKE, ...fins, SYN)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('compares a SYN with the direction that it has, as known from an ACK or from the first data', () => {
    const reply: SegmentSpec = { from: 1, flags: 'S', seq: 4999 };
    // Known from the acknowledgement of the client: the same, then another.
    expect(ids(new Recording(), { seq: 1000, ack: 5000 }, reply, { ...reply, seq: 1 })).toEqual([0, 0, 1]);
    // Not known yet.
    expect(ids(new Recording(), SYN, reply, { ...reply, seq: 1 })).toEqual([0, 0, 1]);
  });

  it('takes the sequence number of the last SYN/ACK for the one with which its sender began', () => {
    const again: SegmentSpec = { from: 1, flags: 'S', seq: 4999 };
    expect(ids(new Recording(), ...HANDSHAKE, { ...SYN_ACK, seq: 31 }, { ...again, seq: 31 })).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(ids(new Recording(), ...HANDSHAKE, { ...SYN_ACK, seq: 31 }, again)).toEqual([0, 0, 0, 0, 1]);
  });

  it('opens nothing for a SYN/ACK with another sequence number', () => {
    expect(ids(new Recording(), ...HANDSHAKE, { ...SYN_ACK, seq: 1 })).toEqual([0, 0, 0, 0]);
  });

  it('lets the sender of the new SYN be direction 0', () => {
    const recording = new Recording().play(...HANDSHAKE, { from: 1, flags: 'S', seq: 31, ack: 0 });
    expect(recording.connection(1).endpoint(0).port).toBe(80);
    recording.play({ seq: 7, ack: 32, flags: 'SA' }, { from: 1, seq: 32, ack: 8, payload: 'x' });
    expect(recording.transcript(1)).toEqual(['> syn', '< syn', '> x #6']);
  });
});

describe('the end of what is kept', () => {
  const RST: SegmentSpec = { seq: 1000, ack: 5000, flags: 'RA' };

  it('releases a closed connection 30 seconds after its last packet; a packet after that opens no new connection', () => {
    const recording = new Recording().play(...HANDSHAKE, { ...RST, time: 100.9 });
    recording.play({ port: 1, time: 129.9 });
    expect(recording.transcript()).toEqual(['> syn', '< syn', '> rst']);
    recording.play({ port: 1, time: 130 });
    expect(recording.transcript()).toEqual(['> syn', '< syn', '> rst', 'end closed']);
    const late: SegmentSpec[] = [
      { seq: 1000, ack: 5000, payload: 'late' },
      { from: 1, seq: 5000, flags: 'FA' },
      SYN,
    ];
    const ids = late.map(
      (spec, i) => recording.tracker.segment(segmentOf({ ...spec, time: 131 }, 10 + i)).connectionId,
    );
    expect(ids).toEqual([0, 0, 0]);
    expect(recording.tracker.connectionCount).toBe(2);
    expect(recording.end().transcript()).toEqual(['> syn', '< syn', '> rst', 'end closed']);
  });

  it('takes a packet that comes before the 30 seconds are over, and waits as long again', () => {
    const recording = new Recording().play(...HANDSHAKE, { ...RST, time: 100 });
    recording.play({ seq: 1000, ack: 5000, payload: 'late', time: 129 }, { port: 1, time: 158 });
    expect(recording.transcript()).toEqual(['> syn', '< syn', '> rst', '> late #5']);
    recording.play({ port: 1, time: 159 });
    expect(recording.transcript().at(-1)).toBe('end closed');
  });

  it('releases it without a packet when time moves on', () => {
    const recording = new Recording().play(...HANDSHAKE, { ...RST, time: 100 });
    for (const seconds of [129, 20, 129]) recording.tracker.advance(seconds);
    expect(recording.transcript().at(-1)).toBe('> rst');
    recording.tracker.advance(130);
    expect(recording.transcript().at(-1)).toBe('end closed');
  });

  it('waits from the latest time on where packets have earlier ones', () => {
    const recording = new Recording().play(...HANDSHAKE, { port: 1, time: 1000 }, { ...RST, time: 100 });
    recording.play({ port: 1, time: 200 }, { port: 1, time: 1029 });
    expect(recording.transcript().at(-1)).toBe('> rst');
    recording.play({ seq: 1000, ack: 5000, payload: 'late', time: 150 }, { port: 1, time: 1030 });
    expect(recording.transcript().at(-1)).toBe('> late #8');
    recording.play({ port: 1, time: 1060 });
    expect(recording.transcript().at(-1)).toBe('end closed');
  });

  it('releases it 20,000 packets later where no time passes', () => {
    const still: SegmentSpec = { port: 1, time: 0 };
    const recording = new Recording().play(...HANDSHAKE, { ...RST, time: 0 });
    recording.play({ ...still, packet: 20_003 });
    expect(recording.transcript()).toEqual(['> syn', '< syn', '> rst']);
    recording.play(still);
    expect(recording.transcript().at(-1)).toBe('end closed');
  });

  it('opens a new connection for a SYN with another sequence number', () => {
    const recording = new Recording().play(
      ...HANDSHAKE,
      RST,
      { port: 1, packet: 30_000 },
      { ...SYN, seq: 5 },
    );
    expect(recording.tracker.connectionCount).toBe(3);
    expect(recording.end().transcript(2)).toEqual(['> syn', 'end capture-ended']);
  });

  it('keeps a connection that goes on after a RST that nobody obeyed', () => {
    const recording = new Recording().play(...HANDSHAKE, RST);
    let sent = 0;
    for (let packet = 5_000; packet <= 100_000; packet += 5_000) {
      recording.play({ port: 1, packet, time: 0 });
      recording.play({ seq: 1000 + sent++, ack: 5000, payload: 'x', time: 0 });
    }
    expect(recording.connection().streams[0].nextOffset).toBe(20);
    recording.play({ port: 1, packet: 130_000, time: 0 });
    expect(recording.transcript().at(-1)).toBe('end closed');
  });

  it('closes out a quarter of the connections at the bound, those idle longest', () => {
    const recording = new Recording(8);
    for (let port = 1; port <= 8; port++) recording.play({ port });
    recording.play({ port: 1, from: 1 });
    expect(recording.tracker.evictedCount).toBe(0);
    recording.play({ port: 9 });
    const ended = recording.consumers.map(({ transcript }) => transcript.at(-1) ?? 'live');
    expect(ended).toEqual([
      'live',
      'end evicted',
      'end evicted',
      'end evicted',
      'live',
      'live',
      'live',
      'live',
      'live',
    ]);
    expect(recording.tracker.evictedCount).toBe(3);
  });

  it('closes out a closed connection as closed', () => {
    const recording = new Recording(4).play({ port: 1, flags: 'R' });
    for (let port = 2; port <= 5; port++) recording.play({ port });
    expect(recording.transcript(0)).toEqual(['> rst', 'end closed']);
    expect(recording.tracker.evictedCount).toBe(1);
  });

  it('never closes out the connection that has just begun', () => {
    const recording = new Recording(1);
    for (let port = 1; port <= 5; port++) recording.play({ port, payload: 'x', seq: 0 });
    expect(recording.consumers.map(({ transcript }) => transcript)).toEqual([
      ['> x #1', 'end evicted'],
      ['> x #2', 'end evicted'],
      ['> x #3', 'end evicted'],
      ['> x #4', 'end evicted'],
      ['> x #5'],
    ]);
  });

  it('gives packets of an evicted connection to nobody', () => {
    const recording = new Recording(1).play({ port: 1 }, { port: 2 });
    expect(ids(recording, { port: 1, seq: 1, payload: 'x' })).toEqual([NONE]);
    expect(recording.tracker.connectionCount).toBe(2);
  });

  it('keeps to the bound while connections come and go over the IP versions', () => {
    const recording = new Recording(16);
    for (let i = 0; i < 2000; i++) recording.play({ port: i + 1, ipVersion: i % 3 === 0 ? 6 : 4 });
    const live = recording.consumers.filter(({ transcript }) => transcript.length === 0).length;
    expect(live).toBeLessThanOrEqual(16);
    expect(live + recording.tracker.evictedCount).toBe(2000);
  });

  it('closes out all at the end of the capture, in the order in which they began', () => {
    const order: number[] = [];
    const recording = new Recording(undefined, ({ connection, transcript }) => {
      if (transcript.at(-1)?.startsWith('end') === true) order.push(connection.id);
    });
    recording.play(
      { port: 3, ipVersion: 6 },
      { port: 2 },
      { port: 1, ipVersion: 6 },
      { port: 9 },
      { port: 2, flags: 'S', seq: 9 },
    );
    recording.end();
    expect(order).toEqual([1, 0, 2, 3, 4]);
  });
});

/** Counts the calls that it gets, and may ignore the connection after some. */
class Account implements StreamConsumer {
  readonly #connection: TcpConnection;
  readonly #ignoredAfter: number;
  #calls = 0;
  readonly totals: [number, number] = [0, 0];
  ends = 0;

  constructor(connection: TcpConnection, ignoredAfter: number) {
    this.#connection = connection;
    this.#ignoredAfter = ignoredAfter;
  }

  data(direction: Direction, bytes: Uint8Array, start: number, end: number, packet: number): void {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(bytes.length);
    this.#advance(direction, end - start, packet);
  }

  gap(direction: Direction, length: number, packet: number): void {
    expect(length).toBeGreaterThan(0);
    this.#advance(direction, length, packet);
  }

  flag(): void {
    this.#call();
  }

  end(): void {
    expect(this.#connection.ignored).toBe(false);
    this.ends++;
    const { streams } = this.#connection;
    expect(streams.map(({ hasWaiting }) => hasWaiting)).toEqual([false, false]);
    expect(streams.map(({ nextOffset }) => nextOffset)).toEqual(this.totals);
  }

  #advance(direction: Direction, length: number, packet: number): void {
    this.totals[direction] += length;
    const { first, lastPacket } = this.#connection;
    expect(packet).toBeGreaterThanOrEqual(first.packet);
    expect(packet).toBeLessThanOrEqual(lastPacket);
    this.#call();
  }

  #call(): void {
    expect(this.ends).toBe(0);
    expect(this.#connection.ignored).toBe(false);
    if (++this.#calls === this.#ignoredAfter) this.#connection.ignore();
  }
}

describe('any segments', () => {
  const nearby = fc.oneof(
    fc.integer({ min: 0, max: 60 }),
    fc.constantFrom(-1, -2, -3000, 2 ** 30, 2 ** 30 + 1, 2 ** 31 - 1, -(2 ** 31)),
  );
  const segments = fc.array(
    fc.record({
      port: fc.integer({ min: 1, max: 4 }),
      from: fc.constantFrom(0 as const, 1 as const),
      flags: fc.constantFrom('A', 'A', 'PA', 'PA', 'PA', 'S', 'SA', 'FA', 'RA', 'R', 'F', 'SF', 'SR', ''),
      seq: nearby,
      ack: nearby,
      length: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
      cut: fc.constantFrom(0, 0, 0, 1, 5, 100),
      packets: fc.constantFrom(1, 1, 1, 1, 1, 1, 30_000),
      identification: fc.constantFrom(1, 2),
    }),
    { maxLength: 200 },
  );

  it('lead to bytes and gaps that add up to the length of the streams, one end for each connection, and no call after it', () => {
    fc.assert(
      fc.property(segments, fc.constantFrom(1, 2, 3, 100), fc.nat(12), (specs, maxLive, ignoredAfter) => {
        const accounts: Account[] = [];
        const connections: TcpConnection[] = [];
        const tracker = new TcpTracker(
          {
            open: (connection) => {
              const account = new Account(connection, connection.id % 3 === 0 ? ignoredAfter : 0);
              accounts.push(account);
              connections.push(connection);
              return account;
            },
          },
          { maxLive },
        );
        let packet = 0;
        for (const { length, cut, packets, ...spec } of specs) {
          packet += packets;
          const captured = Math.max(0, length - cut);
          tracker.segment(segmentOf({ ...spec, payload: new Uint8Array(length), captured }, packet));
        }
        tracker.end();
        accounts.forEach(({ ends }, id) => {
          expect([id, ends]).toEqual([id, connections[id]!.ignored ? 0 : 1]);
        });
        expect(tracker.connectionCount).toBe(accounts.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('connections that never had a byte', () => {
  const SYNS = 60_000;

  it('are closed out where they are many; connections that had a byte and the latest one are not', () => {
    const recording = new Recording();
    const open = (port: number) =>
      [
        { port, flags: 'S', seq: 9 },
        { port, from: 1, flags: 'SA', seq: 9, ack: 10 },
        { port, seq: 10, ack: 10, payload: 'hello' },
      ] as const;
    recording.play(...open(1));
    for (let port = 2; port < SYNS; port++) recording.play({ port, flags: 'S', seq: port });
    recording.play(...open(SYNS));
    recording.play({ port: 1, seq: 15, ack: 10, payload: 'again' });
    recording.play({ port: SYNS - 1, from: 1, flags: 'SA', seq: 9, ack: SYNS });
    expect(recording.tracker.connectionCount).toBe(SYNS);
    expect(recording.tracker.evictedCount).toBeGreaterThan(SYNS / 2);
    expect(recording.tracker.evictedCount).toBeLessThan(SYNS - 16_384);
    expect(recording.connection(0).streams[0]).toMatchObject({ nextOffset: 10, segments: 2 });
    expect(recording.connection(SYNS - 2).streams[1].syn).not.toBeNull();
  });
});
