/** ICMP messages that quote a TCP segment, as bytes. */
import { describe, expect, test } from 'vitest';
import { decodePacket, ICMP, networkStart } from '../../src/decode/decode-packet.ts';
import { readIcmpError } from '../../src/decode/icmp-error.ts';
import { Segment } from '../../src/decode/segment.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const LINKTYPE_RAW = 101;

/** 10.0.0.1 port 50000 -> 10.0.0.2 port 80, sequence number 1000. */
const QUOTED = '45000028000040004006 0000 0a000001 0a000002' + 'c350 0050 000003e8';
/** ICMP of 10.0.0.9 to 10.0.0.1. */
const icmp = (type: string, rest = '00000000') =>
  bytes(`45000038000000004001 0000 0a000009 0a000001 ${type} 0000 ${rest} ${QUOTED}`);

const HOST1 = '20010db8000000000000000000000001';
const HOST2 = '20010db8000000000000000000000002';
const ROUTER = '20010db8000000000000000000000009';
const icmp6 = (type: string, rest = '00000000') =>
  bytes(
    `60000000 0038 3a 40 ${ROUTER} ${HOST1} ${type} 0000 ${rest}` +
      `60000000 0014 06 40 ${HOST1} ${HOST2} c350 0050 000003e8`,
  );

function read(packet: Uint8Array, end = packet.length) {
  const segment = new Segment();
  const result = decodePacket(packet, 0, end, packet.length, LINKTYPE_RAW, segment);
  return { result, error: readIcmpError(packet, networkStart(), end, segment), segment };
}

describe('the reason', () => {
  test.each([
    ['0301', 'host unreachable'],
    ['0300', 'network unreachable'],
    ['0303', 'port unreachable'],
    ['030d', 'administratively prohibited'],
    ['030a', 'administratively prohibited'],
    ['0305', 'unreachable'],
  ])('of ICMP type and code %s is %s', (type, reason) => {
    const { result, error, segment } = read(icmp(type));
    expect(result).toBe(ICMP);
    expect(error).toEqual({ from: '10.0.0.9', reason, mtu: null });
    expect([segment.sourcePort, segment.destinationPort, segment.sequence]).toEqual([50_000, 80, 1000]);
    expect([segment.addresses[0], segment.addresses[4]]).toEqual([0x0a000001, 0x0a000002]);
  });

  test.each([
    ['0101', 'administratively prohibited'],
    ['0103', 'host unreachable'],
    ['0104', 'port unreachable'],
    ['0100', 'network unreachable'],
    ['0102', 'unreachable'],
  ])('of ICMPv6 type and code %s is %s', (type, reason) => {
    const { result, error, segment } = read(icmp6(type));
    expect(result).toBe(ICMP);
    expect(error).toEqual({ from: '2001:db8::9', reason, mtu: null });
    expect([segment.isIPv6, segment.sourcePort, segment.destinationPort]).toEqual([true, 50_000, 80]);
  });
});

test('a packet that is too big comes with the size that passes', () => {
  expect(read(icmp('0304', '00000578')).error).toMatchObject({ reason: 'packet too big', mtu: 1400 });
  expect(read(icmp('0304')).error).toMatchObject({ reason: 'packet too big', mtu: null });
  expect(read(icmp6('0200', '00000500')).error).toMatchObject({ reason: 'packet too big', mtu: 1280 });
});

describe('nothing is reported', () => {
  test.each([
    ['by an echo', icmp('0800')],
    ['by an ICMPv6 echo', icmp6('8000')],
    [
      'of a datagram of UDP',
      bytes(
        Buffer.from(icmp('0301')).toString('hex').replace('4000400600000a000001', '4000401100000a000001'),
      ),
    ],
    [
      'of a later fragment',
      bytes(
        Buffer.from(icmp('0301')).toString('hex').replace('4000400600000a000001', '0001400600000a000001'),
      ),
    ],
  ])('%s', (_name, packet) => {
    expect(read(packet).error).toBeNull();
  });

  test.each([
    ['ICMP', icmp('0301')],
    ['ICMPv6', icmp6('0103')],
  ])('by %s that is cut anywhere', (_name, packet) => {
    for (let end = 41; end < packet.length; end++) expect(read(packet, end).error).toBeNull();
  });
});
