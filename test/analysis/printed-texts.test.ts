import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/library/analyze.ts';
import type { Report } from '../../src/report/model.ts';

async function reportOf(text: string): Promise<Report> {
  return analyze(Buffer.from(text));
}

/** The founding case as plain tcpdump prints it: on port 1215 it shows no HTTP. */
const FOUNDING = `\
10:22:58.060810 IP 127.0.0.1.1215 > 127.0.0.1.53823: Flags [P.], seq 1:185, ack 1372, win 6358, options [nop,nop,TS val 1981911666 ecr 1981911665], length 184
10:22:58.060906 IP 127.0.0.1.53823 > 127.0.0.1.1215: Flags [.], ack 185, win 6376, options [nop,nop,TS val 1981911666 ecr 1981911666], length 0
10:22:58.061467 IP 127.0.0.1.1215 > 127.0.0.1.53823: Flags [F.], seq 185, ack 1372, win 6358, options [nop,nop,TS val 1981911667 ecr 1981911666], length 0
`;

describe('three lines without bytes', () => {
  it('name handshake-close where one of them shows the 101', async () => {
    const report = await reportOf(
      FOUNDING.replace('length 184', 'length 184: HTTP: HTTP/1.1 101 Switching Protocols').replaceAll(
        '1215',
        '8080',
      ),
    );
    const [connection] = report.connections;
    expect(connection).toMatchObject({
      verdict: 'handshake-close',
      server: { port: 8080 },
      close: { firstBy: 'server', how: 'fin', afterUpgradeMs: 0.657 },
    });
    expect(connection!.anomalies).toMatchObject([{ rule: 'handshake-close', severity: 'warning' }]);
  });

  it('ask for it where none of them shows what was answered', async () => {
    const report = await reportOf(FOUNDING);
    const [connection] = report.connections;
    expect(connection).toMatchObject({
      verdict: 'unknown',
      server: { port: 1215 },
      close: { firstBy: 'server' },
    });
    expect(connection!.anomalies).toMatchObject([
      { rule: 'handshake-close', severity: 'info', packets: [1, 3] },
    ]);
    expect(connection!.anomalies[0]!.message).toMatch(
      /^127\.0\.0\.1:1215 sent FIN 0\.657 ms after 184 bytes .* if they were a 101/,
    );
    expect(report.inventory?.servers[0]?.protocol).toBe('unknown');
  });

  it.each([
    ['the answer is shown, and is none', FOUNDING.replace('length 184', 'length 184: HTTP: HTTP/1.1 200 OK')],
    ['the end comes later', FOUNDING.replace('58.061467', '58.261467')],
    [
      'the answer is too long',
      FOUNDING.replaceAll(/1:185|\b185\b/g, (found) => found.replace('185', '2185')).replace(
        'length 184',
        'length 2184',
      ),
    ],
    [
      'the other side sends something in between',
      FOUNDING.replace('[.], ack 185', '[P.], seq 1372:1380, ack 185').replace(
        '6376, options [nop,nop,TS val 1981911666 ecr 1981911666], length 0',
        '6376, length 8',
      ),
    ],
    [
      'the side that ends is the one that asked',
      FOUNDING.replace(
        '1215 > 127.0.0.1.53823: Flags [F.], seq 185, ack 1372',
        '53823 > 127.0.0.1.1215: Flags [F.], seq 1372, ack 185',
      ).replace('127.0.0.1.127', '127'),
    ],
    ['there are no times', FOUNDING.replaceAll(/^\S+ /gm, '')],
  ])('say nothing of it where %s', async (_, text) => {
    const report = await reportOf(text);
    expect(report.connections.flatMap(({ anomalies }) => anomalies)).toEqual([]);
    expect(report.anomalies).toEqual([]);
  });
});

describe('a list of packets', () => {
  const list = (...rows: string[]) => rows.map((row, index) => `${index + 1} ${row}\n`).join('');
  const OPENING = [
    '0.000000 10.0.0.2 → 10.0.0.1 TCP 40 50000 → 8080 [SYN] Seq=0 Win=502 Len=0',
    '0.000200 10.0.0.1 → 10.0.0.2 TCP 40 8080 → 50000 [SYN, ACK] Seq=0 Ack=1 Win=502 Len=0',
    '0.000400 10.0.0.2 → 10.0.0.1 TCP 40 50000 → 8080 [ACK] Seq=1 Ack=1 Win=502 Len=0',
    '0.000600 10.0.0.2 → 10.0.0.1 HTTP 198 GET /ws HTTP/1.1 ',
    '0.001000 10.0.0.1 → 10.0.0.2 HTTP 169 HTTP/1.1 101 Switching Protocols ',
  ];
  const MESSAGES = [
    '0.301400 10.0.0.2 → 10.0.0.1 WebSocket 51 WebSocket Text [FIN] [MASKED]',
    '0.301800 10.0.0.1 → 10.0.0.2 WebSocket 47 WebSocket Text [FIN] ',
  ];
  const FIN = '8080 → 50000 [FIN, ACK] Seq=137 Ack=170 Win=502 Len=0';

  it('shows handshake, frames and end, and withholds what needs the bytes of frames', async () => {
    const report = await reportOf(
      list(...OPENING, ...MESSAGES, `1.202200 10.0.0.1 → 10.0.0.2 TCP 40 ${FIN}`),
    );
    const [connection] = report.connections;
    expect(connection).toMatchObject({
      verdict: 'unknown',
      upgrade: { status: 101, latencyMs: 0.4 },
      close: { firstBy: 'server', how: 'fin', packet: 8, afterUpgradeMs: 1201.2 },
    });
    const frames = connection!.timeline.filter(({ event }) => event === 'frame');
    expect(frames).toMatchObject([
      { from: 'client', packet: 6, opcode: 'text' },
      { from: 'server', packet: 7, opcode: 'text' },
    ]);
    expect(connection!.anomalies).toEqual([]);
    expect(connection!.notes.map(({ code }) => code)).toContain('rule-withheld');
  });

  it('does not say what a Close was whose code it does not show', async () => {
    const close = '0.302 10.0.0.1 → 10.0.0.2 WebSocket 44 WebSocket Connection Close [FIN] ';
    const report = await reportOf(
      list(
        ...OPENING,
        close,
        '0.303 10.0.0.1 → 10.0.0.2 TCP 40 8080 → 50000 [FIN, ACK] Seq=134 Ack=159 Win=502 Len=0',
      ),
    );
    expect(report.connections[0]).toMatchObject({ verdict: 'unknown', anomalies: [] });
  });

  it('names handshake-close where it shows nothing between the 101 and the FIN', async () => {
    const report = await reportOf(
      list(
        ...OPENING,
        '0.001657 10.0.0.1 → 10.0.0.2 TCP 40 8080 → 50000 [FIN, ACK] Seq=130 Ack=159 Win=502 Len=0',
      ),
    );
    expect(report.connections[0]).toMatchObject({
      verdict: 'handshake-close',
      close: { afterUpgradeMs: 0.657 },
      anomalies: [{ rule: 'handshake-close' }],
    });
  });
});

describe('Wireshark hex without times', () => {
  const dump = (hex: string) =>
    (hex.replaceAll(/\s/g, '').match(/.{1,32}/g) ?? [])
      .map(
        (line, index) =>
          `${(index * 16).toString(16).padStart(4, '0')}  ${line.replaceAll(/..(?=.)/g, '$& ').padEnd(47)}   ${'.'.repeat(line.length / 2)}\n`,
      )
      .join('') + '\n';
  const packet = (
    isServer: boolean,
    flags: string,
    sequence: number,
    acknowledgement: number,
    payload = '',
  ) => {
    const total = (40 + payload.length).toString(16).padStart(4, '0');
    const [from, to] = isServer ? ['0a000001', '0a000002'] : ['0a000002', '0a000001'];
    const ports = isServer ? '1f90c350' : 'c3501f90';
    const number = (value: number) => value.toString(16).padStart(8, '0');
    return dump(
      `4500${total}0000400040060000${from}${to}${ports}${number(sequence)}${number(acknowledgement)}50${flags}01f600000000${Buffer.from(payload, 'latin1').toString('hex')}`,
    );
  };
  const REQUEST =
    'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  const ANSWER =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

  it('is judged without times, and bytes that a dissector made are no packet', async () => {
    const text =
      packet(false, '02', 1000, 0) +
      packet(true, '12', 9000, 1001) +
      packet(false, '18', 1001, 9001, REQUEST) +
      packet(true, '18', 9001, 1001 + REQUEST.length, ANSWER) +
      `Frame (51 bytes):\n${packet(false, '18', 1001 + REQUEST.length, 9001 + ANSWER.length, '\x81\x85\x37\xfa\x21\x3d\x5f\x9f\x4d\x51\x58').trimEnd()}\nUnmasked data (5 bytes):\n${dump('68656c6c6f')}` +
      packet(true, '11', 9001 + ANSWER.length, 1012 + REQUEST.length);
    const report = await reportOf(text);
    expect(report.captures[0]).toMatchObject({ format: 'hex-dump', packets: 6 });
    expect(report.captures[0]!.notes.map(({ code }) => code)).toEqual(['no-timestamp']);
    expect(report.connections[0]).toMatchObject({
      verdict: 'abnormal',
      upgrade: { status: 101, accept: 'valid', latencyMs: null },
      close: { firstBy: 'server', how: 'fin', packet: 6, afterUpgradeMs: null },
    });
    expect(report.connections[0]!.anomalies.map(({ rule }) => rule)).not.toContain('handshake-close');
  });
});
