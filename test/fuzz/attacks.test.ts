/** Captures made to hurt, each within bounds of time and memory that a quadratic or unbounded reader breaks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { wscap } from '../cli/run-wscap.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import * as attack from './attack-captures.ts';
import { CaptureWriter } from './capture-writer.ts';
import { measuredRun, type Measured } from './measured-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-attack-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(bytes: Uint8Array): Measured {
  const path = join(folder, 'attack');
  writeFileSync(path, bytes);
  const measured = measuredRun(path);
  if (process.env['WSCAP_SHOW_MEASURES'] !== undefined) {
    const { processorMs, peakMiB } = measured;
    console.log(`${expect.getState().currentTestName ?? ''}: ${processorMs.toFixed(0)} ms, ${peakMiB} MiB`);
  }
  return measured;
}

/** Times are those of a slow machine, several times what it takes; memory is what the bounds in src/ add up to. */
interface Bounds {
  readonly ms: number;
  readonly miB: number;
}

/** Other tests run at the same time; quadratic code takes a hundred times as long. */
const SLACK = 3;

type Attack = readonly [name: string, bytes: () => Uint8Array, bounds: Bounds];

const LONG_LINE = `GET /${'a'.repeat(30_000)} HTTP/1.1\r\n`;

const ATTACKS: readonly Attack[] = [
  [
    'a million one-byte segments out of order',
    () => attack.oneByteSegmentsOutOfOrder(1e6),
    { ms: 8000, miB: 250 },
  ],
  ['100,000 SYNs on one 4-tuple', () => attack.synsOnOneTuple(100_000), { ms: 3000, miB: 250 }],
  ['a header of 10 MB', () => attack.headOf(10e6), { ms: 1000, miB: 150 }],
  [
    'heads byte by byte, with a target of 30 KB',
    () => attack.headsByteByByte(8, LONG_LINE, 'Host: a'),
    { ms: 2500, miB: 200 },
  ],
  ['heads of 20,000 empty headers', () => attack.headsOfLines(300, 'a:\n'), { ms: 1500, miB: 200 }],
  ['heads of one header folded 20,000 times', () => attack.headsOfLines(300, ' a\n'), { ms: 1500, miB: 200 }],
  [
    'heads of a thousand folds of 60 bytes',
    () => attack.headsOfLines(300, ` ${'a'.repeat(60)}\n`),
    { ms: 1500, miB: 250 },
  ],
  ['a frame of 2^63 bytes', () => attack.hugeFrame(20_000), { ms: 1000, miB: 200 }],
  ['a million empty frames', () => attack.emptyFrames(1e6, 2), { ms: 1500, miB: 200 }],
  ['a million pings', () => attack.emptyFrames(1e6, 9), { ms: 6000, miB: 200 }],
  ['a million Closes', () => attack.emptyFrames(1e6, 8), { ms: 3000, miB: 200 }],
  ['frames byte by byte', () => attack.framesByteByByte(50_000), { ms: 2000, miB: 200 }],
  ['tunnels in tunnels', () => attack.nestedConnects(50_000), { ms: 1000, miB: 200 }],
  ['PROXY headers of 64 KiB', () => attack.proxyHeaders(50), { ms: 1500, miB: 200 }],
  ['a chunked body without end', () => attack.endlessChunks(20_000), { ms: 1500, miB: 200 }],
  ['pipelined upgrade requests', () => attack.pipelinedUpgrades(60_000), { ms: 2000, miB: 250 }],
  ['10,000 refused upgrades on one connection', () => attack.refusedUpgrades(10_000), { ms: 2500, miB: 250 }],
  ['100,000 duplicates', () => attack.duplicates(100_000), { ms: 1500, miB: 200 }],
  ['100,000 pcapng interfaces', () => attack.pcapngInterfaces(100_000), { ms: 1500, miB: 250 }],
  ['100,000 pcapng sections', () => attack.pcapngSections(100_000), { ms: 1500, miB: 200 }],
  ['a million empty pcapng options', () => attack.pcapngOptions(4), { ms: 1000, miB: 200 }],
  ['chains of VLAN tags and extension headers', () => attack.headerChains(300), { ms: 1000, miB: 200 }],
  [
    'a gzip bomb of 4 GB behind the last thing read',
    () => attack.gzipBombBehindDamage(4000),
    { ms: 1000, miB: 200 },
  ],
  ['200,000 empty gzip members', () => attack.emptyGzipMembers(200_000), { ms: 1500, miB: 200 }],
  ['a text line of 10 MB', () => attack.textLines(1, 'x'.repeat(10e6)), { ms: 1500, miB: 250 }],
  [
    'a text line of 10 MB of quote marks',
    () => attack.textLines(1, '> '.repeat(5e6)),
    { ms: 1500, miB: 250 },
  ],
  ['a million lines of text', () => attack.textLines(1e6, 'a > b'), { ms: 4000, miB: 250 }],
  ['50,000 packets as text', () => attack.textPackets(50_000), { ms: 4000, miB: 250 }],
  ['a deflate bomb of 1 GB', () => attack.deflateBomb(1024), { ms: 5000, miB: 300 }],
  ['a million fragments', () => attack.fragments(1e6), { ms: 3000, miB: 200 }],
  ['noise without end', () => attack.midStreamNoise(10, 10_000), { ms: 4000, miB: 250 }],
  ['extensions of quotes', () => attack.extensionsOf(100, '"\\'), { ms: 3000, miB: 300 }],
  ['100,000 distinct pings', () => attack.distinctPings(100_000, false), { ms: 3000, miB: 250 }],
];

/** Those that take long; run where WSCAP_FUZZ_ALL is set. */
const LARGE_ATTACKS: readonly Attack[] = [
  [
    'large segments across thousands of holes',
    () => attack.segmentsAcrossHoles(100_000),
    { ms: 5000, miB: 250 },
  ],
  ['100,000 half-open SYNs', () => attack.halfOpen(100_000), { ms: 6000, miB: 360 }],
  ['bytes held for an answer on 1,500 connections', () => attack.heldOnMany(1500), { ms: 4000, miB: 300 }],
  ['ten million empty frames', () => attack.emptyFrames(1e7, 2), { ms: 4000, miB: 250 }],
  ['a gzip bomb of 1 GB', () => attack.gzipBomb(1000), { ms: 15_000, miB: 250 }],
  ['100,000 resets out of nowhere', () => attack.resetsAfterResets(100_000), { ms: 5000, miB: 500 }],
  ['segments that claim 4 GiB', () => attack.claimedLengths(100_000), { ms: 8000, miB: 250 }],
  ['unfinished heads on 3,000 connections', () => attack.unfinishedHeads(3000), { ms: 5000, miB: 300 }],
  [
    'heads byte by byte, of short lines',
    () => attack.headsByteByByte(8, 'GET / HTTP/1.1\r\n', 'a:b\r\n'),
    { ms: 2500, miB: 200 },
  ],
  ['40 deflate bombs of 48 MiB', () => attack.deflateBombs(40), { ms: 5000, miB: 300 }],
  [
    '10,000 connections that send a compressed message',
    () => attack.compressingConnections(10_000),
    { ms: 5000, miB: 300 },
  ],
  ['a million compressed messages', () => attack.compressedMessages(1e6), { ms: 8000, miB: 250 }],
  ['a million final blocks', () => attack.finalBlocks(1e6), { ms: 8000, miB: 300 }],
  [
    'a million fragments of a compressed message',
    () => attack.compressedFragments(1e6),
    { ms: 3000, miB: 250 },
  ],
  ['a text of 100 MB', () => attack.longText(100e6), { ms: 4000, miB: 300 }],
  ['a million texts of one byte', () => attack.oneByteTexts(1e6), { ms: 3000, miB: 200 }],
  ['a text byte by byte', () => attack.oneByteSegmentsOfText(500_000), { ms: 4000, miB: 200 }],
  ['100,000 refused SYNs', () => attack.refusedSyns(100_000), { ms: 8000, miB: 700 }],
  ['50,000 reconnects', () => attack.reconnecting(50_000), { ms: 10_000, miB: 1200 }],
  [
    'noise in 10,000 connections from the middle on',
    () => attack.midStreamNoise(10_000, 4),
    { ms: 5000, miB: 400 },
  ],
  ['almost frames', () => attack.almostFrames(20_000, 400), { ms: 4000, miB: 250 }],
  ['almost frames in small pieces', () => attack.almostFramesInPieces(200_000), { ms: 4000, miB: 250 }],
  ['extensions of commas', () => attack.extensionsOf(100, ','), { ms: 3000, miB: 300 }],
  [
    'extensions of extensions',
    () => attack.extensionsOf(100, 'permessage-deflate;a=b,'),
    { ms: 5000, miB: 400 },
  ],
  ['100,000 distinct pings and pongs', () => attack.distinctPings(100_000, true), { ms: 4000, miB: 250 }],
  ['a text dump without end', () => attack.textDump(100_000), { ms: 2000, miB: 250 }],
];

const takesAll = process.env['WSCAP_FUZZ_ALL'] !== undefined;

test.each(takesAll ? [...ATTACKS, ...LARGE_ATTACKS] : ATTACKS)('%s', (_name, bytes, { ms, miB }) => {
  const { processorMs, peakMiB } = run(bytes());
  expect(processorMs).toBeLessThan(ms * SLACK);
  expect(peakMiB).toBeLessThan(miB);
});

test('a WebSocket behind pipelined garbage, damage or a huge claim is still reported', () => {
  expect(run(attack.hugeFrame(10)).verdicts).toEqual(['open']);
  expect(run(attack.oneByteSegmentsOutOfOrder(20_000)).verdicts).toEqual(['open']);
  expect(run(attack.claimedLengths(10)).verdicts).toEqual(['open']);
});

test('unpacking stops where reading stops, and that does not count as damage to the gzip data', () => {
  expect(run(attack.gzipBombBehindDamage(10)).notes).toEqual(['corrupt-record']);
});

test('half-open connections are counted, and those that are left out too', async () => {
  const path = join(folder, 'half-open');
  writeFileSync(path, attack.halfOpen(60_000));
  const { totals, connections, notes } = await analyze(path);
  expect(totals.tcpConnections).toBe(60_000);
  expect(connections).toEqual([]);
  expect(notes.map(({ code }) => code)).toEqual(['idle-too-long']);
});

describe('pcap records and headers whose length leads nowhere', () => {
  const LENGTHS = [0, 1, 15, 16, 39, 40, 41, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
  const whole = attack.hugeFrame(3);
  /** In the first record with payload, from its header on: captured and original length; of IP and TCP. */
  const at = (offset: number) => 24 + 3 * 56 + offset;
  const FIELDS = [
    ['captured length', at(8), 4, true],
    ['original length', at(12), 4, true],
    ['length of the IP header', at(16), 1, false],
    ['length of the IP packet', at(18), 2, false],
    ['length of the TCP header', at(48), 1, false],
    ['snapshot length', 16, 4, true],
  ] as const;

  test.each(FIELDS)('%s', async (_, offset, size, isLittleEndian) => {
    for (const length of LENGTHS) {
      const bytes = Buffer.from(whole);
      const value = size === 4 ? length : length & (256 ** size - 1);
      if (isLittleEndian) bytes.writeUIntLE(value, offset, size);
      else bytes.writeUIntBE(value, offset, size);
      const path = join(folder, 'length.pcap');
      writeFileSync(path, bytes);
      const { totals } = await analyze(path);
      // After a record of length 0, the bytes behind it are read as records of their own.
      expect(totals.packets).toBeLessThanOrEqual(500);
    }
  });
});

describe('pcapng blocks whose length leads nowhere', () => {
  test.each([0, 1, 8, 11, 12, 13, 16, 0x7ffffffc, 0x80000000, 0xfffffffc, 0xffffffff])(
    '%i',
    async (length) => {
      for (const type of [1, 2, 3, 5, 6, 0x0a0d0d0a, 0x80000001]) {
        const path = join(folder, 'block.pcapng');
        writeFileSync(path, attack.pcapngBlockOfLength(type, length));
        const { totals } = await analyze(path);
        expect(totals.packets).toBeLessThanOrEqual(2);
      }
    },
  );
});

describe('what a terminal would obey', () => {
  const evil =
    '\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil\x1b\\\x9b31m\r\b\x00\x7f\t\xe2\x80\xae\xe2\x80\x8b\u2502';
  // Latin-1 on the wire, so what is beyond it becomes UTF-8 bytes first.
  const wire = Buffer.from(evil.replace('\n', ''), 'utf8').toString('latin1');
  // A line with a bare CR in it is not a start line.
  const line = wire.replace('\r', '');
  const reason = '\u202e\u2028\x1b[31m│ ✔ clean │\ufeff\n\r';
  const closePayload = Buffer.concat([Uint8Array.of(0x03, 0xf3), Buffer.from(reason)]);

  const path = (): string => {
    const writer = new CaptureWriter()
      .open()
      .send(0, 'PA', upgradeRequest(`/${line}?|`, `Origin: ${wire}`, `Sec-WebSocket-Protocol: ${wire}`))
      .send(1, 'PA', switchingProtocols(`Server: ${wire}`, `Sec-WebSocket-Protocol: ${wire}`))
      .send(1, 'PA', Buffer.concat([Uint8Array.of(0x88, closePayload.length), closePayload]))
      .send(1, 'FA');
    const refused = { port: 40_000 };
    writer
      .open(refused)
      .send(0, 'PA', upgradeRequest(`/${line}`), refused)
      .send(1, 'PA', `HTTP/1.1 302 ${line}\r\nLocation: ${wire}\r\nContent-Length: 0\r\n\r\n`, refused);
    addHostileHandshakes(writer);
    const file = join(folder, 'evil.pcap');
    writeFileSync(file, writer.done());
    return file;
  };

  /**
   * Heads from which each rule quotes something, and connections that end at once, so that they are a loop.
   */
  function addHostileHandshakes(writer: CaptureWriter): void {
    const ours = (name: string) => `${name}: ${wire}`;
    const handshakes: readonly (readonly [request: string, response: string])[] = [
      [
        upgradeRequest(`/${line}`, ours('Sec-WebSocket-Extensions')),
        switchingProtocols(
          `Sec-WebSocket-Extensions: x${wire};${wire}=${wire}, permessage-deflate; ${wire}`,
          `Sec-WebSocket-Protocol: x${wire}`,
          ours('Content-Length'),
          ours('Transfer-Encoding'),
        ),
      ],
      [
        upgradeRequest(`/${line}`, ours('Sec-WebSocket-Protocol'), ours('Sec-WebSocket-Extensions')),
        switchingProtocols(),
      ],
      [
        lines(
          `GET /${line} HTTP/1.1`,
          ours('Host'),
          ours('Upgrade'),
          ours('Connection'),
          ours('Sec-WebSocket-Key'),
          ours('Sec-WebSocket-Version'),
        ),
        lines('HTTP/1.1 101 x', ours('Upgrade'), ours('Connection'), ours('Sec-WebSocket-Accept')),
      ],
    ];
    for (const [index, [request, response]] of [...handshakes, ...handshakes, ...handshakes].entries()) {
      const options = { port: 41_000 + index };
      const ender = index % 2 === 0 ? 0 : 1;
      writer
        .open(options)
        .send(0, 'PA', request, options)
        .send(1, 'PA', response, options)
        .send(ender, 'FA', '', options)
        .send(ender === 0 ? 1 : 0, 'FA', '', options);
    }
  }

  test('is quoted by rules on heads, on ends and over connections', async () => {
    const { connections, anomalies } = await analyze(path());
    const said = [...connections.flatMap((connection) => connection.anomalies), ...anomalies];
    expect(new Set(said.map(({ rule }) => rule))).toEqual(
      new Set([
        'upgrade-request-invalid',
        'upgrade-response-invalid',
        'upgrade-rejected',
        'accept-mismatch',
        'subprotocol-unanswered',
        'client-handshake-close',
        'handshake-close',
        'error-close-code',
        'reconnect-loop',
      ]),
    );
  });

  test.each([['table'], ['table', '--all'], ['table', '--ascii'], ['json']])(
    'is not in the output: %s %s',
    async (...format) => {
      const { stdout, code } = await wscap(['analyze', path(), '--format', ...format]);
      expect(code).toBe(0);
      expect(stdout).toContain('owned');

      expect(stdout).not.toMatch(
        /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/,
      );
    },
  );
});
