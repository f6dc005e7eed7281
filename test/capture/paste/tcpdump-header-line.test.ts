import { describe, expect, it } from 'vitest';
import { parseHeaderLine } from '../../../src/capture/paste/tcpdump-header-line.ts';

const FLAGS = '127.0.0.1.1215 > 127.0.0.1.53823: Flags [F.], seq 185, ack 1372, win 6358, length 0';

describe('tcpdump header line', () => {
  it.each([
    [
      '10:22:58.060810 IP',
      { style: 'clock', seconds: 37_378, nanoseconds: 60_810_000, digits: 6, ipVersion: 4 },
    ],
    ['10:22:58.060810123 IP6', { style: 'clock', nanoseconds: 60_810_123, digits: 9, ipVersion: 6 }],
    ['2026-01-02 10:22:58.060810 IP', { style: 'date', seconds: 1_767_349_378, nanoseconds: 60_810_000 }],
    ['1767349378.060810 IP', { style: 'epoch', seconds: 1_767_349_378, nanoseconds: 60_810_000 }],
    ['IP', { style: 'none', ipVersion: 4 }],
    ['12  10:22:58.060810 IP', { style: 'clock', seconds: 37_378 }],
    ['-00:00:00.250000 IP', { style: 'clock', seconds: -1, nanoseconds: 750_000_000 }],
    ['-00:00:02 IP', { style: 'clock', seconds: -2, nanoseconds: 0, digits: 0 }],
    ['10:22:58.060810 lo    In  IP', { isCertain: true, ipVersion: 4 }],
    ['10:22:58.060810 ethertype IPv4, IP', { isCertain: true }],
    [
      '10:22:58.1 00:00:00:00:00:00 > 00:00:00:00:00:00, ethertype IPv4 (0x0800), length 74:',
      { isCertain: true, frameLength: 74, ipVersion: 4 },
    ],
    ['10:22:58.1 00:00:5e:00:53:01 > 00:00:5e:00:53:02, IPv4, length 74: IP', { frameLength: 74 }],
    [
      '10:22:58.1 lo    In  ifindex 1 00:00:00:00:00:00 ethertype IPv4 (0x0800), length 80:',
      { isCertain: true, frameLength: 80, ipVersion: 4 },
    ],
    ['10:22:58.1 AF IPv4 (2), length 64:', { isCertain: true, frameLength: 64, ipVersion: 4 }],
  ])('reads %s', (start, expected) => {
    expect(parseHeaderLine(`${start} ${FLAGS}`)).toMatchObject(expected);
  });

  it('reads the first of the two lines of -v', () => {
    const line = '10:22:58.1 IP (tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto TCP (6), length 60)';
    expect(parseHeaderLine(line)).toMatchObject({ isCertain: true, ipVersion: 4, frameLength: undefined });
    expect(parseHeaderLine(FLAGS)).toBeUndefined();
  });

  it('takes a timed line of an unknown protocol for a packet only if a dump follows', () => {
    expect(parseHeaderLine('10:22:58.1 STP 802.1d, Config, Flags [none]')).toMatchObject({
      isCertain: false,
    });
    expect(parseHeaderLine('2026-01-02 10:22:58 INFO started')).toMatchObject({ isCertain: false });
  });

  it('takes no other line', () => {
    for (const line of [
      '',
      'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
      'listening on lo, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
      '10 packets captured',
      'IP addresses are assigned as follows',
      'HTTP/1.1 101 Switching Protocols',
      'IP',
    ]) {
      expect(parseHeaderLine(line)).toBeUndefined();
    }
  });

  it('is linear in the length of a line', () => {
    for (const line of ['IP ', '10:22:58.1 ', 'a ', 'ethertype '].map(
      (start) => start + ' '.repeat(65_000),
    )) {
      parseHeaderLine(line);
      parseHeaderLine(line.replaceAll(' ', 'ethertype ').slice(0, 65_536));
    }
  });
});
