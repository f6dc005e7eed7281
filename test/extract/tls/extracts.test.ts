/** Extracts of TLS connections: decrypted, with their secrets, anonymized. Judges: wscap itself, and tshark. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import type { ExtractOptions } from '../../../src/extract.ts';
import type { ConnectionReport } from '../../../src/report/model.ts';
import { namedKeys } from '../../../src/tls/key-source.ts';
import { FIXTURES } from '../../helpers/captures.ts';
import { HAS_TSHARK, tsharkPackets } from '../../helpers/tshark.ts';
import { runExtract, upTo } from '../run-extract.ts';

const AREA = join(FIXTURES, 'wss');
const CAPTURES = readdirSync(AREA)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => name.slice(0, -'.pcap'.length));
const pathOf = (name: string) => join(AREA, `${name}.pcap`);
const keysOf = (name: string) => [namedKeys(name, [readFileSync(`${pathOf(name)}.keylog`)])];
/** A record that its receiver refuses, or that a new epoch hides: what follows it is not known. */
const HIDDEN = /bad-record-mac|renegotiation|aria|cut-to-100-bytes|mid-stream/;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-test-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function extracted(name: string, options: Partial<ExtractOptions>) {
  const keys = keysOf(name);
  const source = await analyze(pathOf(name), { keys });
  const { summary, bytes } = await runExtract([pathOf(name)], upTo(source.totals.tcpConnections), {
    anonymizeKey: null,
    keys,
    ...options,
  });
  const path = join(folder, `${name}.${options.format ?? 'pcapng'}`);
  writeFileSync(path, bytes);
  return { source, summary, path, bytes };
}

/** Segments that complete nothing inside are empty, and what is missing counts in other numbers. */
function withoutSegments({ clientToServer, serverToClient }: ConnectionReport['traffic']) {
  return [clientToServer, serverToClient].map(({ frames, messages, payloadBytes, gapBytes }) => ({
    frames,
    messages,
    payloadBytes,
    isWhole: gapBytes === 0,
  }));
}

type Close = NonNullable<ConnectionReport['close']>;

/** Where nobody sent a Close, a close_notify may have become a FIN. */
function endOf({ frameFirstBy, firstBy, how, packet }: Close): unknown[] {
  return frameFirstBy === null ? [] : [firstBy, how, packet];
}

/** What is known of the WebSockets themselves. */
function webSocketFacts(connections: readonly ConnectionReport[]) {
  return connections
    .filter(({ opening }) => opening !== null)
    .map(({ verdict, traffic, upgrade, close, openedAt, heartbeat, anomalies }) => ({
      verdict,
      traffic: withoutSegments(traffic),
      heartbeat,
      openedAt,
      upgrade: upgrade && [upgrade.target, upgrade.status, upgrade.accept, upgrade.latencyMs],
      close: close && [close.clientCode, close.serverCode, ...endOf(close)],
      // A close_notify shows a finding in the source, and is not in the extract.
      anomalies: anomalies.map(({ rule, severity, packets }) => [rule, severity, packets[0]]),
    }));
}

describe('a decrypted extract', () => {
  const whole = CAPTURES.filter((name) => !HIDDEN.test(name));

  it('is tried with many cipher suites and programs', () => {
    expect(whole.length).toBeGreaterThan(30);
  });

  it.each(whole)('of %s has the WebSockets of the source, packet by packet, without keys', async (name) => {
    const { source, summary, path } = await extracted(name, { decrypted: true });
    expect(summary.differences).toEqual([]);
    expect(summary.verdictChanges).toEqual([]);
    const report = await analyze(path, { keys: null });
    const chosen = source.connections.filter(({ id }) => summary.connections.includes(id));
    // Numbers stay where no connection was left out.
    const isWhole = summary.packets === source.totals.packets;
    const facts = webSocketFacts(report.connections);
    if (isWhole) expect(facts).toEqual(webSocketFacts(chosen));
    else
      expect(facts.map(({ traffic }) => traffic)).toEqual(
        webSocketFacts(chosen).map(({ traffic }) => traffic),
      );
    // tshark doesn't follow a WebSocket in plain text inside CONNECT.
    if (!HAS_TSHARK || !isWhole || name === 'inside-connect') return;
    const frames = async (file: string) =>
      (await tsharkPackets(file))
        .filter(({ opcodes }) => opcodes.length > 0)
        .map(({ number, opcodes, lengths, closeCodes }) => ({ number, opcodes, lengths, closeCodes }));
    expect(await frames(path)).toEqual(await frames(pathOf(name)));
  });

  it('holds no TLS, and says in its comment what it is', async () => {
    const { bytes } = await extracted('node-tls13', { decrypted: true });
    expect(bytes.includes('Decrypted: TLS was taken off')).toBe(true);
    expect(bytes.includes(Buffer.of(0x17, 3, 3))).toBe(false);
  });

  it('can be anonymized as well', async () => {
    const { summary, path, bytes } = await extracted('node-tls13', {
      decrypted: true,
      anonymizeKey: new TextEncoder().encode('key'),
    });
    expect(summary.differences).toEqual([]);
    expect(summary.verdictChanges).toEqual([]);
    const [connection] = (await analyze(path, { keys: null })).connections;
    expect(connection?.verdict).toBe('clean');
    expect(bytes.includes('hello')).toBe(false);
    expect(bytes.includes('Decrypted: TLS was taken off')).toBe(true);
    expect(bytes.includes('Anonymized:')).toBe(true);
  });

  it.each(CAPTURES.filter((name) => HIDDEN.test(name) && !/aria|cut-to|mid-stream/.test(name)))(
    'of %s accuses nobody for what is hidden',
    async (name) => {
      const { summary } = await extracted(name, { decrypted: true });
      expect(summary.differences.filter(({ kind }) => kind === 'new')).toEqual([]);
      expect(summary.tls.withUnknownGap).toHaveLength(1);
    },
  );

  it('is not possible where nothing can be decrypted', async () => {
    await expect(
      runExtract([pathOf('node-tls13')], [0], { anonymizeKey: null, decrypted: true }),
    ).rejects.toThrow('nothing can be decrypted');
  });
});

function expectNoSecrets(name: string, bytes: Buffer): void {
  const lines = readFileSync(`${pathOf(name)}.keylog`, 'latin1').split('\n');
  const secrets = lines.flatMap((line) => /^\S+ \S+ (\S+)\s*$/.exec(line)?.[1] ?? []);
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) {
    expect(bytes.includes(secret)).toBe(false);
    expect(bytes.includes(Buffer.from(secret, 'hex'))).toBe(false);
  }
}

describe('secrets', () => {
  it.each(['node-tls13', 'tls12-cbc-sha1', 'resumption-tls13', 'nginx-terminator'])(
    'of %s are in no extract that was not asked for them',
    async (name) => {
      const { bytes } = await extracted(name, {});
      expectNoSecrets(name, bytes);
    },
  );

  it.each(['node-tls13', 'tls12-cbc-sha1', 'resumption-tls13'])(
    'of %s that were asked for make the pcapng readable by itself, also for tshark',
    async (name) => {
      const { source, path, summary } = await extracted(name, { takeSecrets: () => undefined });
      expect(summary.tls.withSecrets).toBeGreaterThan(0);
      const report = await analyze(path);
      expect(webSocketFacts(report.connections)).toEqual(webSocketFacts(source.connections));
      if (!HAS_TSHARK) return;
      const opcodes = async (file: string) => (await tsharkPackets(file)).flatMap((packet) => packet.opcodes);
      expect(await opcodes(path)).toEqual(await opcodes(pathOf(name)));
    },
  );

  it('are those of the chosen connections alone', async () => {
    let lines = '';
    await runExtract([pathOf('resumption-tls13')], [1], {
      anonymizeKey: null,
      keys: keysOf('resumption-tls13'),
      format: 'pcap',
      takeSecrets: (text) => (lines = text),
    });
    const randoms = new Set(
      lines
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    );
    expect(randoms.size).toBe(1);
    const all = readFileSync(`${pathOf('resumption-tls13')}.keylog`, 'latin1').toLowerCase();
    for (const line of lines.trim().split('\n')) expect(all).toContain(line.toLowerCase());
  });
});

describe('an anonymized extract', () => {
  it.each(CAPTURES)('of %s says what the source says without keys', async (name) => {
    const { summary, bytes } = await extracted(name, { anonymizeKey: new TextEncoder().encode('key') });
    expect(summary.differences).toEqual([]);
    expect(summary.verdictChanges).toEqual([]);
    expectNoSecrets(name, bytes);
    for (const word of ['example.org', 'localhost.test', 'wscap test', 'hello'])
      expect(bytes.includes(word)).toBe(false);
  });
});
