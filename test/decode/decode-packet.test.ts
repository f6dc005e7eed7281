import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACK, SYN } from '../../src/decode/segment.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { ethernet, ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { decode } from './collect.ts';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const RAW = 101;
const HELLO = tcp({ payload: text('hello') });

describe('TCP header', () => {
  it('reads every field', () => {
    const { result, segment, payload } = decode(
      ethernet(
        ipv4(hex('c350 0050 fffffffe 80000001 60 12 01f6 abcd 0000 01010101 6869'), {
          source: '10.0.0.1',
          destination: '255.255.255.254',
          identification: 0xbeef,
        }),
        IPV4,
      ),
    );
    expect(result).toBe('decoded');
    expect(segment).toMatchObject({
      isIPv6: false,
      sourcePort: 50_000,
      destinationPort: 80,
      sequence: -2,
      acknowledgement: -2_147_483_647,
      flags: SYN | ACK,
      window: 502,
      checksum: 0xabcd,
      identification: 0xbeef,
      payloadLength: 2,
    });
    expect([segment.addresses[0], segment.addresses[4]]).toEqual([0x0a000001, -2]);
    expect(payload).toBe('hi');
  });

  it('reads the eight flags and no reserved bits', () => {
    const header = tcp();
    header[12] = 0x5f;
    header[13] = 0xff;
    expect(decode(ipv4(header), RAW)).toMatchObject({ result: 'decoded', segment: { flags: 0xff } });
  });

  it('leaves out options up to the longest header', () => {
    const { result, payload } = decode(ipv4(tcp({ options: new Uint8Array(40), payload: text('hi') })), RAW);
    expect([result, payload]).toEqual(['decoded', 'hi']);
  });

  it.each([0, 1, 4])('calls a data offset of %d words malformed', (dataOffset) => {
    expect(decode(ipv4(tcp({ dataOffset })), RAW).result).toBe('malformed');
  });

  it('calls a data offset past the end of the IP packet malformed', () => {
    expect(decode(ipv4(tcp({ dataOffset: 6 })), RAW).result).toBe('malformed');
    expect(decode(ipv4(tcp({ dataOffset: 15, payload: new Uint8Array(39) })), RAW).result).toBe('malformed');
  });
});

describe('IPv4', () => {
  it.each([4, 20, 40])('steps over %d bytes of options', (length) => {
    const { result, payload } = decode(ipv4(HELLO, { options: new Uint8Array(length).fill(1) }), RAW);
    expect([result, payload]).toEqual(['decoded', 'hello']);
  });

  it('leaves out the padding of a short Ethernet frame', () => {
    const { result, segment } = decode(concat([ethernet(ipv4(tcp()), IPV4), new Uint8Array(6)]));
    expect(result).toBe('decoded');
    expect([segment.payloadLength, segment.payloadEnd - segment.payloadStart]).toEqual([0, 0]);
  });

  it('leaves out padding that was not captured', () => {
    const frame = ethernet(ipv4(tcp({ payload: text('hi') })), IPV4);
    expect(decode(frame, 1, 60)).toMatchObject({
      result: 'decoded',
      payload: 'hi',
      segment: { payloadLength: 2 },
    });
  });

  it('takes the length of the packet where the total length is 0 (segmentation offload)', () => {
    const frame = ethernet(ipv4(HELLO, { totalLength: 0 }), IPV4);
    expect(decode(frame)).toMatchObject({
      result: 'decoded',
      payload: 'hello',
      segment: { payloadLength: 5 },
    });
    expect(decode(frame, 1, frame.length + 70_000)).toMatchObject({
      result: 'decoded',
      payload: 'hello',
      segment: { payloadLength: 70_005 },
    });
  });

  it('believes the length on the wire where the total length claims more', () => {
    expect(decode(ipv4(HELLO, { totalLength: 1500 }), RAW)).toMatchObject({
      result: 'decoded',
      payload: 'hello',
      segment: { payloadLength: 5 },
    });
  });

  it.each([
    ['a header of 4 words', { headerWords: 4 }],
    ['a header longer than the packet', { headerWords: 7, totalLength: 24 }],
    ['a total length inside the IP header', { totalLength: 19 }],
    ['a total length inside the TCP header', { totalLength: 39 }],
    ['version 5', { version: 5 }],
    ['version 6', { version: 6 }],
  ])('calls %s malformed', (_, spec) => {
    expect(decode(ethernet(ipv4(HELLO, spec), IPV4)).result).toBe('malformed');
  });

  it.each([
    ['the first piece', 0x2000],
    ['a middle piece', 0x2003],
    ['the last piece', 0x0003],
    ['the last piece at the highest offset', 0x1fff],
  ])('names %s of a fragmented packet', (_, fragment) => {
    expect(decode(ipv4(HELLO, { fragment }), RAW).result).toBe('IP fragment');
  });

  it.each([0x0000, 0x4000, 0x8000])('takes flags %i for a whole packet', (fragment) => {
    expect(decode(ipv4(HELLO, { fragment }), RAW).result).toBe('decoded');
  });

  it.each([4, 41, 47])('names protocol %d a tunnel', (protocol) => {
    expect(decode(ipv4(HELLO, { protocol }), RAW).result).toBe('tunneled');
  });

  it.each([4, 17, 41, 47])('names fragments of protocol %d, which may be a tunnel', (protocol) => {
    expect(decode(ipv4(HELLO, { protocol, fragment: 0x2000 }), RAW).result).toBe('IP fragment');
    expect(decode(ipv4(HELLO, { protocol, fragment: 0x0003 }), RAW).result).toBe('IP fragment');
  });

  it.each([8, 12, 24])('passes over the authentication header of IPsec, here of %d bytes', (length) => {
    const header = concat([Uint8Array.of(6, length / 4 - 2), new Uint8Array(length - 2)]);
    for (const options of [new Uint8Array(0), new Uint8Array(40).fill(1)]) {
      const { result, payload, segment } = decode(
        ipv4(concat([header, HELLO]), { protocol: 51, options }),
        RAW,
      );
      expect([result, payload, segment.payloadLength]).toEqual(['decoded', 'hello', 5]);
    }
    const packet = ipv4(concat([header, HELLO]), { protocol: 51 });
    const results = Array.from(packet, (_, at) => decode(packet.subarray(0, at), RAW, packet.length).result);
    expect(new Set(results.slice(1, 20 + length + 20))).toEqual(new Set(['headers cut']));
    expect(new Set(results.slice(20 + length + 20))).toEqual(new Set(['decoded']));
  });

  it.each([
    ['ESP', 50, 'not TCP'],
    ['another authentication header', 51, 'not TCP'],
    ['IPv4', 4, 'tunneled'],
  ])('leaves %s behind an authentication header to others', (_, next, result) => {
    const packet = concat([Uint8Array.of(next, 1), new Uint8Array(10), HELLO]);
    expect(decode(ipv4(packet, { protocol: 51 }), RAW).result).toBe(result);
  });

  it('leaves UDP alone', () => {
    expect(decode(ipv4(HELLO, { protocol: 17 }), RAW).result).toBe('not TCP');
  });

  it('names ICMP, which may quote a segment; not pieces of it', () => {
    expect(decode(ipv4(HELLO, { protocol: 1 }), RAW).result).toBe('ICMP');
    expect(decode(ipv4(HELLO, { protocol: 1, fragment: 0x2000 }), RAW).result).toBe('not TCP');
    expect(decode(ipv6(HELLO, { nextHeader: 58 }), RAW).result).toBe('ICMP');
  });

  it.each([50, 132])('leaves protocol %d alone, fragmented or not', (protocol) => {
    expect(decode(ipv4(HELLO, { protocol }), RAW).result).toBe('not TCP');
    expect(decode(ipv4(HELLO, { protocol, fragment: 0x2000 }), RAW).result).toBe('not TCP');
  });
});

describe('IPv6', () => {
  it('reads both addresses', () => {
    const { result, segment, payload } = decode(
      ipv6(HELLO, { source: '2001:db8:0:0:8000:0:0:1', destination: 'ff:0:0:0:0:0:0:fffe' }),
      RAW,
    );
    expect([result, payload]).toEqual(['decoded', 'hello']);
    expect(segment).toMatchObject({ isIPv6: true, identification: 0, payloadLength: 5 });
    expect([...segment.addresses].map((word) => (word >>> 0).toString(16))).toEqual([
      '20010db8',
      '0',
      '80000000',
      '1',
      'ff0000',
      '0',
      '0',
      'fffe',
    ]);
  });

  it.each([
    ['hop-by-hop options', 0, '06 00 0104 00000000'],
    ['a routing header of 24 bytes', 43, `06 02 ${'00'.repeat(22)}`],
    ['an authentication header of 24 bytes', 51, `06 04 ${'00'.repeat(22)}`],
    ['destination options', 60, '06 00 0104 00000000'],
    ['a mobility header', 135, '06 00 000000000000'],
    ['HIP', 139, '06 00 000000000000'],
    ['SHIM6', 140, '06 00 000000000000'],
    ['an atomic fragment', 44, '06 00 0000 deadbeef'],
    ['an atomic fragment with reserved bits set', 44, '06 ff 0006 deadbeef'],
    [
      'hop-by-hop, routing, atomic fragment, authentication, destination',
      0,
      '2b00000000000000 2c00000000000000 3300000000000000 3c01000000000000 00000000 0600000000000000',
    ],
  ])('steps over %s', (_, nextHeader, extensions) => {
    const { result, payload } = decode(ipv6(concat([hex(extensions), HELLO]), { nextHeader }), RAW);
    expect([result, payload]).toEqual(['decoded', 'hello']);
  });

  it.each([
    ['the first piece', '06 00 0001 deadbeef', 'IP fragment'],
    ['a middle piece', '06 00 0009 deadbeef', 'IP fragment'],
    ['the last piece', '06 00 fff8 deadbeef', 'IP fragment'],
    ['a piece of UDP', '11 00 0001 deadbeef', 'IP fragment'],
    ['a piece of ICMPv6', '3a 00 0001 deadbeef', 'not TCP'],
  ])('names %s of a fragmented packet', (_, extension, result) => {
    expect(decode(ipv6(concat([hex(extension), HELLO]), { nextHeader: 44 }), RAW).result).toBe(result);
  });

  it('follows sixteen extension headers, and calls a longer chain malformed', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, i) => hex(`${i === length - 1 ? '06' : '3c'} 00 000000000000`));
    expect(decode(ipv6(concat([...chain(16), HELLO]), { nextHeader: 60 }), RAW).result).toBe('decoded');
    expect(decode(ipv6(concat([...chain(17), HELLO]), { nextHeader: 60 }), RAW).result).toBe('malformed');
  });

  it.each([
    ['UDP', 17],
    ['ESP', 50],
    ['no next header', 59],
  ])('leaves %s alone', (_, nextHeader) => {
    expect(decode(ipv6(HELLO, { nextHeader }), RAW).result).toBe('not TCP');
  });

  it('takes the length of the packet where the payload length is 0 (jumbogram, segmentation offload)', () => {
    const packet = ipv6(HELLO, { payloadLength: 0 });
    expect(decode(packet, RAW)).toMatchObject({ result: 'decoded', payload: 'hello' });
    expect(decode(packet, RAW, packet.length + 100_000).segment.payloadLength).toBe(100_005);
  });

  it.each([
    ['a payload length inside the TCP header', { payloadLength: 19 }],
    ['version 4', { version: 4 }],
  ])('calls %s malformed', (_, spec) => {
    expect(decode(ethernet(ipv6(HELLO, spec), IPV6)).result).toBe('malformed');
  });

  it('calls an extension header that ends past the packet malformed', () => {
    const packet = ipv6(concat([hex('06 ff 000000000000'), HELLO]), { nextHeader: 60 });
    expect(decode(packet, RAW).result).toBe('malformed');
  });
});

describe('a packet cut short', () => {
  const optioned = tcp({ options: new Uint8Array(12), payload: text('hello, world') });
  const extended = ipv6(
    concat([hex('2c00000000000000 3300000000000000 0601000000000000 00000000'), optioned]),
    {
      nextHeader: 60,
    },
  );
  it.each([
    ['IPv4 in Ethernet', 1, ethernet(ipv4(optioned), IPV4)],
    ['IPv4 in two VLANs', 1, ethernet(ipv4(optioned), 0x88a8, 0x8100, IPV4)],
    [
      'IPv4 with an authentication header',
      RAW,
      ipv4(concat([hex('06010000 00000001 00000002'), optioned]), { protocol: 51 }),
    ],
    ['IPv4 with options', RAW, ipv4(optioned, { options: new Uint8Array(8) })],
    ['IPv6 with extension headers in Ethernet', 1, ethernet(extended, IPV6)],
    ['IPv6 in SLL', 113, concat([hex('0000 0001 0006 020000000001 0000 86dd'), ipv6(optioned)])],
    ['IPv6 in SLL2', 276, concat([hex('86dd 0000 00000002 0001 00 06 0200000000010000'), ipv6(optioned)])],
    ['IPv4 in NULL', 0, concat([hex('02000000'), ipv4(optioned)])],
  ])('%s: is headers-cut before the TCP header ends, then loses payload only', (_, linkType, packet) => {
    const tcpAt = packet.length - optioned.length;
    for (let length = 0; length <= packet.length; length++) {
      const { result, segment, payload } = decode(packet.subarray(0, length), linkType, packet.length);
      if (length < tcpAt + 20) {
        expect([length, result]).toEqual([length, 'headers cut']);
      } else {
        const captured = 'hello, world'.slice(0, Math.max(0, length - tcpAt - 32));
        expect([length, result, payload, segment.payloadLength]).toEqual([length, 'decoded', captured, 12]);
      }
    }
  });

  it('is headers-cut behind LLC and SNAP, and for the other decoder where that is cut itself', () => {
    const packet = ethernet(concat([hex('aaaa03000000 0800'), ipv4(HELLO)]), 53);
    const results = Array.from(
      { length: packet.length },
      (_, length) => decode(packet.subarray(0, length), 1, packet.length).result,
    );
    expect(new Set(results.slice(0, 14))).toEqual(new Set(['headers cut']));
    expect(new Set(results.slice(14, 22))).toEqual(new Set(['tunneled']));
    expect(new Set(results.slice(22, 62))).toEqual(new Set(['headers cut']));
    expect(new Set(results.slice(62))).toEqual(new Set(['decoded']));
  });

  it('is malformed where nothing was cut off: the wire carried no more', () => {
    const packet = ethernet(ipv4(optioned), IPV4);
    for (let length = 0; length < 14 + 20 + 20; length++) {
      expect([length, decode(packet.subarray(0, length)).result]).toEqual([length, 'malformed']);
    }
  });
});

describe('hostile bytes', () => {
  const linkTypes = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147];
  /** What leads deeper into the decoder than random bytes do. */
  const plausible = fc.constantFrom(
    '0800',
    '86dd',
    '8100',
    '88a8',
    'aaaa030000000800',
    '45',
    '4f',
    '46',
    '60',
    '06',
    '2c',
    '3c',
    '33',
    '00',
    '02000000',
    '0000001e',
  );
  const bytes = fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: plausible },
        fc.uint8Array({ maxLength: 24 }).map((b) => Buffer.from(b).toString('hex')),
      ),
      {
        maxLength: 20,
      },
    )
    .map((parts) => hex(parts.join('')));
  const damaged = fc
    .record({
      whole: fc.constantFrom(
        ethernet(ipv4(HELLO), IPV4),
        ethernet(ipv6(concat([hex('2c00000000000000 0600000000000000'), HELLO]), { nextHeader: 60 }), IPV6),
        ipv4(HELLO),
        ipv6(HELLO),
      ),
      damage: fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
      length: fc.nat(110),
    })
    .map(({ whole, damage, length }) => {
      const copy = whole.slice(0, length);
      for (const [at, value] of damage) copy[at] = value;
      return copy;
    });

  it('never throw, are never read past their end, and never lead to a payload outside them', () => {
    fc.assert(
      fc.property(
        fc.oneof(bytes, damaged),
        fc.constantFrom(...linkTypes),
        fc.constantFrom(0, 1, 6, 1000, 0xffffffff),
        (packet, linkType, cut) => {
          const { result, segment } = decode(packet, linkType, packet.length + cut);
          if (linkType === 147) expect(result).toBe('link type unknown');
          if (cut === 0) expect(result).not.toBe('headers cut');
          if (result !== 'decoded') return;
          const { payloadStart, payloadEnd, payloadLength } = segment;
          expect(payloadStart).toBeGreaterThanOrEqual(7 + 20 + 20);
          expect(payloadEnd).toBeGreaterThanOrEqual(payloadStart);
          expect(payloadEnd).toBeLessThanOrEqual(7 + packet.length);
          expect(payloadLength).toBeGreaterThanOrEqual(payloadEnd - payloadStart);
          expect(payloadLength).toBeLessThanOrEqual(packet.length + cut - 40);
          if (cut === 0) expect(payloadLength).toBe(payloadEnd - payloadStart);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('tunnels', () => {
  it.each([0x8847, 0x8848, 0x8864])('of EtherType %i are named', (etherType) => {
    expect(decode(ethernet(ipv4(HELLO), etherType)).result).toBe('tunneled');
  });

  it.each([
    [4789, 'tunneled'],
    [8472, 'tunneled'],
    [4790, 'tunneled'],
    [6081, 'tunneled'],
    [2152, 'tunneled'],
    [53, 'not TCP'],
  ])('over UDP port %i: %s', (port, result) => {
    const udp = Uint8Array.of(0x80, 0, port >> 8, port & 0xff, 0, 8, 0, 0);
    expect(decode(ipv4(udp, { protocol: 17 }), RAW).result).toBe(result);
    expect(decode(ipv4(udp.subarray(0, 7), { protocol: 17 }), RAW).result).toBe('not TCP');
  });
});
