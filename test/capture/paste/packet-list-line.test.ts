import { describe, expect, it } from 'vitest';
import { parseListLine } from '../../../src/capture/paste/packet-list-line.ts';
import { PacketLists } from '../../../src/capture/paste/packet-lists.ts';
import { ACK, FIN, PSH, SYN } from '../../../src/capture/paste/tcp-flags.ts';

const ENDS = '10.0.0.2 → 10.0.0.1';

describe('a line of a list of packets', () => {
  it.each([
    [
      `1   0.000000     ${ENDS}     TCP 40 50000 → 8080 [SYN] Seq=0 Win=502 Len=0 MSS=65495 SACK_PERM`,
      { number: 1, style: 'relative', frameLength: 40 },
      {
        sourcePort: '50000',
        destinationPort: '8080',
        flags: SYN,
        sequence: 0,
        acknowledgement: null,
        payloadLength: 0,
      },
    ],
    [
      `12 22:13:20.000600 10.0.0.2 -> 10.0.0.1 TCP 66 50000 > 8080 [FIN, ACK] Seq=137 Ack=170 Win=5 Len=0`,
      { number: 12, style: 'clock', seconds: 80_000 },
      { flags: FIN | ACK, sequence: 137, acknowledgement: 170, window: 5 },
    ],
    [
      `7 2023-11-14 22:13:20.000600 ::1 → ::1 TCP 94 [TCP Retransmission] 50000 → http-alt [PSH, ACK] Seq=1 Ack=1 Win=5 Len=8`,
      { style: 'date', ipVersion: 6 },
      { flags: PSH | ACK, destinationPort: 'http-alt', payloadLength: 8 },
    ],
    [
      `4   0.000600     ${ENDS}     HTTP 198 GET /ws HTTP/1.1`,
      { frameLength: 198 },
      { sourcePort: null, flags: null, payload: { kind: 'whole-head', line: 'GET /ws HTTP/1.1' } },
    ],
    [
      `6   0.001     ${ENDS}     HTTP 320 HTTP/1.1 400 Bad Request  (text/html)`,
      {},
      { payload: { kind: 'start-line', line: 'HTTP/1.1 400 Bad Request' } },
    ],
    [
      `8   0.3     ${ENDS}     WebSocket 51 WebSocket Text[FRAGMENT]  [MASKED]`,
      {},
      { payload: { kind: 'frame', opcode: 1, isFinal: false, isMasked: true } },
    ],
    [`9   0.3     ${ENDS}     WebSocket 51 WebSocket Connection Close [FIN]`, {}, { payload: null }],
    [
      `9   0.3     ${ENDS}     WebSocket 51 WebSocket Text [FIN] [MASKED]WebSocket Text [FIN] [MASKED]`,
      {},
      { payload: null },
    ],
    [
      `9   0.3     ${ENDS}     TCP 169 HTTP/1.1 101 Switching Protocols  [TCP segment of a reassembled PDU]`,
      {},
      { isPart: true },
    ],
    [
      `9   0.3     ${ENDS}     WebSocket 51 [TCP Previous segment not captured] WebSocket Text [FIN]`,
      {},
      { payload: null },
    ],
  ])('is read from %s', (line, expected, segment) => {
    expect(parseListLine(line)).toMatchObject({ ...expected, segment });
  });

  it('has no segment where it is not on TCP', () => {
    expect(parseListLine('3 0.1 10.0.0.2 → 10.0.0.1 DNS 70 Standard query 0x1 A chat.example')).toMatchObject(
      {
        segment: null,
        isCertain: true,
      },
    );
  });

  it.each([
    ['a line of a log', '2023-11-14 22:13:20.5 gateway upstream INFO 12 connection closed'],
    ['a line of a log with a number', '12 0.5 request handler WARN 3 slow'],
    ['a line without a time', '10.0.0.2 → 10.0.0.1 TCP 40 50000 → 8080 [SYN] Seq=0'],
  ])('is not read from %s', (_, line) => {
    expect(parseListLine(line)).toBeUndefined();
  });

  it('is linear in the length of a line', () => {
    for (const start of ['1 0.0 ', '1 0.0 1.1.1.1 ', `1 0.0 ${ENDS} TCP 4 `, `1 0.0 ${ENDS} TCP 4 [`])
      for (const filling of [' ', 'a ', '→ ', '[a] ', 'Seq=1 ', ':'])
        parseListLine(start + filling.repeat(60_000 / filling.length));
  });
});

describe('lists of packets', () => {
  const rows = (...lines: string[]) => {
    const lists = new PacketLists();
    return lines.map((line) => lists.line(line));
  };
  const syn = {
    number: 5,
    seconds: 0,
    nanoseconds: 2e8,
    frameLength: 40,
    segment: { source: '10.0.0.2', flags: SYN },
  };

  it('are read as CSV, by the names of their columns', () => {
    const [heading, row] = rows(
      '"No.","Time","Source","Destination","Protocol","Length","Info"',
      '"5","0.200000","10.0.0.2","10.0.0.1","TCP","40","50000  >  8080 [SYN] Seq=0 Win=502 Len=0"',
    );
    expect(heading).toBe('heading');
    expect(row).toMatchObject(syn);
  });

  it('are read with their columns in another order', () => {
    const [, row] = rows(
      '"Info","Destination","Source","Time","No.","Length","Stream","Protocol"',
      '"50000 → 8080 [SYN] Seq=0 Win=502 Len=0","10.0.0.1","10.0.0.2","0.2","5","40","0","TCP"',
    );
    expect(row).toMatchObject(syn);
  });

  it('are read as a Markdown table', () => {
    const [, , row] = rows(
      '| No. | Time | Source | Destination | Protocol | Length | Info |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| 5 | 0.200000 | 10.0.0.2 | 10.0.0.1 | TCP | 40 | 50000 → 8080 [SYN] Seq=0 Win=502 Len=0 |',
    );
    expect(row).toMatchObject(syn);
  });

  it('are read as PSML', () => {
    const lines = ['<psml version="0" creator="wireshark/4.0.17">', '<structure>'];
    for (const name of ['No.', 'Time', 'Source', 'Destination', 'Protocol', 'Length', 'Info'])
      lines.push(`<section>${name}</section>`);
    lines.push('</structure>', '<packet>');
    for (const cell of [
      '5',
      '0.2',
      '10.0.0.2',
      '10.0.0.1',
      'TCP',
      '40',
      '50000 &gt; 8080 [SYN] Seq=0 Win=502 Len=0',
    ])
      lines.push(`<section>${cell}</section>`);
    lines.push('</packet>');
    const found = rows(...lines);
    expect(found.at(-1)).toMatchObject(syn);
    expect(found.slice(0, -1).every((each) => each === 'heading')).toBe(true);
  });

  it('have the line of column names of Wireshark above them', () => {
    const [heading, row] = rows(
      'No.     Time           Source                Destination           Protocol Length Info',
      '      5 0.200000       10.0.0.2              10.0.0.1              TCP      40     50000 → 8080 [SYN] Seq=0 Win=502 Len=0'.trim(),
    );
    expect(heading).toBe('heading');
    expect(row).toMatchObject(syn);
    expect(row).toMatchObject({ segment: { flags: SYN & ~ACK } });
  });
});
