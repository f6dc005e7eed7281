/**
 * Fixtures in another shape, and what that changes in what is said of them where it must not. Packets captured twice, or
 * two in the wrong order, and a file cut in two change nothing; a packet that is missing or cut short, a capture that
 * begins late, ends early or shows one direction may change it one way only: nobody is accused of what the whole
 * capture doesn't accuse them of.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../src/analyze.ts';
import type { ConnectionReport, Report } from '../../src/report/model.ts';
import { capturesUnder, FIXTURES, shortName } from '../helpers/captures.ts';
import { Random } from './random.ts';
import { splitPcap, type SplitPcap } from './split-pcap.ts';

export interface Specimen {
  readonly path: string;
  readonly name: string;
  readonly split: SplitPcap;
}

/** Fixtures of at most so many packets, in order. */
export function specimensUpTo(packets: number): Specimen[] {
  return (
    capturesUnder(FIXTURES)
      .filter((path) => path.endsWith('.pcap'))
      // One conversation in many wrappings.
      .filter((path) => !/^(?:link-types|formats)/.test(shortName(path)))
      .map((path) => ({ path, name: shortName(path), split: splitPcap(readFileSync(path)) }))
      .filter(({ split }) => split.records.length <= packets)
  );
}

/** A way to reshape a capture: yields a sentence for everything that changed and must not have. */
export type Reshaping = (specimen: Specimen, analyzer: RecordAnalyzer) => AsyncGenerator<string>;

/** What can't hold, by how the sentence begins, and why. */
const EXCUSED: readonly { readonly why: string; readonly problems: readonly string[] }[] = [
  {
    why: 'without SYN, the first packet alone says where the stream begins: what is captured after it and lies before it is old',
    problems: [
      'founding/swoole-101-then-fin.pcap, packet 1 behind',
      'tcp/mid-stream-both-ways.pcap, packet 1 behind',
      'tcp/mid-stream-frames-only.pcap, packet 1 behind',
      'tcp/mid-stream-no-request.pcap, packet 1 behind',
      'tcp/mid-stream-no-syn.pcap, packet 1 behind',
    ],
  },
  {
    why: 'a FIN and its retransmission, 200 ms apart, can not be told from each other in another order',
    problems: ['handshake-close/fin-retransmitted.pcap, packet 8 behind'],
  },
  {
    why: 'up to there it is true: what was sent again three times had no answer, and the end of the outage comes later',
    problems: [14, 15, 16].map((packet) => `half-open/outage-of-3s.pcap, up to packet ${packet}:`),
  },
  {
    why: 'up to there it is true: the first attempt was refused, and the second has no answer yet',
    problems: [6, 7].map((packet) => `rejected/401-then-101.pcap, up to packet ${packet}:`),
  },
  {
    why: 'both Closes before a 101 that comes seven packets late, and in the wrong order: their acknowledgements are gone by then',
    problems: [22, 36].map((seed) => `handshake-close/short-clean-session.pcap, shuffled, seed ${seed}:`),
  },
  {
    why: 'the translation did send that RST, and behind it the connection was silent: the whole capture tells both as one story, flow-forgotten',
    problems: ['silent-after-upgrade', 'reset-from-between'].flatMap((rule) =>
      ['warning', 'error'].flatMap((severity) =>
        Array.from(
          { length: 16 },
          (_, packet) => `flow-forgotten/nat-at-router.pcap, without packet ${packet}: ${severity} ${rule} `,
        ),
      ),
    ),
  },
  {
    why: 'without the FIN of the client nothing shows that it had left: then its 101 was slow',
    problems: Array.from(
      { length: 16 },
      (_, packet) => `unanswered/late-101.pcap, without packets 6 and ${packet}: warning slow-upgrade `,
    ).concat(
      Array.from(
        { length: 6 },
        (_, packet) => `unanswered/late-101.pcap, without packets ${packet} and 6: warning slow-upgrade `,
      ),
    ),
  },
  {
    why: 'it was refused, and no answer by the other address family is captured',
    problems: [
      'connection-refused/near-miss-other-address-family.pcap, only direction 0: error connection-refused ',
      'connection-refused/near-miss-other-address-family.pcap, only direction 0: warning connection-refused ',
    ],
  },
];

/** The same, for whole kinds of them. */
const EXCUSED_KINDS: readonly { readonly why: string; readonly problem: RegExp }[] = [
  {
    why: 'all of a connection is missing after a request that was acknowledged, or after its 101: nothing tells that from silence',
    problem: /, without packets \d+ to \d+: (?:error|warning) (?:upgrade-unanswered|silent-after-upgrade) /,
  },
  {
    why: 'two networks with the same addresses and ports at once are told apart by SYNs and sequence numbers: without these, not',
    problem: /^tunnels\/vxlan-two-networks\.pcap, (?:one in \d+ missing|shuffled)/,
  },
];

function isExcused(problem: string): boolean {
  return (
    EXCUSED.some(({ problems }) => problems.some((start) => problem.startsWith(start))) ||
    EXCUSED_KINDS.some((kind) => kind.problem.test(problem))
  );
}

export async function problemsOf(
  reshaping: Reshaping,
  specimens: readonly Specimen[],
  analyzer: RecordAnalyzer,
): Promise<string[]> {
  const problems: string[] = [];
  for (const specimen of specimens) {
    for await (const change of reshaping(specimen, analyzer)) {
      const problem = `${specimen.name}, ${change}`;
      if (!isExcused(problem)) problems.push(problem);
    }
  }
  return problems;
}

export class RecordAnalyzer {
  readonly #folder: string;
  runs = 0;

  /** @param folder where the reshaped captures are put */
  constructor(folder: string) {
    this.#folder = folder;
  }

  analyze(head: Buffer, ...files: readonly (readonly Buffer[])[]): Promise<Report> {
    this.runs++;
    const paths = files.map((records, index) => {
      const path = join(this.#folder, `${index}.pcap`);
      writeFileSync(path, Buffer.concat([head, ...records]));
      return path;
    });
    return analyze(paths);
  }
}

/** What is said of a capture, except for packet numbers, times and what TCP went through. */
export function factsOf({ connections, anomalies: ofCapture }: Report): string[] {
  return [
    ...connections.map(({ client, server, verdict, upgrade, traffic, close, anomalies }) =>
      JSON.stringify({
        ends: [client, server],
        verdict,
        upgrade: upgrade && [upgrade.target, upgrade.status, upgrade.accept, upgrade.requestHeaders],
        frames: [traffic.clientToServer.frames, traffic.serverToClient.frames],
        close: close && { ...close, packet: null, afterUpgradeMs: null },
        anomalies: anomalies.map(({ rule, severity }) => [rule, severity]),
      }),
    ),
    ...ofCapture.map(({ rule, severity, connections: ids }) => JSON.stringify({ rule, severity, ids })),
  ];
}

export function firstDifference(before: readonly string[], after: readonly string[]): string | null {
  const count = Math.max(before.length, after.length);
  for (let i = 0; i < count; i++) {
    if (before[i] !== after[i]) return `${after[i] ?? 'nothing'} instead of ${before[i] ?? 'nothing'}`;
  }
  return null;
}

/**
 * Whom the errors and warnings accuse of what. Ending a connection without a Close is one thing, whatever the time:
 * where a packet is missing, a handshake-close may be told as an abnormal-closure. What is an error also counts as a
 * warning, for less may be certain.
 */
function accusations({ connections, anomalies }: Report): string[] {
  const ends = new Map(connections.map(({ id, client, server }) => [id, `${client.port}-${server.port}`]));
  const said = [
    ...connections.flatMap((connection: ConnectionReport) =>
      connection.anomalies.map(({ rule, severity, evidence }) => ({
        what: nameOf(rule, evidence['by']),
        severity,
        who: [connection.id],
      })),
    ),
    ...anomalies.map(({ rule, severity, connections: who }) => ({ what: rule, severity, who })),
  ];
  return said.flatMap(({ what, severity, who }) =>
    (severity === 'error' ? ['error', 'warning'] : severity === 'warning' ? ['warning'] : []).flatMap(
      (level) => who.map((id) => `${level} ${what} (${ends.get(id) ?? ''})`),
    ),
  );
}

function nameOf(rule: string, by: unknown): string {
  if (rule === 'abnormal-closure') return `${String(by)} ended it`;
  return rule === 'handshake-close' ? 'server ended it' : rule;
}

async function* newAccusations(
  shape: string,
  records: readonly Buffer[],
  { split: { head } }: Specimen,
  known: ReadonlySet<string>,
  analyzer: RecordAnalyzer,
): AsyncGenerator<string> {
  for (const accusation of new Set(accusations(await analyzer.analyze(head, records)))) {
    if (!known.has(accusation)) yield `${shape}: ${accusation}`;
  }
}

async function knownOf({ split }: Specimen, analyzer: RecordAnalyzer): Promise<Set<string>> {
  return new Set(accusations(await analyzer.analyze(split.head, split.records)));
}

export const withoutOne: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  for (let i = 0; i < records.length; i++) {
    const rest = records.toSpliced(i, 1);
    yield* newAccusations(`without packet ${i + 1}`, rest, specimen, known, analyzer);
  }
};

export const withoutTwo: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  for (let i = 0; i < records.length; i++) {
    for (let j = i + 1; j < records.length; j++) {
      const rest = records.toSpliced(j, 1).toSpliced(i, 1);
      yield* newAccusations(`without packets ${i + 1} and ${j + 1}`, rest, specimen, known, analyzer);
    }
  }
};

/** Packets that follow each other, as where capture could not keep up. */
export const withoutBurst: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  for (const length of [2, 3, 4, 6, 9, 14]) {
    for (let i = 0; i + length < records.length; i++) {
      const rest = records.toSpliced(i, length);
      yield* newAccusations(`without packets ${i + 1} to ${i + length}`, rest, specimen, known, analyzer);
    }
  }
};

/** Each packet missing by chance, one in two to one in twenty. */
export const lossy: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  for (let seed = 1; seed <= LOSSY_SEEDS; seed++) {
    const random = new Random(seed);
    const oneIn = 2 + random.below(19);
    const rest = records.filter(() => random.below(oneIn) > 0);
    yield* newAccusations(`one in ${oneIn} missing, seed ${seed}`, rest, specimen, known, analyzer);
  }
};

/** Packets that overtook others of the same moment, and in every second try one in ten missing. */
export const shuffled: Reshaping = async function* (specimen, analyzer) {
  const { head, records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  for (let seed = 1; seed <= SHUFFLED_SEEDS; seed++) {
    const random = new Random(seed);
    const order = records.filter(() => seed % 2 === 0 || random.below(10) > 0);
    for (let times = 0; times < 3; times++) {
      for (let i = 0; i + 1 < order.length; i++) {
        const [a, b] = [order[i]!, order[i + 1]!];
        if (Math.abs(millisecondsOf(b, head) - millisecondsOf(a, head)) > SAME_MOMENT_MS) continue;
        if (random.below(3) === 0) order.splice(i, 2, b, a);
      }
    }
    yield* newAccusations(`shuffled, seed ${seed}`, order, specimen, known, analyzer);
  }
};

/** A capture that begins late. */
export const withoutStart: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  for (let i = 1; i < records.length; i++) {
    yield* newAccusations(`from packet ${i + 1} on`, records.slice(i), specimen, known, analyzer);
  }
};

/** A capture that ends early. */
export const withoutEnd: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  for (let i = 1; i < records.length; i++) {
    yield* newAccusations(`up to packet ${i}`, records.slice(0, i), specimen, known, analyzer);
  }
};

const LOSSY_SEEDS = 40;
const SHUFFLED_SEEDS = 40;
const SAME_MOMENT_MS = 20;
const SNAPSHOT_LENGTHS = [54, 60, 68, 80, 96, 128, 160, 192, 256, 384, 512];

/** All packets cut short, as by `tcpdump -s`; then one at a time. */
export const cutShort: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  const isLittleEndian = isLittleEndianPcap(specimen.split.head);
  const cut = (record: Buffer, length: number): Buffer => {
    if (record.length <= 16 + length) return record;
    const shorter = Buffer.from(record.subarray(0, 16 + length));
    if (isLittleEndian) shorter.writeUInt32LE(length, 8);
    else shorter.writeUInt32BE(length, 8);
    return shorter;
  };
  for (const length of SNAPSHOT_LENGTHS) {
    const shorter = records.map((record) => cut(record, length));
    yield* newAccusations(`cut to ${length} bytes`, shorter, specimen, known, analyzer);
  }
  for (let i = 0; i < records.length; i++) {
    const length = Math.max(54, records[i]!.length - 16 - 3 - (i % 60));
    const some = records.with(i, cut(records[i]!, length));
    if (some[i] === records[i]) continue;
    yield* newAccusations(`packet ${i + 1} cut to ${length} bytes`, some, specimen, known, analyzer);
  }
};

/** Of each 4-tuple, the packets in one direction; the direction of the first packet, then the other. */
export const oneWay: Reshaping = async function* (specimen, analyzer) {
  const { records } = specimen.split;
  const known = await knownOf(specimen, analyzer);
  const senders = records.map((record) => record.subarray(16, 16 + 54));
  for (const side of [0, 1]) {
    const first = new Map<string, string>();
    const rest = records.filter((_, index) => {
      const packet = senders[index]!;
      const [source, destination] = endsOf(packet);
      const key = [source, destination].toSorted().join();
      if (!first.has(key)) first.set(key, source);
      return (first.get(key) === source) === (side === 0);
    });
    if (rest.length === 0 || rest.length === records.length) continue;
    yield* newAccusations(`only direction ${side}`, rest, specimen, known, analyzer);
  }
};

/** Address and port of sender and receiver of a packet of IPv4 in Ethernet, as hexadecimal digits. */
function endsOf(packet: Buffer): [source: string, destination: string] {
  const hex = (start: number, length: number) => packet.subarray(start, start + length).toString('hex');
  return [hex(26, 4) + hex(34, 2), hex(30, 4) + hex(36, 2)];
}

export const capturedTwice: Reshaping = async function* (specimen, analyzer) {
  const { head, records } = specimen.split;
  const facts = factsOf(await analyzer.analyze(head, records));
  const all = records.flatMap((record) => [record, record]);
  const difference = firstDifference(facts, factsOf(await analyzer.analyze(head, all)));
  if (difference !== null) yield `every packet twice: ${difference}`;
  for (let i = 0; i < records.length; i += 3) {
    const more = [...records.slice(0, i + 1), ...records.slice(i)];
    const change = firstDifference(facts, factsOf(await analyzer.analyze(head, more)));
    if (change !== null) yield `packet ${i + 1} twice: ${change}`;
  }
};

export const swapped: Reshaping = async function* (specimen, analyzer) {
  const { head, records } = specimen.split;
  const facts = factsOf(await analyzer.analyze(head, records));
  for (let i = 0; i + 1 < records.length; i++) {
    const some = records.with(i, records[i + 1]!).with(i + 1, records[i]!);
    const change = firstDifference(facts, factsOf(await analyzer.analyze(head, some)));
    if (change !== null) yield `packet ${i + 1} behind the next: ${change}`;
  }
};

export const cutInTwo: Reshaping = async function* (specimen, analyzer) {
  const { head, records } = specimen.split;
  const { connections } = await analyzer.analyze(head, records);
  const whole = JSON.stringify(connections);
  for (let i = 1; i < records.length; i += 3) {
    const parts = await analyzer.analyze(head, records.slice(0, i), records.slice(i));
    if (JSON.stringify(parts.connections) !== whole) yield `in two after packet ${i}: something else`;
  }
};

function isLittleEndianPcap(head: Buffer): boolean {
  return head[0] === 0xd4 || head[0] === 0x4d;
}

function millisecondsOf(record: Buffer, head: Buffer): number {
  const at = (offset: number) =>
    isLittleEndianPcap(head) ? record.readUInt32LE(offset) : record.readUInt32BE(offset);
  const isNano = head.includes(0x4d) && head.includes(0x3c);
  return at(0) * 1000 + at(4) / (isNano ? 1e6 : 1e3);
}

/**
 * Each with what the quick run takes of the fixtures: up to so many packets, and of these one in so many. The long run
 * takes all, or those of at most `most` packets.
 */
export const RESHAPINGS: readonly {
  readonly name: string;
  readonly reshaping: Reshaping;
  readonly packets: number;
  readonly oneIn: number;
  readonly most?: number;
}[] = [
  { name: 'a packet that is missing', reshaping: withoutOne, packets: 20, oneIn: 12 },
  { name: 'two packets that are missing', reshaping: withoutTwo, packets: 12, oneIn: 12, most: 20 },
  { name: 'packets in a row that are missing', reshaping: withoutBurst, packets: 20, oneIn: 32 },
  { name: 'packets missing by chance', reshaping: lossy, packets: 30, oneIn: 24 },
  { name: 'a capture that begins late', reshaping: withoutStart, packets: 20, oneIn: 16 },
  { name: 'a capture that ends early', reshaping: withoutEnd, packets: 20, oneIn: 16 },
  { name: 'packets that are cut short', reshaping: cutShort, packets: 20, oneIn: 24 },
  { name: 'one direction alone', reshaping: oneWay, packets: 60, oneIn: 6 },
  { name: 'packets in another order', reshaping: shuffled, packets: 30, oneIn: 32 },
  { name: 'two neighbours in the wrong order', reshaping: swapped, packets: 20, oneIn: 16 },
  { name: 'packets captured twice', reshaping: capturedTwice, packets: 20, oneIn: 10 },
  { name: 'a file cut in two', reshaping: cutInTwo, packets: 20, oneIn: 10 },
];
