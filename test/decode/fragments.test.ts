/** Fragmented IP packets: put together whatever the order, bounded, and never by guess. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FragmentReassembler } from '../../src/decode/fragment-reassembler.ts';
import { ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { concat } from '../helpers/pcap-builder.ts';
import { framed, ip4, ip6, u16, u32, udp, vxlan, type Wrapped } from '../helpers/tunnel-bytes.ts';
import { DeepDecoding } from './deep.ts';

const MESSAGE = 'what a long message that does not fit into one packet: '.repeat(4);
const SEGMENT = tcp({ payload: text(MESSAGE), sequence: 5 });

interface PieceSpec {
  readonly identification?: number;
  readonly protocol?: number;
  readonly source?: string;
}

/** The payload from one byte (of 8) up to another, as a piece of an IPv4 packet. */
function piece4(payload: Uint8Array, from: number, to: number, spec: PieceSpec = {}): Wrapped {
  const more = to < payload.length ? 0x2000 : 0;
  return ip4(ipv4(payload.subarray(from, to), { ...spec, fragment: more | (from / 8) }));
}

function piece6(
  payload: Uint8Array,
  from: number,
  to: number,
  { identification = 1, protocol = 6 } = {},
): Wrapped {
  const more = to < payload.length ? 1 : 0;
  const header = concat([Uint8Array.of(protocol, 0), u16(from | more), u32(identification)]);
  return ip6(ipv6(concat([header, payload.subarray(from, to)]), { nextHeader: 44 }));
}

const PIECES = [
  ['IPv4', piece4],
  ['IPv6', piece6],
] as const;

describe.each(PIECES)('a fragmented %s packet', (_, piece) => {
  const pieces = [piece(SEGMENT, 0, 80), piece(SEGMENT, 80, 160), piece(SEGMENT, 160, SEGMENT.length)];

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]], [[0, 2, 1]]])(
    'is whole with its last piece: %j',
    (order) => {
      const decoding = new DeepDecoding();
      const results = order.map((index) => decoding.decode(framed(pieces[index]!)));
      expect(results.map(({ result }) => result)).toEqual(['IP fragment', 'IP fragment', 'decoded']);
      const { segment, payload } = results[2]!;
      expect([payload, segment.packet, segment.sequence, segment.payloadLength]).toEqual([
        MESSAGE,
        3,
        5,
        MESSAGE.length,
      ]);
      expect(segment.isReassembled).toBe(true);
    },
  );

  it('is put together once, where its pieces were captured twice', () => {
    const decoding = new DeepDecoding();
    const results = [0, 0, 1, 1, 2, 2, 0].map((index) => decoding.decode(framed(pieces[index]!)).result);
    expect(results.filter((result) => result === 'decoded')).toHaveLength(1);
    expect(results[4]).toBe('decoded');
    decoding.decoder.fragments.end();
    expect(decoding.decoder.fragments.missing.count).toBe(0);
    expect(decoding.decoder.fragments.contradictory.count).toBe(0);
  });

  it('that lacks a piece is noted at the end, with its first packet', () => {
    const decoding = new DeepDecoding();
    decoding.decode(framed(ip4(ipv4(tcp()))));
    decoding.decode(framed(pieces[0]!));
    decoding.decode(framed(pieces[2]!));
    decoding.decoder.fragments.end();
    expect(decoding.decoder.fragments.missing).toEqual({ count: 2, firstPacket: 2 });
  });

  it.each([
    ['overlap with other bytes', [piece(SEGMENT, 0, 80), piece(new Uint8Array(SEGMENT.length), 72, 160)]],
    ['overlap with the same bytes', [piece(SEGMENT, 0, 80), piece(SEGMENT, 72, 160)]],
    [
      'lie in another, with other bytes',
      [piece(SEGMENT, 0, 80), piece(new Uint8Array(SEGMENT.length), 8, 16)],
    ],
    ['cover another', [piece(SEGMENT, 80, 160), piece(SEGMENT, 0, SEGMENT.length - 1)]],
    ['go on after the last one', [piece(SEGMENT.subarray(0, 120), 80, 120), piece(SEGMENT, 120, 160)]],
    ['end twice', [piece(SEGMENT.subarray(0, 120), 80, 120), piece(SEGMENT.subarray(0, 160), 120, 160)]],
    ['end before others', [piece(SEGMENT, 160, 200), piece(SEGMENT.subarray(0, 160), 80, 160)]],
  ])('whose pieces %s is left out, as receivers drop it', (_case, contradiction) => {
    const decoding = new DeepDecoding();
    const all = [...contradiction, ...pieces].map((each) => decoding.decode(framed(each)).result);
    expect(new Set(all)).toEqual(new Set(['IP fragment']));
    expect(decoding.decoder.fragments.contradictory).toEqual({ count: 5, firstPacket: 1 });
    decoding.decoder.fragments.end();
    expect(decoding.decoder.fragments.missing.count).toBe(0);
  });

  it('is waited for 30 s in the time of the capture', () => {
    for (const [seconds, result] of [
      [30, 'decoded'],
      [31, 'IP fragment'],
    ] as const) {
      const decoding = new DeepDecoding();
      const at = (index: number, time: number) => decoding.decode(framed(pieces[index]!), 1, undefined, time);
      at(0, 1000);
      at(1, 1001);
      expect(at(2, 1000 + seconds).result).toBe(result);
    }
  });

  it('of which the snapshot length cut pieces has what was captured, and its length', () => {
    const frames = pieces.map((each) => framed(each));
    for (let cut = 0; cut <= 80; cut += 8) {
      for (const short of [0, 1]) {
        const decoding = new DeepDecoding();
        const [first, second, third] = frames.map((frame, index) =>
          decoding.decode(index === short ? frame.subarray(0, frame.length - cut) : frame, 1, frame.length),
        );
        expect([first!.result, second!.result]).toEqual(['IP fragment', 'IP fragment']);
        const captured = cut === 0 ? SEGMENT.length : 80 * (short + 1) - cut;
        if (captured < 20) {
          expect(third!.result).toBe('headers cut');
          continue;
        }
        expect([third!.result, third!.segment.payloadLength]).toEqual(['decoded', MESSAGE.length]);
        expect(third!.payload).toBe(MESSAGE.slice(0, captured - 20));
      }
    }
  });

  it('is not mixed up with others: of another number, another protocol, or in another tunnel', () => {
    const decoding = new DeepDecoding();
    const others = [
      piece(SEGMENT, 0, 80, { identification: 0x7777 }),
      piece(SEGMENT, 0, 80, { protocol: 47 }),
      vxlan(pieces[0]!),
    ];
    for (const other of others) decoding.decode(framed(other));
    expect(decoding.decode(framed(pieces[1]!)).result).toBe('IP fragment');
    expect(decoding.decode(framed(pieces[2]!)).result).toBe('IP fragment');
    expect(decoding.decode(framed(pieces[0]!)).payload).toBe(MESSAGE);
  });

  it('cut at any places and shuffled gives the segment, or waits for what is not there', () => {
    const places = fc.uniqueArray(fc.integer({ min: 1, max: Math.floor(SEGMENT.length / 8) - 1 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(places, fc.infiniteStream(fc.nat()), fc.boolean(), (cuts, random, isComplete) => {
        const edges = [0, ...cuts.map((cut) => cut * 8).sort((a, b) => a - b), SEGMENT.length];
        const all = edges.slice(1).map((to, i) => piece(SEGMENT, edges[i]!, to));
        const shuffled = all.map((each) => ({ each, key: random.next().value as number }));
        shuffled.sort((a, b) => a.key - b.key);
        if (!isComplete) shuffled.pop();
        const decoding = new DeepDecoding();
        const results = shuffled.map(({ each }) => decoding.decode(framed(each)));
        const whole = results.filter(({ result }) => result === 'decoded');
        expect(whole.map(({ payload }) => payload)).toEqual(isComplete ? [MESSAGE] : []);
      }),
      { numRuns: 150 },
    );
  });
});

describe('fragments of tunnels', () => {
  const inner = vxlan(ip4(ipv4(SEGMENT)));
  const datagram = udp(4789, concat([u32(0x08000000), u32(42 << 8), framed(ip4(ipv4(SEGMENT)))]));

  it('are put together before the tunnel is entered', () => {
    const decoding = new DeepDecoding();
    decoding.decode(framed(piece4(datagram, 0, 120, { protocol: 17 })));
    const { payload, tunnels } = decoding.decode(
      framed(piece4(datagram, 120, datagram.length, { protocol: 17 })),
    );
    expect(payload).toBe(MESSAGE);
    expect(tunnels).toEqual(['vxlan 42 192.0.2.1 198.51.100.2']);
  });

  it('and of what is inside them: one after the other', () => {
    const decoding = new DeepDecoding();
    const pieces = [piece4(SEGMENT, 0, 80), piece4(SEGMENT, 80, SEGMENT.length)].flatMap((each, index) => {
      const outer = udp(4789, concat([u32(0x08000000), u32(42 << 8), framed(each)]));
      const spec = { protocol: 17, identification: index };
      return [piece4(outer, 0, 64, spec), piece4(outer, 64, outer.length, spec)];
    });
    const results = pieces.map((each) => decoding.decode(framed(each)));
    expect(results.map(({ result }) => result)).toEqual([
      'IP fragment',
      'IP fragment',
      'IP fragment',
      'decoded',
    ]);
    expect(results[3]!.payload).toBe(MESSAGE);
  });

  it('of other UDP are forgotten, and not noted', () => {
    const decoding = new DeepDecoding();
    const query = udp(53, new Uint8Array(200));
    for (const [from, to] of [
      [0, 80],
      [80, 160],
    ] as const) {
      expect(decoding.decode(framed(piece4(query, from, to, { protocol: 17 }))).result).toBe('IP fragment');
    }
    decoding.decode(framed(piece4(query, 80, 160, { protocol: 17, identification: 9 })));
    decoding.decoder.fragments.end();
    expect(decoding.decoder.fragments.missing.count).toBe(0);
    decoding.decode(framed(piece4(inner.bytes.subarray(20), 0, 80, { protocol: 17, identification: 10 })));
    decoding.decoder.fragments.end();
    expect(decoding.decoder.fragments.missing.count).toBe(1);
  });
});

describe('the bounds', () => {
  const header = (identification: number, offset: number, length: number) => ({
    isIPv6: false,
    ip: 0,
    identification,
    protocol: 6,
    offset,
    isLast: false,
    start: 20,
    end: 20 + length,
    wireEnd: 20 + length,
  });
  const data = ipv4(new Uint8Array(65_000));

  it('give up the oldest packet beyond so many at once', () => {
    const reassembler = new FragmentReassembler(10);
    for (let id = 0; id < 25; id++) reassembler.add(data, header(id, 0, 8), 0, id + 1, 0, 0);
    expect(reassembler.missing).toEqual({ count: 15, firstPacket: 1 });
  });

  it('give up the oldest packet beyond so many bytes', () => {
    const reassembler = new FragmentReassembler(1000, 10_000);
    for (let id = 0; id < 20; id++) reassembler.add(data, header(id, 0, 1000), 0, id + 1, 0, 0);
    expect(reassembler.missing.count).toBeGreaterThanOrEqual(11);
    expect(reassembler.missing.count).toBeLessThan(14);
  });

  it('refuse a packet of more than 256 pieces, or one that is longer than a packet can be', () => {
    const reassembler = new FragmentReassembler();
    for (let i = 0; i < 256; i++) reassembler.add(data, header(1, i * 8, 8), 0, i + 1, 0, 0);
    expect(reassembler.contradictory.count).toBe(0);
    reassembler.add(data, header(1, 256 * 8, 8), 0, 257, 0, 0);
    expect(reassembler.contradictory.count).toBe(257);
    reassembler.add(data, header(2, 65_512, 8), 0, 258, 0, 0);
    expect(reassembler.contradictory.count).toBe(258);
  });

  it('keep it quick, whatever leads to nothing', () => {
    const reassembler = new FragmentReassembler();
    const start = process.cpuUsage().user;
    for (let i = 0; i < 200_000; i++)
      reassembler.add(data, header(i & 0xffff, (i % 7) * 64, 64), 0, i + 1, 0, 0);
    expect((process.cpuUsage().user - start) / 1000).toBeLessThan(2500);
  });
});
