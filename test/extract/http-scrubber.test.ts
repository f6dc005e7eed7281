/** What comes before a WebSocket, or in its place: none of it is left, and an analysis finds the same. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { CaptureWriter } from '../fuzz/capture-writer.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { text } from '../helpers/packet-bytes.ts';
import { factsOf, runExtract } from './run-extract.ts';

type Sent = readonly [from: 0 | 1, payload: string | Uint8Array];

const SECRET = 'BIG-ZEBRAS-4711';
const FRAMES: readonly Sent[] = [
  [1, concat([hex('810f'), text(SECRET)])],
  [0, hex('88 82 01 02 03 04 02 ea')],
  [1, hex('88 02 03 e8')],
];
const UPGRADE: readonly Sent[] = [
  [0, upgradeRequest('/ws')],
  [1, switchingProtocols()],
];
const REFUSAL =
  lines(
    'HTTP/1.1 401 Unauthorized',
    'WWW-Authenticate: Basic realm="BIG-ZEBRAS-4711"',
    'Content-Length: 15',
  ) + SECRET;
const PLAIN = lines('GET /BIG-ZEBRAS-4711 HTTP/1.1', 'Host: BIG-ZEBRAS-4711.example');

/** A PROXY header, version 2, over IPv4: 10.1.2.3:50000 to 10.4.5.6:80, with the name of the server. */
const PROXY2 = concat([
  hex('0d0a0d0a000d0a515549540a 21 11 001e 0a010203 0a040506 c350 0050 02 000f'),
  text(SECRET),
]);

const CASES: readonly (readonly [name: string, sent: readonly Sent[]])[] = [
  [
    'a body of known length',
    [[0, PLAIN], [1, lines('HTTP/1.1 200 OK', 'Content-Length: 15') + SECRET], ...UPGRADE, ...FRAMES],
  ],
  [
    'a chunked body, its extensions and its trailers',
    [
      [0, PLAIN],
      [
        1,
        `${lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}f;${SECRET}=1\r\n${SECRET}\r\n0\r\nX-Sum: ${SECRET}\r\n\r\n`,
      ],
      ...UPGRADE,
      ...FRAMES,
    ],
  ],
  [
    'a body up to the end',
    [
      [0, upgradeRequest('/ws')],
      [1, lines('HTTP/1.1 200 OK') + SECRET],
    ],
  ],
  [
    'an upgrade with a body',
    [
      [
        0,
        lines('POST /ws HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 15') +
          SECRET,
      ],
      [1, REFUSAL],
    ],
  ],
  ['a second try after a refusal', [[0, upgradeRequest(`/${SECRET}`)], [1, REFUSAL], ...UPGRADE, ...FRAMES]],
  [
    'a tunnel',
    [
      [0, lines(`CONNECT ${SECRET}.example:443 HTTP/1.1`)],
      [1, lines('HTTP/1.1 200 Connection established')],
      ...UPGRADE,
      ...FRAMES,
    ],
  ],
  [
    'an upgrade to something else',
    [
      [0, lines('GET / HTTP/1.1', 'Upgrade: h2c', 'Connection: Upgrade')],
      [1, lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c', 'Connection: Upgrade')],
      [1, SECRET],
      [0, SECRET],
    ],
  ],
  [
    'a PROXY header in text',
    [
      [0, `PROXY TCP4 10.11.12.13 10.14.15.16 51234 80\r\n${upgradeRequest('/ws')}`],
      [1, switchingProtocols()],
      ...FRAMES,
    ],
  ],
  [
    'a PROXY header that says nothing',
    [[0, `PROXY UNKNOWN ${SECRET}\r\n${upgradeRequest('/ws')}`], [1, switchingProtocols()], ...FRAMES],
  ],
  [
    'a PROXY header in binary',
    [[0, concat([PROXY2, text(upgradeRequest('/ws'))])], [1, switchingProtocols()], ...FRAMES],
  ],
  [
    'frames before the 101',
    [
      [0, upgradeRequest('/ws')],
      [1, concat([hex('810f'), text(SECRET)])],
      [1, switchingProtocols()],
      ...FRAMES,
    ],
  ],
  [
    'frames behind a request without an answer',
    [
      [0, upgradeRequest('/ws')],
      [0, concat([hex('810f'), text(SECRET)])],
    ],
  ],
  [
    'no HTTP',
    [
      [0, `${SECRET}\r\n${SECRET}`],
      [1, SECRET],
    ],
  ],
  [
    'TLS',
    [
      [0, concat([hex('16 03 01 00 10 01 00 00 0c'), text(SECRET)])],
      [1, concat([hex('15 03 03 00 0f'), text(SECRET)])],
    ],
  ],
  [
    'HTTP/2',
    [
      [0, `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SECRET}`],
      [1, SECRET],
    ],
  ],
  [
    'a line without an end',
    [
      [0, `GET /${SECRET}`],
      [1, `HTTP/1.1 4`],
    ],
  ],
  ['a head without an end', [[0, `GET / HTTP/1.1\r\nHost: ${SECRET}\r\nCookie: ${SECRET}`]]],
  ['more than a head may hold', [[0, `GET / HTTP/1.1\r\n${`X-${SECRET}: ${SECRET}\r\n`.repeat(1500)}\r\n`]]],
  ['a 101 that is followed by no frames', [...UPGRADE, [1, `${SECRET} ${SECRET} ${SECRET}`], [0, SECRET]]],
];

describe('before a WebSocket, and in its place', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wscap-http-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(CASES)('%s', async (_name, sent) => {
    for (const size of [1400, 7]) {
      const writer = new CaptureWriter().open();
      for (const [from, payload] of sent) writer.sendIn(size, from, payload);
      const path = join(folder, `${size}.pcap`);
      writeFileSync(path, writer.send(1, 'FA').send(0, 'FA').send(1, 'A').done());
      const source = await analyze(path);
      const { summary, bytes } = await runExtract([path], [0]);
      expect(summary.differences).toEqual([]);
      expect(factsOf(summary.report)).toEqual(factsOf(source));
      expect(summary.report.totals).toEqual(source.totals);
      expect(summary.report.notes).toEqual(source.notes);
      for (const secret of [
        'ZEBRA',
        'zebra',
        '4711',
        '10.11.12.13',
        '51234',
        '\x0a\x01\x02\x03',
        '\x0a\x04\x05\x06',
      ]) {
        expect(bytes.includes(Buffer.from(secret, 'latin1')), JSON.stringify(secret)).toBe(false);
      }
    }
  });
});
