/** Tunnels of every kind, alone and in each other: the segment is that of the innermost packet. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import {
  arubaGre,
  ayiya,
  carried,
  erspan,
  eTag,
  framed,
  gre,
  greHeader,
  gtpU,
  ip4,
  ip6,
  ipInIp,
  IPV4,
  macInMac,
  mpls,
  snap,
  teredo,
  u16,
  u32,
  udp,
  vnTag,
  vxlan,
  type Wrapped,
} from '../helpers/tunnel-bytes.ts';
import { decodeDeep, DeepDecoding } from './deep.ts';
import { OUTER, TUNNELS } from './packets.ts';

const HELLO = tcp({ payload: text('hello'), sequence: 77 });
const FOUR = ip4(ipv4(HELLO));
const SIX = ip6(ipv6(HELLO));
const RAW = 101;

/** Tunnels that can only carry an IP packet; the others carry whatever has an EtherType. */
const IP_ONLY = new Set(
  ['PPPoE', 'IP in IPv4', 'IP in IPv6', 'VXLAN-GPE', 'ERSPAN type III of IP packets', 'AYIYA'].concat(
    TUNNELS.map(([name]) => name).filter((name) => /^GTP|MPLS|^L2TP/.test(name)),
  ),
);

describe('a tunnel', () => {
  it.each(TUNNELS)('%s: is entered, and named', (_, wrap, name) => {
    for (const inner of [FOUR, SIX]) {
      const { result, payload, segment, tunnels } = decodeDeep(framed(wrap(inner)));
      expect([result, payload, segment.sequence, tunnels]).toEqual(['decoded', 'hello', 77, [name]]);
      expect(segment.isIPv6).toBe(inner === SIX);
      expect(segment.payloadLength).toBe(5);
    }
  });

  it.each(TUNNELS)('%s: cut anywhere, it is never misread', (_, wrap) => {
    const packet = framed(wrap(FOUR));
    const tcpAt = packet.length - HELLO.length;
    for (let length = 0; length <= packet.length; length++) {
      const cut = decodeDeep(packet.subarray(0, length), 1, packet.length);
      if (length >= tcpAt + 20) {
        expect([cut.result, cut.segment.payloadLength]).toEqual(['decoded', 5]);
        expect(cut.payload).toBe('hello'.slice(0, Math.max(0, length - tcpAt - 20)));
      } else {
        expect(['headers cut', 'not TCP']).toContain(cut.result);
      }
      // Nothing was cut: a packet that is too short was sent that way.
      expect(['malformed', 'not TCP', 'decoded']).toContain(decodeDeep(packet.subarray(0, length)).result);
    }
  });

  it.each(TUNNELS)('%s: in VLANs, in SLL, in SLL2 and in raw IP', (_, wrap, name) => {
    const { bytes, etherType } = wrap(FOUR);
    const inVlans = decodeDeep(framed({ bytes, etherType }, 0x88a8, 0x8100));
    expect([inVlans.result, inVlans.tunnels]).toEqual(['decoded', [name]]);
    const type = hex(etherType.toString(16).padStart(4, '0'));
    const sll = decodeDeep(concat([hex('0000 0001 0006 020000000001 0000'), type, bytes]), 113);
    expect([sll.result, sll.tunnels]).toEqual(['decoded', [name]]);
    const sll2 = decodeDeep(concat([type, hex('0000 00000007 0001 00 06 0200000000010000'), bytes]), 276);
    expect([sll2.result, sll2.tunnels, sll2.segment.route & 0xfff]).toEqual(['decoded', [name], 7]);
    if (etherType === IPV4) expect(decodeDeep(bytes, RAW).tunnels).toEqual([name]);
  });

  it('in a tunnel, in any order of any of them: the innermost packet counts', () => {
    const stack = fc.array(fc.nat(TUNNELS.length - 1), { maxLength: 8 });
    fc.assert(
      fc.property(stack, fc.boolean(), fc.constantFrom(0, 4, 100), (indexes, isIPv6, cut) => {
        let packet = isIPv6 ? SIX : FOUR;
        const names: string[] = [];
        for (const index of indexes) {
          const [name, wrap, found] = TUNNELS[index]!;
          const isIp = packet.etherType === IPV4 || packet.etherType === 0x86dd;
          if (!isIp && IP_ONLY.has(name)) continue;
          packet = wrap(packet);
          names.unshift(found);
        }
        const frame = framed(packet);
        const whole = decodeDeep(frame);
        expect([whole.result, whole.payload, whole.tunnels]).toEqual(['decoded', 'hello', names]);
        const short = decodeDeep(frame.subarray(0, Math.max(0, frame.length - cut)), 1, frame.length);
        expect(['decoded', 'headers cut', 'not TCP']).toContain(short.result);
        if (short.result === 'decoded') expect(short.segment.payloadLength).toBe(5);
      }),
      { numRuns: 400 },
    );
  });

  it('in more than eight others is left out as too deep', () => {
    const nested = (depth: number) => {
      let packet = FOUR;
      for (let i = 0; i < depth; i++) packet = ipInIp(packet);
      return decodeDeep(framed(packet)).result;
    };
    expect([8, 9, 200].map(nested)).toEqual(['decoded', 'too deep', 'too deep']);
  });

  it('keeps what it carries inside its own length', () => {
    // A trailer behind the outer packet, and a mirrored frame with its padding.
    const frame = concat([framed(erspan(FOUR, 2)), text('trailer')]);
    const { result, payload } = decodeDeep(frame);
    expect([result, payload]).toEqual(['decoded', 'hello']);
  });

  it('has the same number in all its packets, and another number in the other direction', () => {
    const decoding = new DeepDecoding();
    const route = (inner: Wrapped) => decoding.decode(framed(inner)).segment.route;
    const first = route(vxlan(FOUR, 1));
    expect(route(vxlan(SIX, 1))).toBe(first);
    expect(route(vxlan(FOUR, 2))).not.toBe(first);
    expect(route(ipInIp(FOUR))).not.toBe(first);
    expect(route(vxlan(FOUR, 1))).toBe(first);
    expect(route(FOUR)).toBe(0);
  });
});

describe('what only looks like a tunnel, or carries nothing of ours', () => {
  it.each<[string, Wrapped, string]>([
    [
      'VXLAN without the flag of its VNI',
      carried(17, udp(4789, concat([u32(0), u32(0), framed(FOUR)]))),
      'not TCP',
    ],
    [
      'VXLAN with reserved bits behind its VNI',
      carried(17, udp(8472, concat([u32(0x08000000), u32(1), framed(FOUR)]))),
      'not TCP',
    ],
    ['VXLAN-GPE with NSH', carried(17, udp(4790, concat([u32(0x0c000004), u32(0), FOUR.bytes]))), 'tunneled'],
    ['ARP in VXLAN', vxlan({ bytes: new Uint8Array(28), etherType: 0x0806 }), 'not TCP'],
    [
      'Geneve of another version',
      carried(17, udp(6081, concat([Uint8Array.of(0x40, 0), u16(0x6558), u32(0), framed(FOUR)]))),
      'not TCP',
    ],
    [
      'a control packet of Geneve',
      carried(17, udp(6081, concat([Uint8Array.of(0, 0x80), u16(0x6558), u32(0), framed(FOUR)]))),
      'not TCP',
    ],
    ['GRE with an EtherType of 1', carried(47, concat([greHeader(1), FOUR.bytes])), 'not TCP'],
    ['802.3 of one byte in VXLAN', vxlan({ bytes: FOUR.bytes, etherType: 1 }), 'not TCP'],
    ['an echo of GTP-U', carried(17, udp(2152, hex('32010004 00000000 00010000'))), 'not TCP'],
    ['GTP version 2', carried(17, udp(2152, concat([hex('48ff0008 00000000'), FOUR.bytes]))), 'not TCP'],
    [
      'a GTP-U extension header of no length',
      carried(17, udp(2152, concat([hex('34ff0028 00000001 00000085 00000000'), FOUR.bytes]))),
      'not TCP',
    ],
    [
      'PPPoE discovery',
      { bytes: concat([hex('1109 0000 0004'), hex('01010000')]), etherType: 0x8864 },
      'not TCP',
    ],
    [
      'PPP’s own control protocol',
      { bytes: hex('1100 0001 0006 c021 01010004'), etherType: 0x8864 },
      'not TCP',
    ],
    [
      'PPP with compressed TCP headers',
      { bytes: concat([hex('1100 0001 0022 002d'), new Uint8Array(32)]), etherType: 0x8864 },
      'tunneled',
    ],
    [
      'GRE with source routes',
      carried(47, concat([hex('4000 0800 00000000 00000000'), FOUR.bytes])),
      'tunneled',
    ],
    ['GRE of version 2', carried(47, concat([hex('0002 0800'), FOUR.bytes])), 'tunneled'],
    ['a keepalive of GRE', carried(47, greHeader(0)), 'not TCP'],
    ['UDP in IP in IP', ipInIp(carried(17, udp(53, text('query')))), 'not TCP'],
    [
      'GRE in UDP of another version',
      carried(17, udp(4754, concat([hex('0002 0800'), FOUR.bytes]))),
      'not TCP',
    ],
    ['something else on the port of GRE in UDP', carried(17, udp(4754, text('hello, is it me'))), 'not TCP'],
    [
      'AYIYA that says who is there',
      carried(17, udp(5072, concat([hex('01 02 10 3b 00000000'), FOUR.bytes]))),
      'not TCP',
    ],
    ['something else on the port of AYIYA', carried(17, udp(5072, text('INVITE sip:bob'))), 'not TCP'],
    [
      'a control message of L2TP',
      carried(17, udp(1701, hex('c802 0014 00010000 00000000 80080000 00000006'))),
      'not TCP',
    ],
    ['L2TP version 3', carried(17, udp(1701, concat([hex('0003 0000 00000001'), FOUR.bytes]))), 'not TCP'],
    ['EtherIP of another version', carried(97, concat([hex('2000'), framed(FOUR)])), 'not TCP'],
    ['Wi-Fi that is encrypted, in GRE', arubaGre(FOUR, 0x8200, { control: 0x0841 }), 'tunneled'],
    ['a piece of a Wi-Fi frame', arubaGre(FOUR, 0x8200, { control: 0x0804 }), 'tunneled'],
    ['the last piece of a Wi-Fi frame', arubaGre(FOUR, 0x8200, { rest: hex('0100') }), 'tunneled'],
    [
      'several Wi-Fi frames in one',
      arubaGre(FOUR, 0x8200, { control: 0x8801, rest: hex('0000 8000') }),
      'tunneled',
    ],
    ['a beacon of Wi-Fi', arubaGre(FOUR, 0x8200, { control: 0x8000 }), 'not TCP'],
    ['a Wi-Fi frame without data', arubaGre(FOUR, 0x8200, { control: 0x4801 }), 'not TCP'],
    ['Wi-Fi under a number between those of Aruba', arubaGre(FOUR, 0x8201), 'not TCP'],
    ['ARP behind an E-TAG', eTag({ bytes: new Uint8Array(28), etherType: 0x0806 }, 1), 'not TCP'],
    ['spanning tree behind a VN-Tag', vnTag({ bytes: hex('424203 0000'), etherType: 5 }, 1, true), 'not TCP'],
    [
      'the channel of a pseudowire',
      { bytes: concat([u32(0x00010140), hex('10000021'), new Uint8Array(16)]), etherType: 0x8847 },
      'not TCP',
    ],
  ])('%s', (_, packet, result) => {
    expect(decodeDeep(framed(packet)).result).toBe(result);
  });

  it('a stack of more than sixteen labels, and more than eight VLAN tags, are too deep', () => {
    expect(decodeDeep(framed(mpls(FOUR, ...new Array<number>(16).fill(16)))).result).toBe('decoded');
    expect(decodeDeep(framed(mpls(FOUR, ...new Array<number>(17).fill(16)))).result).toBe('too deep');
    expect(decodeDeep(ethernet(FOUR.bytes, ...new Array<number>(9).fill(0x8100), IPV4)).result).toBe(
      'too deep',
    );
    expect(decodeDeep(framed(gtpU(FOUR, 1, new Array<number>(16).fill(1)))).result).toBe('decoded');
    expect(decodeDeep(framed(gtpU(FOUR, 1, new Array<number>(17).fill(1)))).result).toBe('too deep');
  });
});

describe('behind MPLS labels', () => {
  it('an Ethernet frame is found with a control word, and without one', () => {
    const frame = framed(FOUR);
    const label = u32(0x00010140);
    const inMpls = (bytes: Uint8Array) =>
      decodeDeep(framed({ bytes: concat([label, bytes]), etherType: 0x8847 }));
    expect(inMpls(concat([u32(0), frame])).payload).toBe('hello');
    const address = Uint8Array.from(frame);
    address[0] = 0xa2;
    expect(inMpls(address).payload).toBe('hello');
    // Hardware addresses that begin as IP does, but make no IP packet of that length.
    for (const first of [0x42, 0x60]) {
      address[0] = first;
      address[1] = 0xff;
      address[2] = 0xff;
      address[4] = 0xff;
      expect([first, inMpls(address).payload]).toEqual([first, 'hello']);
    }
  });
});

describe('behind a tag of a switch', () => {
  it('VLAN tags and other tags follow, in any order', () => {
    const inVlan = { bytes: concat([hex('0005 0800'), FOUR.bytes]), etherType: 0x8100 };
    for (const tagged of [eTag(inVlan, 42), vnTag(inVlan, 42, true), macInMac(inVlan, 42)]) {
      expect(decodeDeep(framed(tagged, 0x88a8)).payload).toBe('hello');
    }
    const { payload, tunnels } = decodeDeep(framed(eTag(vnTag(inVlan, 3, false), 2)));
    expect([payload, tunnels]).toEqual(['hello', ['e-tag 2', 'vn-tag 3']]);
  });

  it('a frame of 802.3 follows', () => {
    const llc = snap(FOUR);
    expect(decodeDeep(framed(eTag({ bytes: llc, etherType: llc.length }, 42))).payload).toBe('hello');
  });

  it('more of them than eight are too deep', () => {
    let packet = FOUR;
    for (let i = 0; i < 8; i++) packet = eTag(packet, i);
    expect(decodeDeep(framed(packet)).result).toBe('decoded');
    expect(decodeDeep(framed(eTag(packet, 8))).result).toBe('too deep');
  });
});

describe('LLC', () => {
  const frame = (llc: Uint8Array, ...tags: number[]) => decodeDeep(ethernet(llc, ...tags, llc.length));
  const bridged = concat([hex('aaaa03 0080c2 0007 0000'), framed(FOUR)]);

  it.each<[string, Uint8Array]>([
    ['SNAP', snap(FOUR)],
    ['SNAP of a bridge (802.1H)', snap(FOUR, 0xf8)],
    ['SNAP with a VLAN tag', snap({ bytes: concat([hex('0005 0800'), FOUR.bytes]), etherType: 0x8100 })],
    ['SNAP with an E-TAG', snap(eTag(FOUR, 1))],
    ['a bridged Ethernet frame', bridged],
    ['its own number for IP', concat([hex('060603'), FOUR.bytes])],
  ])('with %s: in 802.3, in VLANs and in a jumbo frame', (_, llc) => {
    expect(frame(llc).payload).toBe('hello');
    expect(frame(llc, 0x88a8, 0x8100).payload).toBe('hello');
    expect(decodeDeep(ethernet(llc, 0x8870)).payload).toBe('hello');
    const tcpAt = llc.length - HELLO.length;
    for (let length = 0; length < tcpAt + 20; length++) {
      const short = ethernet(llc.subarray(0, length), llc.length);
      expect(['headers cut', 'not TCP']).toContain(decodeDeep(short, 1, 14 + llc.length).result);
      expect(['malformed', 'not TCP']).toContain(decodeDeep(short).result);
    }
  });

  it.each<[string, string]>([
    ['spanning tree', '424203 0000000000'],
    ['SNAP of Cisco', 'aaaa03 00000c 0800'],
    ['SNAP in a numbered frame', 'aaaa13 000000 0800'],
    ['a bridged frame of token ring', 'aaaa03 0080c2 0009 0000'],
    ['SNAP with a length', 'aaaa03 000000 0005'],
  ])('with %s is not TCP', (_, head) => {
    expect(frame(concat([hex(head), FOUR.bytes])).result).toBe('not TCP');
  });
});

describe('Teredo', () => {
  const authentication = concat([hex('0001 0304'), new Uint8Array(3 + 4 + 8 + 1)]);
  const origin = hex('0000 1234 aabbccdd');
  it.each<[string, Uint8Array[]]>([
    ['alone', []],
    ['with an origin', [origin]],
    ['with authentication', [authentication]],
    ['with both', [authentication, origin]],
  ])('%s is entered', (_, indications) => {
    const packet = framed(teredo(SIX, ...indications));
    expect(decodeDeep(packet)).toMatchObject({ payload: 'hello', tunnels: [`teredo ${OUTER}`] });
    for (let length = 0; length < packet.length - HELLO.length + 20; length++) {
      expect(['headers cut', 'not TCP']).toContain(
        decodeDeep(packet.subarray(0, length), 1, packet.length).result,
      );
      expect(['malformed', 'not TCP']).toContain(decodeDeep(packet.subarray(0, length)).result);
    }
  });

  it('carries nothing but IPv6', () => {
    expect(decodeDeep(framed(teredo(FOUR))).result).toBe('not TCP');
  });
});

describe('a header behind an EtherType that only gets a frame through a network', () => {
  const typed = u16(IPV4);
  const words = (length: number) => new Uint8Array(length * 4);
  it.each<[string, number, Uint8Array]>([
    ['HSR', 0x892f, concat([hex('003c 0001'), typed, FOUR.bytes])],
    ['R-TAG', 0xf1c1, concat([hex('0000 0001'), typed, FOUR.bytes])],
    ['R-TAG before a VLAN tag', 0xf1c1, concat([hex('0000 0001 8100 0005'), typed, FOUR.bytes])],
    ['Cisco’s metadata', 0x8909, concat([hex('0101 0001 0005'), typed, FOUR.bytes])],
    ['TRILL', 0x22f3, concat([hex('0001 0001 0002'), framed(FOUR)])],
    ['TRILL with options', 0x22f3, concat([hex('0081 0001 0002'), words(2), framed(FOUR)])],
    ['NSH with IPv4', 0x894f, concat([hex('0fc6 0101 000001ff'), words(4), FOUR.bytes])],
    ['NSH with IPv6', 0x894f, concat([hex('0fc2 0202 000001ff'), SIX.bytes])],
    ['NSH with a frame', 0x894f, concat([hex('0fc2 0203 000001ff'), framed(FOUR)])],
    ['NSH in NSH', 0x894f, concat([hex('0fc2 0204 000001ff 0fc2 0201 000001ff'), FOUR.bytes])],
    ['a whole frame', 0x6558, framed(FOUR)],
  ])('%s: is passed over, and cut anywhere never misread', (_, etherType, bytes) => {
    const packet = framed({ bytes, etherType });
    expect(decodeDeep(packet)).toMatchObject({ payload: 'hello', tunnels: [] });
    for (let length = 0; length < packet.length - HELLO.length + 20; length++) {
      expect(['headers cut', 'not TCP']).toContain(
        decodeDeep(packet.subarray(0, length), 1, packet.length).result,
      );
      expect(['malformed', 'not TCP']).toContain(decodeDeep(packet.subarray(0, length)).result);
    }
  });

  it.each<[string, number, string]>([
    ['TRILL of another version', 0x22f3, '4001 0001 0002'],
    ['NSH of another version', 0x894f, '4fc2 0201 000001ff'],
    ['a packet of the chain itself', 0x894f, '2fc2 0201 000001ff'],
    ['NSH that is shorter than its head', 0x894f, '0fc1 0201 000001ff'],
    ['NSH with something unknown', 0x894f, '0fc2 0209 000001ff'],
  ])('%s: is not TCP', (_, etherType, head) => {
    expect(decodeDeep(framed({ bytes: concat([hex(head), FOUR.bytes]), etherType })).result).toBe('not TCP');
  });
});

describe('AYIYA', () => {
  it('answers from its port, to any', () => {
    const { bytes } = ayiya(SIX);
    const back = Uint8Array.from(bytes);
    back.set(bytes.subarray(22, 24), 20);
    back.set(bytes.subarray(20, 22), 22);
    expect(decodeDeep(framed(ip4(back))).payload).toBe('hello');
  });
});

describe('the authentication header of IPsec in IPv4', () => {
  const signed = (next: number, bytes: Uint8Array) =>
    carried(51, concat([Uint8Array.of(next, 4), new Uint8Array(22), bytes]));

  it('stands before tunnels', () => {
    const inIp = decodeDeep(framed(signed(4, FOUR.bytes)));
    expect([inIp.payload, inIp.tunnels]).toEqual(['hello', [`ip-in-ip ${OUTER}`]]);
    const { bytes } = vxlan(FOUR, 42);
    expect(decodeDeep(framed(signed(17, bytes.subarray(20)))).tunnels).toEqual([`vxlan 42 ${OUTER}`]);
  });

  it('is put together with the packet that came in pieces', () => {
    const { bytes } = signed(6, HELLO);
    const piece = (from: number, to: number, fragment: number) =>
      framed(ip4(ipv4(bytes.subarray(20 + from, 20 + to), { protocol: 51, fragment })));
    const decoding = new DeepDecoding();
    expect(decoding.decode(piece(0, 24, 0x2000)).result).toBe('IP fragment');
    expect(decoding.decode(piece(24, 100, 3)).payload).toBe('hello');
  });
});

describe('PPTP', () => {
  it('is entered where it is not encrypted', () => {
    const ppp = concat([hex('ff03 0021'), FOUR.bytes]);
    const header = concat([hex('3081 880b'), u16(ppp.length), u16(9), u32(1), u32(0)]);
    const { result, payload, tunnels } = decodeDeep(framed(carried(47, concat([header, ppp]))));
    expect([result, payload, tunnels]).toEqual(['decoded', 'hello', [`gre 9 ${OUTER}`]]);
    const encrypted = concat([hex('3001 880b 0014 0009 00000001 ff03 00fd'), new Uint8Array(16)]);
    expect(decodeDeep(framed(carried(47, encrypted))).result).toBe('tunneled');
    expect(decodeDeep(framed(carried(47, hex('2081 880b 0000 0009 00000001')))).result).toBe('not TCP');
  });
});

describe('WCCP', () => {
  it('redirects packets with a header of its own or without', () => {
    for (const header of [[], [hex('00000000')]]) {
      const packet = carried(47, concat([greHeader(0x883e), ...header, FOUR.bytes]));
      expect(decodeDeep(framed(packet)).payload).toBe('hello');
    }
  });
});

describe('hostile bytes', () => {
  const linkTypes = [0, 1, 9, 50, 51, 101, 104, 113, 117, 149, 166, 204, 219, 239, 258, 276, 147];
  /** What leads deeper into the decoders than random bytes do. */
  const plausible = fc.constantFrom(
    ...'0800 86dd 8100 8847 8864 6558 88be 22eb 880b 45000060000000004004 450000600000000040 11 2f 04 29 12b5 17c1 0868 12b6'.split(
      ' ',
    ),
    ...'08000000 0000 2000 3000 b000 00000100 1100 0021 ff03 30ff 34ff 60000000002811 60000000002c2c 600000000040 2c 3c ff ffff'.split(
      ' ',
    ),
    '02000000',
    '0000000000010140',
  );
  const bytes = fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: plausible },
        fc.uint8Array({ maxLength: 20 }).map((b) => Buffer.from(b).toString('hex')),
      ),
      { maxLength: 24 },
    )
    .map((parts) => hex(parts.join('')));
  const damaged = fc
    .record({
      whole: fc.constantFrom(...TUNNELS.map(([, wrap]) => framed(wrap(FOUR))), framed(vxlan(gre(SIX)))),
      damage: fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 5 }),
      length: fc.nat(240),
    })
    .map(({ whole, damage, length }) => {
      const copy = whole.slice(0, length);
      for (const [at, value] of damage) copy[at] = value;
      return copy;
    });

  it('never throw, are never read past their end, and never lead to a payload outside them', () => {
    const decoding = new DeepDecoding();
    fc.assert(
      fc.property(
        fc.oneof(bytes, damaged, damaged),
        fc.constantFrom(...linkTypes),
        fc.constantFrom(0, 1, 6, 1000, 0xffffffff),
        (packet, linkType, cut) => {
          const { result, segment } = decoding.decode(packet, linkType, packet.length + cut);
          if (cut === 0) expect(result).not.toBe('headers cut');
          if (result !== 'decoded') return;
          const { payloadStart, payloadEnd, payloadLength, data } = segment;
          expect(payloadStart).toBeGreaterThanOrEqual(20 + 20);
          expect(payloadEnd).toBeGreaterThanOrEqual(payloadStart);
          expect(payloadEnd).toBeLessThanOrEqual(segment.isReassembled ? data.length : 7 + packet.length);
          expect(payloadLength).toBeGreaterThanOrEqual(payloadEnd - payloadStart);
          expect(payloadLength).toBeLessThanOrEqual(Math.max(packet.length, 65_535) + cut);
        },
      ),
      { numRuns: 6000 },
    );
  });
});
