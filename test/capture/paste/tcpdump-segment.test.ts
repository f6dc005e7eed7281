import { describe, expect, it } from 'vitest';
import { parseIpHeader, parseTcpdumpSegment } from '../../../src/capture/paste/tcpdump-segment.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../src/capture/paste/tcp-flags.ts';

const ENDS = '10.0.0.2.50000 > 10.0.0.1.8080: ';

describe('the segment on a line of tcpdump', () => {
  it.each([
    [
      `${ENDS}Flags [S], seq 1000, win 502, options [mss 65495,sackOK,TS val 1 ecr 0], length 0`,
      { flags: SYN, sequence: 1000, acknowledgement: null, window: 502, payloadLength: 0 },
    ],
    [
      `${ENDS}Flags [S.], seq 9000, ack 1001, win 502, length 0`,
      { flags: SYN | ACK, sequence: 9000, acknowledgement: 1001 },
    ],
    [`${ENDS}Flags [.], ack 1, win 502, length 0`, { flags: ACK, sequence: null, acknowledgement: 1 }],
    [
      `${ENDS}Flags [P.], seq 1:159, ack 1, win 502, length 158: HTTP: GET /ws HTTP/1.1`,
      {
        flags: PSH | ACK,
        sequence: 1,
        payloadLength: 158,
        payload: { kind: 'start-line', line: 'GET /ws HTTP/1.1' },
      },
    ],
    [
      `${ENDS}Flags [P.], cksum 0x5091 (correct), seq 1:130, ack 159, win 502, length 129: HTTP, length: 129`,
      { checksum: 0x5091, payloadLength: 129, payload: null },
    ],
    [`${ENDS}Flags [R], seq 5, win 0, length 0`, { flags: RST, sequence: 5, window: 0 }],
    [
      'fe80::1%en0.50000 > ::1.8080: Flags [F.], seq 5, ack 2, win 9, length 0',
      { source: 'fe80::1%en0', destination: '::1', flags: FIN | ACK },
    ],
    [
      'ip-10-0-0-1.ec2.internal.http-alt > chat.example.58324: Flags [.], ack 2, win 9, length 0',
      { source: 'ip-10-0-0-1.ec2.internal', sourcePort: 'http-alt', destination: 'chat.example' },
    ],
    // OpenBSD, and tcpdump before 4.0.
    [
      `${ENDS}P 1:159(158) ack 1 win 502 <nop,nop,timestamp 1 1> (DF)`,
      { flags: PSH | ACK, sequence: 1, acknowledgement: 1, window: 502, payloadLength: 158 },
    ],
    [`${ENDS}. ack 159 win 502`, { flags: ACK, acknowledgement: 159, payloadLength: 0 }],
    [`${ENDS}F 130:130(0) ack 159 win 502`, { flags: FIN | ACK, sequence: 130, payloadLength: 0 }],
  ])('is read from %s', (line, expected) => {
    expect(parseTcpdumpSegment(line)).toMatchObject(expected);
  });

  it('takes no number out of the options', () => {
    const line = `${ENDS}Flags [.], ack 7, win 502, options [nop,nop,sack 1 {20:30}], length 0`;
    expect(parseTcpdumpSegment(line)).toMatchObject({ acknowledgement: 7, sequence: null });
  });

  it.each([
    ['a line of -q', `${ENDS}tcp 158`],
    ['UDP', '10.0.0.2.5353 > 224.0.0.251.5353: UDP, length 40'],
    ['a line that was cut before its length', `${ENDS}Flags [P.], seq 1:159, ack 1, win 502`],
    ['a line that was cut inside its length', `${ENDS}Flags [P.], seq 1:159, ack 1, win 502, length 15`],
    ['prose', 'see the request > and the answer: P is fine'],
  ])('is not read from %s', (_, line) => {
    expect(parseTcpdumpSegment(line)).toBeNull();
  });

  it('has the numbers of the IP header where -v prints them', () => {
    const ip = parseIpHeader(
      'IP (tos 0x0, ttl 57, id 52454, offset 0, flags [DF], proto TCP (6), length 60)',
    );
    expect(parseTcpdumpSegment(`${ENDS}Flags [.], ack 1, win 5, length 0`, ip)).toMatchObject({
      hopLimit: 57,
      identification: 52_454,
    });
    expect(parseIpHeader('IP6 (flowlabel 0x0, hlim 64, next-header TCP (6) payload length: 40)')).toEqual({
      hopLimit: 64,
      identification: null,
    });
  });

  it('is linear in the length of a line', () => {
    for (const start of [
      ENDS,
      'a.',
      'IP (',
      '(',
      `${ENDS}Flags [`,
      `${ENDS}P 1:`,
      `${ENDS}Flags [.], seq 1:`,
    ])
      for (const filling of [' ', 'a.', '1', '(', ', length 1'])
        parseTcpdumpSegment(
          start + filling.repeat(60_000 / filling.length),
          parseIpHeader(start + filling.repeat(30_000)),
        );
  });
});
