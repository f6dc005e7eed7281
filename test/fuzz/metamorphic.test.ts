/**
 * What must not change what is said of a capture: packets captured twice or in another order, a file cut in two,
 * another format. And what may change it only one way: a packet that is missing never becomes an accusation.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import type { ConnectionReport, Report } from '../../src/report/model.ts';
import { capturesUnder, FIXTURES, shortName } from '../helpers/captures.ts';
import { splitPcap, type SplitPcap } from './split-pcap.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-metamorphic-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Small enough to try every packet of. */
const MOST_PACKETS = 20;
/** Small enough to try every pair. */
const MOST_PACKETS_FOR_PAIRS = 9;

const captures = capturesUnder(FIXTURES)
  .filter((path) => path.endsWith('.pcap'))
  // One conversation in many wrappings.
  .filter((path) => !/^(?:link-types|formats)/.test(shortName(path)))
  .map((path) => ({ path, name: shortName(path), split: splitPcap(readFileSync(path)) }))
  .filter(({ split }) => split.records.length <= MOST_PACKETS);

async function analyzeRecords(head: Buffer, ...files: readonly (readonly Buffer[])[]): Promise<Report> {
  const paths = files.map((records, index) => {
    const path = join(folder, `${index}.pcap`);
    writeFileSync(path, Buffer.concat([head, ...records]));
    return path;
  });
  return analyze(paths);
}

/** What is said of a connection, but for packet numbers, times and what TCP went through. */
function factsOf({ connections }: Report): unknown {
  return connections.map(({ client, server, verdict, upgrade, traffic, close, anomalies }) => ({
    ends: [client, server],
    verdict,
    upgrade: upgrade && [upgrade.target, upgrade.status, upgrade.accept, upgrade.requestHeaders],
    frames: [traffic.clientToServer.frames, traffic.serverToClient.frames],
    close: close && { ...close, packet: null, afterUpgradeMs: null },
    anomalies: anomalies.map(({ rule, severity }) => [rule, severity]),
  }));
}

/**
 * Whom the errors accuse of what. Ending a connection without a Close is one thing, whatever the time: where a packet
 * is missing, a handshake-close may be told as an abnormal-closure.
 */
function accusations({ connections }: Report): string[] {
  return connections.flatMap(({ client, server, anomalies }: ConnectionReport) =>
    anomalies
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, evidence }) => {
        const ends = `${client.port}-${server.port}`;
        if (rule === 'abnormal-closure') return `${ends}: ${String(evidence['by'])} ended it`;
        return rule === 'handshake-close' ? `${ends}: server ended it` : `${ends}: ${rule}`;
      }),
  );
}

async function newAccusations(
  split: SplitPcap,
  dropped: readonly number[],
  known: Set<string>,
): Promise<string[]> {
  const { head, records } = split;
  const rest = records.filter((_, index) => !dropped.includes(index));
  const report = await analyzeRecords(head, rest);
  return accusations(report)
    .filter((accusation) => !known.has(accusation))
    .map((accusation) => `without packet ${dropped.map((index) => index + 1).join(' and ')}: ${accusation}`);
}

test('a packet that is missing never becomes an accusation', async () => {
  for (const { name, split } of captures) {
    const known = new Set(accusations(await analyzeRecords(split.head, split.records)));
    for (let i = 0; i < split.records.length; i++) {
      expect(await newAccusations(split, [i], known), name).toEqual([]);
    }
  }
});

test('nor do two that are missing', async () => {
  for (const { name, split } of captures) {
    if (split.records.length > MOST_PACKETS_FOR_PAIRS) continue;
    const known = new Set(accusations(await analyzeRecords(split.head, split.records)));
    for (let i = 0; i < split.records.length; i++) {
      for (let j = i + 1; j < split.records.length; j++) {
        expect(await newAccusations(split, [i, j], known), name).toEqual([]);
      }
    }
  }
});

test('packets that were captured twice change nothing', async () => {
  for (const { name, split } of captures) {
    const { head, records } = split;
    const facts = factsOf(await analyzeRecords(head, records));
    const doubled = await analyzeRecords(
      head,
      records.flatMap((record) => [record, record]),
    );
    expect(factsOf(doubled), name).toEqual(facts);
    for (let i = 0; i < records.length; i += 3) {
      const more = [...records.slice(0, i + 1), ...records.slice(i)];
      expect(factsOf(await analyzeRecords(head, more)), `${name}, packet ${i + 1}`).toEqual(facts);
    }
  }
});

/** Where the order of two packets is a fact: the first data of a capture without SYN, a FIN before its repetition. */
const ORDER_MATTERS = new Set([
  'founding/swoole-101-then-fin.pcap 1',
  'tcp/mid-stream-no-request.pcap 1',
  'tcp/mid-stream-no-syn.pcap 1',
  'handshake-close/fin-retransmitted.pcap 8',
]);

test('two neighbours that capture put in the wrong order change nothing', async () => {
  for (const { name, split } of captures) {
    const { head, records } = split;
    const facts = factsOf(await analyzeRecords(head, records));
    for (let i = 0; i + 1 < records.length; i++) {
      if (ORDER_MATTERS.has(`${name} ${i + 1}`)) continue;
      const swapped = records.with(i, records[i + 1]!).with(i + 1, records[i]!);
      expect(factsOf(await analyzeRecords(head, swapped)), `${name}, packet ${i + 1}`).toEqual(facts);
    }
  }
});

test('a file cut in two between any packets says the same', async () => {
  for (const { name, split } of captures) {
    const { head, records } = split;
    const { connections } = await analyzeRecords(head, records);
    for (let i = 1; i < records.length; i += 3) {
      const parts = await analyzeRecords(head, records.slice(0, i), records.slice(i));
      expect(JSON.stringify(parts.connections), `${name}, after ${i}`).toBe(JSON.stringify(connections));
    }
  }
});

const hasEditcap = spawnSync('editcap', ['--version']).status === 0;

test.skipIf(!hasEditcap)('the same packets as pcapng say the same', async () => {
  for (const { name, path } of captures.filter((_, index) => index % 8 === 0)) {
    const converted = join(folder, 'converted.pcapng');
    const { status } = spawnSync('editcap', ['-F', 'pcapng', path, converted]);
    // A file that is cut short is an error to editcap.
    if (status !== 0) continue;
    const [ours, theirs] = [await analyze(path), await analyze(converted)];
    expect(JSON.stringify(theirs.connections), name).toBe(JSON.stringify(ours.connections));
    expect(theirs.totals, name).toEqual(ours.totals);
  }
});
