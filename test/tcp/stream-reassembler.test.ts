import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../src/basics/direction.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import { ReassemblyBudget } from '../../src/tcp/reassembly-budget.ts';
import { StreamReassembler } from '../../src/tcp/stream-reassembler.ts';
import { Recording, segmentOf, type SegmentSpec } from '../helpers/segment-builder.ts';

const SYN: SegmentSpec = { flags: 'S', seq: 999 };
const SYN_ACK: SegmentSpec = { from: 1, flags: 'SA', seq: 4999, ack: 1000 };

/** Data of the client, whose first byte has sequence number 1000. */
function data(offset: number, payload: string | Uint8Array, more: SegmentSpec = {}): SegmentSpec {
  return { seq: 1000 + offset, ack: 5000, payload, ...more };
}

/** The server acknowledges all before this offset of the client's stream. */
function ack(offset: number): SegmentSpec {
  return { from: 1, seq: 5000, ack: 1000 + offset };
}

/** What came of the client's segments (packets 3 and on) after a handshake, without end(). */
function transcriptOf(...segments: readonly SegmentSpec[]): readonly string[] {
  return new Recording()
    .play(SYN, SYN_ACK, ...segments)
    .transcript()
    .slice(2);
}

describe('segments in order', () => {
  it('pass through in the buffer in which they came', () => {
    const stream = new StreamReassembler(0, new ReassemblyBudget());
    const seen: unknown[][] = [];
    const consumer = { data: (...call: unknown[]) => seen.push(call) } as unknown as StreamConsumer;
    const segment = segmentOf({ seq: 1000, payload: '....hello', time: 12.25 }, 7);
    segment.payloadStart = 4;
    segment.payloadLength = 5;
    stream.start(1000, true);
    stream.receive(segment, 1000, consumer);
    expect(seen).toEqual([[0, segment.data, 4, 9, 7, 12, 250_000_000]]);
    expect(seen[0]![1]).toBe(segment.data);
  });

  it('go straight to a sink that the consumer names, from the next segment on; gaps do not', () => {
    const stream = new StreamReassembler(1, new ReassemblyBudget());
    const seen: unknown[] = [];
    const consumer = {
      data: (_direction: Direction, _bytes: Uint8Array, start: number, end: number, packet: number) => {
        seen.push(['consumer', end - start, packet]);
        stream.sendTo({
          push: (_piece, from, to, at, seconds, nanoseconds) =>
            seen.push(['sink', to - from, at, seconds, nanoseconds]),
        });
      },
      gap: (direction: Direction, length: number) => seen.push(['gap', direction, length]),
    } as unknown as StreamConsumer;
    const play = (seq: number, payload: string, packet: number) => {
      stream.receive(segmentOf({ seq, payload, time: 3.5 }, packet), seq, consumer);
    };
    stream.start(1000, true);
    play(1000, 'ab', 1);
    play(1002, 'c', 2);
    play(1005, 'f', 3);
    stream.declareGap(consumer);
    expect(seen).toEqual([
      ['consumer', 2, 1],
      ['sink', 1, 2, 3, 500_000_000],
      ['gap', 1, 2],
      ['sink', 1, 3, 3, 500_000_000],
    ]);
  });

  it('are delivered across the wrap of sequence numbers at 2^32', () => {
    const played = new Recording().play(
      { flags: 'S', seq: 0xfffffffd },
      { seq: 0xfffffffe, payload: 'ab' },
      { seq: 0, payload: 'cd' },
      { seq: 0xfffffffe, payload: 'abcdef' },
      { seq: 5, payload: 'h' },
      { seq: 4, payload: 'g' },
    );
    expect(played.transcript()).toEqual(['> syn', '> ab #2', '> cd #3', '> ef #4', '> g #6', '> h #5']);
  });

  it('are delivered across the change of sign at 2^31', () => {
    const played = new Recording().play(
      { flags: 'S', seq: 0x7ffffffd },
      { seq: 0x80000000, payload: 'cd' },
      { seq: 0x7ffffffe, payload: 'ab' },
    );
    expect(played.transcript()).toEqual(['> syn', '> ab #3', '> cd #2']);
  });
});

describe('segments out of order', () => {
  it('delivers a segment that fills a hole before the bytes that waited for it', () => {
    expect(transcriptOf(data(3, 'def'), data(6, 'ghi'), data(0, 'abc'))).toEqual([
      '> abc #5',
      '> def #3',
      '> ghi #4',
    ]);
  });

  it('keeps the bytes that wait although their buffer is used again', () => {
    const recording = new Recording().play(SYN, SYN_ACK);
    const segment = segmentOf(data(3, 'def'), 3);
    recording.tracker.segment(segment);
    segment.data.fill(0);
    recording.play(data(0, 'abc', { packet: 4 }));
    expect(recording.transcript().slice(2)).toEqual(['> abc #4', '> def #3']);
  });

  it('counts segments that come after later bytes, but not the first one ahead, nor those in order', () => {
    const { outOfOrder, retransmissions, segments } = new Recording()
      .play(SYN, SYN_ACK, data(9, 'jkl'), data(6, 'ghi'), data(3, 'def'), data(0, 'abc'), data(12, 'm'))
      .connection().streams[0];
    expect({ outOfOrder, retransmissions, segments }).toEqual({
      outOfOrder: 3,
      retransmissions: 0,
      segments: 5,
    });
  });

  it('keeps the two directions apart', () => {
    expect(
      transcriptOf(
        data(3, 'def'),
        { from: 1, seq: 5003, ack: 1000, payload: 'DEF' },
        { from: 1, seq: 5000, ack: 1000, payload: 'ABC' },
        data(0, 'abc'),
      ),
    ).toEqual(['< ABC #5', '< DEF #4', '> abc #6', '> def #3']);
  });

  it('takes no segment that claims to be more than 2^30 bytes ahead', () => {
    const recording = new Recording().play(
      SYN,
      SYN_ACK,
      data(2 ** 30 + 1, 'x'),
      data(2 ** 31, 'y'),
      data(0, 'a'),
    );
    expect(recording.end().transcript().slice(2)).toEqual(['> a #5', 'end capture-ended']);
  });
});

describe('bytes seen before', () => {
  // Each line: what is there first (offset:bytes), what arrives, what the consumer gets.
  it.each<[string, [number, string][], string[]]>([
    // [====]
    // [====]
    [
      'delivers a retransmission only once',
      [
        [0, 'abcd'],
        [0, 'ABCD'],
      ],
      ['> abcd #3'],
    ],
    // [======]
    //   [==]
    [
      'ignores a piece of what was delivered',
      [
        [0, 'abcdef'],
        [2, 'CD'],
      ],
      ['> abcdef #3'],
    ],
    // [====]
    //   [====]
    [
      'delivers the new end of a segment',
      [
        [0, 'abcd'],
        [2, 'CDEF'],
      ],
      ['> abcd #3', '> EF #4'],
    ],
    // [==]
    // [======]
    [
      'delivers the new end of a longer retransmission',
      [
        [0, 'ab'],
        [0, 'ABCDEF'],
      ],
      ['> ab #3', '> CDEF #4'],
    ],
    //    waiting [====]
    // arrives  [====]
    [
      'keeps waiting bytes over those of a filler that reaches into them',
      [
        [2, 'cdef'],
        [0, 'ABCD'],
      ],
      ['> AB #4', '> cdef #3'],
    ],
    //    waiting   [==]
    // arrives    [======]
    [
      'keeps waiting bytes in the middle of a filler',
      [
        [2, 'cd'],
        [0, 'ABCDEF'],
      ],
      ['> AB #4', '> cd #3', '> EF #4'],
    ],
    //    waiting   [==]  [==]
    // arrives    [============]
    [
      'fills around several waiting segments',
      [
        [2, 'cd'],
        [6, 'gh'],
        [0, 'ABCDEFGHIJ'],
      ],
      ['> AB #5', '> cd #3', '> EF #5', '> gh #4', '> IJ #5'],
    ],
    //    waiting      [==]
    // arrives     [==]
    [
      'joins a filler that only touches',
      [
        [2, 'cd'],
        [0, 'AB'],
      ],
      ['> AB #4', '> cd #3'],
    ],
    // both wait:  [==]
    //           [======]  then the hole
    [
      'keeps waiting bytes in a longer segment that waits too',
      [
        [4, 'ef'],
        [2, 'CDEFGH'],
        [0, '12'],
      ],
      ['> 12 #5', '> CD #4', '> ef #3', '> GH #4'],
    ],
    [
      'keeps waiting bytes before an overlapping segment that waits too',
      [
        [2, 'cdef'],
        [4, 'EFGH'],
        [0, '12'],
      ],
      ['> 12 #5', '> cdef #3', '> GH #4'],
    ],
    [
      'keeps waiting bytes behind an overlapping segment that waits too',
      [
        [4, 'efgh'],
        [2, 'CDEF'],
        [0, '12'],
      ],
      ['> 12 #5', '> CD #4', '> efgh #3'],
    ],
    [
      'ignores a retransmission of waiting bytes',
      [
        [2, 'cd'],
        [2, 'CD'],
        [0, '12'],
      ],
      ['> 12 #5', '> cd #3'],
    ],
    [
      'ignores a piece of waiting bytes',
      [
        [2, 'cdef'],
        [3, 'DE'],
        [0, '12'],
      ],
      ['> 12 #5', '> cdef #3'],
    ],
    // delivered [==]    waiting [==]
    // arrives    [==============]
    [
      'delivers from the middle of old bytes, around waiting ones',
      [
        [0, 'ab'],
        [4, 'ef'],
        [1, 'BCDEFG'],
      ],
      ['> ab #3', '> CD #5', '> ef #4', '> G #5'],
    ],
  ])('%s', (_, segments, expected) => {
    expect(transcriptOf(...segments.map(([offset, payload]) => data(offset, payload)))).toEqual(expected);
  });

  it('counts what brings nothing new, and what begins in old bytes, as retransmissions', () => {
    const { retransmissions, outOfOrder } = new Recording()
      .play(
        SYN,
        SYN_ACK,
        data(0, 'ab'),
        data(0, 'ab'),
        data(1, 'bc'),
        data(6, 'gh'),
        data(6, 'gh'),
        data(3, 'def'),
      )
      .connection().streams[0];
    expect({ retransmissions, outOfOrder }).toEqual({ retransmissions: 3, outOfOrder: 1 });
  });

  it.each([
    ['without data', ''],
    ['with a byte of garbage', 'Z'],
  ])('delivers nothing of a keep-alive probe %s, and counts no retransmission', (_, payload) => {
    const recording = new Recording().play(
      SYN,
      SYN_ACK,
      data(0, 'abc'),
      ack(3),
      data(2, payload),
      ack(3),
      data(3, 'd'),
    );
    expect(recording.transcript().slice(2)).toEqual(['> abc #3', '> d #7']);
    expect(recording.connection().streams[0].retransmissions).toBe(0);
  });

  it('delivers nothing of a keep-alive probe before the first byte', () => {
    expect(transcriptOf(data(-1, 'Z'), data(0, 'a'))).toEqual(['> a #4']);
  });
});

describe('bytes that come again with another content', () => {
  const conflictOf = (...segments: readonly SegmentSpec[]) =>
    new Recording().play(SYN, SYN_ACK, ...segments).connection().streams[0].overlapConflict;

  it('are noted where the bytes seen first, which count, are still waiting', () => {
    const segments = [data(3, 'def'), data(1, 'bcdXYg'), data(0, 'a')];
    expect(conflictOf(...segments)).toEqual({
      segments: 1,
      bytes: 2,
      first: { packet: 4, bytes: 2, countedPacket: 3 },
    });
    expect(transcriptOf(...segments)).toEqual(['> a #5', '> bc #4', '> def #3', '> g #4']);
  });

  it('are noted also where the segment fills the hole in front of them', () => {
    expect(conflictOf(data(3, 'def'), data(0, 'abcdXf'))).toMatchObject({ segments: 1, bytes: 1 });
    expect(conflictOf(data(0, 'abc'), data(6, 'g'), data(5, 'fg'), data(1, 'bcdeFg'))).toMatchObject({
      first: { packet: 6, bytes: 1, countedPacket: 5 },
    });
  });

  it('are added up, and the first of them is named', () => {
    expect(conflictOf(data(3, 'def'), data(3, 'dEf'), data(8, 'ij'), data(2, 'cdefghI'))).toEqual({
      segments: 2,
      bytes: 2,
      first: { packet: 4, bytes: 1, countedPacket: 3 },
    });
  });

  it('are not looked for in bytes that the snapshot length cut', () => {
    expect(conflictOf(data(3, 'def', { captured: 1 }), data(3, 'dXY'))).toBeNull();
    expect(conflictOf(data(3, 'def'), data(3, 'dXY', { captured: 1 }))).toBeNull();
  });

  it('are not noted where a single byte may be that of a keep-alive probe, whichever came first', () => {
    expect(conflictOf(data(3, 'def'), data(5, '\0'))).toBeNull();
    expect(conflictOf(data(5, '\0'), data(3, 'def'))).toBeNull();
  });

  it('are not noted where they are the same, nor where no byte overlaps', () => {
    expect(conflictOf(data(3, 'def'), data(3, 'def'), data(1, 'bcdefg'), data(9, 'jk'))).toBeNull();
  });

  it('are not seen once the bytes were handed on', () => {
    expect(conflictOf(data(0, 'abc'), data(0, 'aXc'))).toBeNull();
  });
});

describe('segments cut by the snapshot length', () => {
  it('deliver what was captured, then a gap', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(0, 'abcdef', { captured: 2 }), data(6, 'gh'));
    expect(recording.transcript().slice(2)).toEqual(['> ab #3', '> gap 4 #3', '> gh #4']);
    expect(recording.connection().streams[0]).toMatchObject({ gapBytes: 4, cutBytes: 4, nextOffset: 8 });
  });

  it('deliver a gap alone where all of the payload is cut off', () => {
    expect(transcriptOf(data(0, 'abc', { captured: 0 }), data(3, 'd'))).toEqual(['> gap 3 #3', '> d #4']);
  });

  it('wait for their turn', () => {
    expect(transcriptOf(data(2, 'cdefgh', { captured: 3 }), data(8, 'ij'), data(0, 'ab'))).toEqual([
      '> ab #5',
      '> cde #3',
      '> gap 3 #3',
      '> ij #4',
    ]);
  });

  it('fill a hole around waiting bytes as far as they were captured', () => {
    expect(transcriptOf(data(4, 'ef'), data(0, 'ABCDEFGH', { captured: 3 }))).toEqual([
      '> ABC #4',
      '> gap 1 #4',
      '> ef #3',
      '> gap 2 #4',
    ]);
  });

  it('deliver the captured part of what is new behind old bytes', () => {
    expect(
      transcriptOf(data(0, 'ab'), data(1, 'BCDEF', { captured: 3 }), data(1, 'BCDEFGH', { captured: 2 })),
    ).toEqual(['> ab #3', '> CD #4', '> gap 2 #4', '> gap 2 #5']);
  });
});

describe('holes', () => {
  it('wait for ever while no ACK covers them, and become a gap at the end', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(3, 'def'));
    for (let i = 0; i < 50; i++) recording.play(ack(0), data(6 + i, 'x'));
    expect(recording.transcript().slice(2)).toEqual([]);
    recording.end();
    expect(recording.transcript().slice(2, 4)).toEqual(['> gap 3 #3', '> def #3']);
    expect(recording.transcript().at(-1)).toBe('end capture-ended');
    expect(recording.connection().streams[0]).toMatchObject({ gapBytes: 3, cutBytes: 0 });
  });

  it('become gaps eight packets after the ACK that covers them', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(3, 'def'), ack(6));
    for (let i = 0; i < 7; i++) recording.play(ack(6));
    expect(recording.transcript().slice(2)).toEqual([]);
    recording.play(ack(6));
    expect(recording.transcript().slice(2)).toEqual(['> gap 3 #3', '> def #3']);
  });

  it('are filled while patience lasts', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(3, 'def'), ack(6));
    for (let i = 0; i < 7; i++) recording.play(ack(6));
    recording.play(data(0, 'abc'));
    expect(recording.transcript().slice(2)).toEqual(['> abc #12', '> def #3']);
  });

  it('take the bytes that come too late for retransmissions', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(3, 'def'));
    for (let i = 0; i < 9; i++) recording.play(ack(6));
    recording.play(data(0, 'abc'), data(6, 'g'));
    expect(recording.transcript().slice(2)).toEqual(['> gap 3 #3', '> def #3', '> g #14']);
    expect(recording.connection().streams[0].retransmissions).toBe(1);
  });

  it('each have patience of their own: those before it do not use it up', () => {
    const recording = new Recording().play(SYN, SYN_ACK);
    // ACK, second and first half in the wrong order, again and again: no byte is lost.
    for (let i = 0; i < 40; i++) {
      recording.play(ack(4 * i + 4), data(4 * i + 2, 'cd'), data(4 * i, 'ab'));
    }
    expect(recording.connection().streams[0]).toMatchObject({ gapBytes: 0, nextOffset: 160 });
  });

  it('each have patience of their own where another hole is open all the time', () => {
    const recording = new Recording().play(SYN, SYN_ACK, ack(400));
    // The segment after the next one always comes first, so when one hole is filled, another is open already.
    for (let i = 0; i < 40; i += 2) {
      recording.play(data(i + 1, 'b'), data(i + 3, 'd'), data(i, 'a'));
      recording.play(data(i + 5, 'f'), data(i + 2, 'c'));
    }
    expect(recording.connection().streams[0].gapBytes).toBe(0);
  });

  it('have patience of their own in each direction', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(3, 'def'), ack(6));
    recording.play({ from: 1, seq: 5003, ack: 1006, payload: 'DEF' });
    for (let i = 0; i < 20; i++) recording.play({ seq: 1006, ack: 5006 });
    expect(recording.transcript().slice(2)).toEqual(['> gap 3 #3', '> def #3', '< gap 3 #5', '< DEF #5']);
  });

  it('at the end of a stream are a gap where an ACK proves that there was more', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(0, 'abc'), ack(10)).end();
    expect(recording.transcript().slice(2)).toEqual(['> abc #3', '> gap 7 #4', 'end capture-ended']);
  });

  it('of one acknowledged byte at the end may be a FIN that was not captured', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(0, 'abc'), ack(4)).end();
    expect(recording.transcript().slice(2)).toEqual(['> abc #3', 'end capture-ended']);
  });

  it('before a FIN are a gap, acknowledged or not', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(0, 'abc'), data(5, '', { flags: 'FA' })).end();
    expect(recording.transcript().slice(2)).toEqual(['> abc #3', '> fin', '> gap 2 #4', 'end capture-ended']);
  });

  it('believe no ACK from more than 2^30 bytes ahead', () => {
    const recording = new Recording().play(SYN, SYN_ACK, data(0, 'abc'), ack(2 ** 30 + 4)).end();
    expect(recording.transcript().slice(2)).toEqual(['> abc #3', 'end capture-ended']);
  });
});

/** What a consumer got of each direction: bytes as numbers, gaps as -1; and the packet in which each was seen. */
class Ledger implements StreamConsumer {
  readonly bytes: number[] = [];
  readonly packets: number[] = [];
  data(_: Direction, bytes: Uint8Array, start: number, end: number, packet: number): void {
    for (let i = start; i < end; i++) {
      this.bytes.push(bytes[i]!);
      this.packets.push(packet);
    }
  }
  gap(_: Direction, length: number, packet: number): void {
    for (let i = 0; i < length; i++) {
      this.bytes.push(-1);
      this.packets.push(packet);
    }
  }
  flag(): void {
    // Not looked at here.
  }
  end(): void {
    // Not looked at here.
  }
}

const streamArbitrary = fc
  .record({
    length: fc.integer({ min: 1, max: 400 }),
    // Usually near 2^32, so that the sequence numbers wrap.
    isn: fc.oneof(
      fc.integer({ min: -400, max: 0 }),
      fc.integer(),
      fc.integer({ min: 0x7fffff00, max: 0x7fffffff }),
    ),
    cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
    extras: fc.array(
      fc.record({ at: fc.nat(400), length: fc.integer({ min: 1, max: 60 }), place: fc.nat(1000) }),
      { maxLength: 20 },
    ),
    shifts: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 30 }),
    dropped: fc.array(fc.nat(30), { maxLength: 5 }),
  })
  .map(({ length, isn, cuts, extras, shifts, dropped }) => {
    const stream = Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    const pieces: { offset: number; end: number; order: number; isDropped: boolean }[] = [];
    for (let offset = 0, i = 0; offset < length; i++) {
      const end = Math.min(length, offset + cuts[i % cuts.length]!);
      pieces.push({ offset, end, order: i + shifts[i % shifts.length]!, isDropped: dropped.includes(i) });
      offset = end;
    }
    const originals = pieces.length;
    for (const { at, length: extra, place } of extras) {
      const offset = at % length;
      pieces.push({
        offset,
        end: Math.min(length, offset + extra),
        order: place % originals,
        isDropped: false,
      });
    }
    pieces.sort((a, b) => a.order - b.order);
    return { stream, isn, pieces };
  });

describe('any stream', () => {
  it('cut, shuffled, duplicated and overlapped, is delivered once and in order, by the packets first seen', () => {
    fc.assert(
      fc.property(streamArbitrary, ({ stream, isn, pieces }) => {
        const ledger = new Ledger();
        const reassembler = new StreamReassembler(0, new ReassemblyBudget());
        reassembler.start((isn + 1) | 0, true);
        const firstSeen = new Array<number>(stream.length).fill(0);
        for (const [index, { offset, end }] of pieces.entries()) {
          const sequence = (isn + 1 + offset) | 0;
          reassembler.receive(
            segmentOf({ seq: sequence, payload: stream.subarray(offset, end) }, index + 1),
            sequence,
            ledger,
          );
          for (let i = offset; i < end; i++) firstSeen[i] ||= index + 1;
        }
        expect(Uint8Array.from(ledger.bytes)).toEqual(stream);
        expect(ledger.packets).toEqual(firstSeen);
        expect(reassembler).toMatchObject({ gapBytes: 0, nextOffset: stream.length, hasWaiting: false });
        expect(reassembler.segments).toBe(pieces.length);
      }),
      { numRuns: 400 },
    );
  });

  it('is noted for exactly the bytes in which overlapping segments differ, and delivers what came first', () => {
    const changes = fc.array(fc.record({ piece: fc.nat(40), at: fc.nat(60) }), { maxLength: 6 });
    fc.assert(
      fc.property(streamArbitrary, changes, ({ stream, isn, pieces }, changed) => {
        const ledger = new Ledger();
        const reassembler = new StreamReassembler(0, new ReassemblyBudget());
        reassembler.start((isn + 1) | 0, true);
        // What waits at each offset, and in a segment of how many bytes it came.
        const waiting = new Map<number, { byte: number; length: number }>();
        const seen: number[] = [];
        let bytes = 0;
        let segments = 0;
        for (const [index, { offset, end }] of pieces.entries()) {
          const payload = stream.slice(offset, end);
          for (const { piece, at } of changed) if (piece === index) payload[at % payload.length]! ^= 0x55;
          const sequence = (isn + 1 + offset) | 0;
          const before = reassembler.nextOffset;
          let differing = 0;
          for (const [i, byte] of payload.entries()) {
            const there = waiting.get(offset + i);
            if (there !== undefined && payload.length > 1 && there.length > 1 && there.byte !== byte)
              differing++;
            if (offset + i >= before) seen[offset + i] ??= byte;
            if (there === undefined && offset + i >= before)
              waiting.set(offset + i, { byte, length: payload.length });
          }
          reassembler.receive(segmentOf({ seq: sequence, payload }, index + 1), sequence, ledger);
          for (const at of waiting.keys()) if (at < reassembler.nextOffset) waiting.delete(at);
          bytes += differing;
          if (differing > 0) segments++;
        }
        expect(ledger.bytes).toEqual(seen);
        const { overlapConflict } = reassembler;
        expect([overlapConflict?.segments ?? 0, overlapConflict?.bytes ?? 0]).toEqual([segments, bytes]);
      }),
      { numRuns: 600 },
    );
  });

  it('has gaps for exactly the bytes of the segments that were not captured', () => {
    fc.assert(
      fc.property(streamArbitrary, ({ stream, isn, pieces }) => {
        const ledger = new Ledger();
        const reassembler = new StreamReassembler(0, new ReassemblyBudget());
        reassembler.start((isn + 1) | 0, true);
        const expected = new Array<number>(stream.length).fill(-1);
        for (const [index, { offset, end, isDropped }] of pieces.entries()) {
          if (isDropped) continue;
          const sequence = (isn + 1 + offset) | 0;
          reassembler.receive(
            segmentOf({ seq: sequence, payload: stream.subarray(offset, end) }, index + 1),
            sequence,
            ledger,
          );
          expected.splice(offset, end - offset, ...stream.subarray(offset, end));
        }
        reassembler.acknowledge((isn + 1 + stream.length) | 0);
        reassembler.fin = { packet: 1, seconds: 0, nanoseconds: 0 };
        reassembler.finOffset = stream.length;
        reassembler.finish(ledger, { packet: 9999, seconds: 0, nanoseconds: 0 });
        expect(ledger.bytes).toEqual(expected);
        expect(reassembler.gapBytes).toBe(expected.filter((byte) => byte < 0).length);
        expect(reassembler.nextOffset).toBe(stream.length);
      }),
      { numRuns: 400 },
    );
  });
});
