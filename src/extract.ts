/**
 * Copies the packets of chosen connections into a capture of their own, rewritten where the caller asks for
 * that. The Analyzer opens the connections; this file parses nothing itself. It reads the capture two or
 * three times, and keeps none of it:
 *
 *     analyze    what there is to choose from, and what it says
 *     learn      (anonymize, decrypted) streams in order -> rewritten streams, in a spool
 *     copy       packets -> an intermediate file, payloads from the spool by stream offset
 *     analyze    the intermediate file: does it say the same? its numbers go into the comments
 *     finish     intermediate file -> output, with comments
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { analyze, type AnalyzeOptions } from './analyze.ts';
import { Analyzer } from './analysis/analyzer.ts';
import { CaptureKeys } from './analysis/capture-keys.ts';
import { readCaptures } from './analysis/read-captures.ts';
import type { CaptureInput } from './capture/capture-bytes.ts';
import { CaptureScope } from './connection/capture-scope.ts';
import { OnlyCounted } from './connection/only-counted.ts';
import { readCapture } from './capture/source.ts';
import { BufferedFile } from './extract/buffered-file.ts';
import { chooseConnections, SelectionError, type Selection } from './extract/choose.ts';
import { packetComments, sectionComment } from './extract/comments.ts';
import {
  compareFindings,
  compareVerdicts,
  type Difference,
  type Renumbering,
  type VerdictChange,
} from './extract/compare-findings.ts';
import type { ScrubbingTools } from './extract/byte-stream-scrubber.ts';
import { ConnectionScrubber } from './extract/connection-scrubber.ts';
import { PacketRewriter, payloadSequence } from './extract/packet-rewriter.ts';
import { PacketSelector, type SelectedPacket, type SelectionHandler } from './extract/packet-selector.ts';
import { FormatError, type ByteSink, type PacketWriter } from './extract/packet-writer.ts';
import { PcapWriter } from './extract/pcap-writer.ts';
import { PcapngWriter } from './extract/pcapng-writer.ts';
import { PlainConnection } from './extract/plain/plain-connection.ts';
import { plainPackets } from './extract/plain/plain-packet.ts';
import { PortMap } from './extract/port-map.ts';
import { Pseudonyms } from './extract/pseudonyms.ts';
import { TailBudget } from './extract/rewritten-stream.ts';
import { Spool } from './extract/spool.ts';
import { tlsForRewriting } from './extract/tls/tls-for-rewriting.ts';
import { withoutTunnel, type PlainPacket } from './extract/without-tunnel.ts';
import { HttpBudget } from './http/http-budget.ts';
import { linkTypeName } from './basics/link-types.ts';
import { AddressMap } from './redact/address-map.ts';
import type { Report } from './report/model.ts';
import type { StreamConsumer } from './tcp/stream-consumer.ts';
import type { NamedKeys } from './tls/key-source.ts';
import { tlsCarrier } from './tls/tls-carrier.ts';
import { VERSION } from './basics/version.ts';
import { InflateBudget } from './websocket/inflate-budget.ts';

export interface ExtractOptions {
  readonly selection: Selection;
  readonly format: 'pcap' | 'pcapng';
  /**
   * A secret of at least one byte, with which addresses, names and contents are rewritten. null: packets are
   * copied as they are.
   */
  readonly anonymizeKey: Uint8Array | null;
  /** What comments call the source; an anonymized extract does not name it. */
  readonly sourceName: string;
  /** A folder for temporary files: up to twice the size of the output, four times with carriers. */
  readonly folder: string;
  /** Takes the output. */
  readonly write: ByteSink;
  /** As for {@link analyze}. */
  readonly analysis: Pick<AnalyzeOptions, 'windowMs' | 'ports' | 'rules' | 'carriers'>;
  /** Keys of TLS connections, beside those that the capture carries; default: none. */
  readonly keys?: readonly NamedKeys[];
  /**
   * Write what is inside TLS, in place of TLS: packets keep their places and times, and hold the bytes inside. Connections whose keys are
   * not known are left out. Default: false.
   */
  readonly decrypted?: boolean;
  /** Gets the secrets that the extract needs, as the text of a key log; a pcapng holds them itself. Default: they are written nowhere. */
  /** The source is an extract that was decrypted. Default: false. */
  readonly isDecrypted?: boolean;
  readonly takeSecrets?: (lines: string) => void;
  readonly onProgress?: (fraction: number | undefined, packets: number) => void;
}

export interface ExtractSummary {
  readonly packets: number;
  /** The captured bytes of these packets. */
  readonly bytes: number;
  readonly packetsRead: number;
  /** The numbers of the connections in the source, in the order of the extract, which numbers them from 0. */
  readonly connections: readonly number[];
  /** Where an analysis of the extract differs from one of the source. */
  readonly differences: readonly Difference[];
  readonly verdictChanges: readonly VerdictChange[];
  /** Messages that inflate to more than wscap follows: the messages that replace them don't. */
  readonly tooLongMessages: number;
  /** How the extract shows TLS connections whose keys are known. */
  readonly tls: TlsSummary;
  /** The report on the extract. */
  readonly report: Report;
}

export interface TlsSummary {
  /** Connections of the extract that can be read only with keys, and whose keys are known. */
  readonly needKeys: number;
  /** Of them, those whose secrets were written. */
  readonly withSecrets: number;
  /** Connections that were written decrypted, and those that were left out because they can't be; numbers in the source. */
  readonly decrypted: readonly number[];
  readonly leftOut: readonly number[];
  /** Of the decrypted ones, those with bytes missing of which nobody knows how many. */
  readonly withUnknownGap: readonly number[];
}

const NO_TLS: TlsSummary = { needKeys: 0, withSecrets: 0, decrypted: [], leftOut: [], withUnknownGap: [] };

const FINE_ENOUGH: readonly string[] = ['s', 'ms', 'us'];
const LOST_TIMES = 'no-timestamp';

/**
 * Several paths are one capture, in order; all must be files, because they are read more than once.
 *
 * @throws CaptureError where the source can't be read, SelectionError where nothing is chosen, FormatError where the
 *   format can't hold what is
 */
export async function extract(
  paths: readonly CaptureInput[],
  options: ExtractOptions,
): Promise<ExtractSummary> {
  const { selection, analysis, anonymizeKey, decrypted = false } = options;
  const isAnonymous = anonymizeKey !== null;
  const steps = new Steps(
    decrypted && isAnonymous ? 5 : isAnonymous || decrypted ? 3 : 2,
    options.onProgress,
  );
  const keys = new CaptureKeys(options.keys ?? [], paths);
  const source = await analyze(paths, { ...analysis, keys, onProgress: steps.next() });
  const chosen = chooseConnections(source, selection);
  const task: Task = { paths, source, chosen, keys: keys.sources(), options, steps };
  if (decrypted && isAnonymous) return decryptAndAnonymize(task);
  if (decrypted) return await rewriteWith(new Decrypter(task), task);
  if (!isAnonymous) return await rewriteWith(null, task);
  // Strangers have no keys: an anonymized extract says what can be seen without them.
  const fromOutside = keys.usedCount === 0 ? source : await analyze(paths, { ...analysis, keys: null });
  const run = new Anonymizer(anonymizeKey, paths, source, chosen, options);
  const summary = await rewriteWith(run, { ...task, source: fromOutside, keys: null });
  return { ...summary, tls: { ...summary.tls, needKeys: keys.usedCount } };
}

/** What was decrypted is a capture of its own, and is anonymized as any other one. */
async function decryptAndAnonymize(task: Task): Promise<ExtractSummary> {
  const { options } = task;
  const { folder, onProgress } = options;
  const path = join(folder, 'decrypted.pcapng');
  const file = new BufferedFile(path);
  const write = (bytes: Uint8Array): void => {
    file.write(bytes);
  };
  try {
    const first = await rewriteWith(new Decrypter(task), {
      ...task,
      options: { ...options, format: 'pcapng', write },
    });
    file.close();
    const second = await extract([path], {
      ...options,
      decrypted: false,
      isDecrypted: true,
      keys: [],
      selection: { connections: first.connections.map((_, id) => id), anomalies: false, rules: [] },
      onProgress: (fraction, packets) => {
        onProgress?.(fraction === undefined ? undefined : (2 + 3 * fraction) / 5, packets);
      },
    });
    return {
      ...second,
      packetsRead: first.packetsRead,
      connections: second.connections.map((id) => first.connections[id]!),
      differences: [...first.differences, ...second.differences],
      verdictChanges: [...first.verdictChanges, ...second.verdictChanges],
      tls: first.tls,
    };
  } finally {
    rmSync(path, { force: true });
  }
}

/** What an extract is made of. */
interface Task {
  readonly paths: readonly CaptureInput[];
  /** What the extract is compared with. */
  readonly source: Report;
  readonly chosen: ReadonlySet<number>;
  /** With which it is read again; null: without any. */
  readonly keys: readonly NamedKeys[] | null;
  readonly options: ExtractOptions;
  readonly steps: Steps;
}

/** Learns what the streams hold, and makes packets anew accordingly. */
interface Rewriting {
  learn(onProgress: OnProgress): Promise<void>;
  /** The packets in place of one; none where it is left out. */
  rewrite(packet: SelectedPacket): readonly PlainPacket[];
  readonly tls: TlsSummary;
  readonly tooLongMessages: number;
  close(): void;
}

async function rewriteWith(
  run: Rewriting | null,
  { paths, source, chosen, keys, options, steps }: Task,
): Promise<ExtractSummary> {
  const { analysis, format, folder } = options;
  const intermediate = join(folder, 'packets.pcapng');
  try {
    await run?.learn(steps.next());
    const copy = new Copy(source, run, intermediate, options);
    await readAll(paths, chosen, copy, analysis, steps.next());
    copy.end();
    if (copy.packets === 0) throw new SelectionError(NOTHING_DECRYPTED);
    if (format === 'pcap') refuseSeveral(copy.linkTypes);
    const needed = keys === null ? null : new CaptureKeys(keys, [intermediate]);
    const report = await analyze(intermediate, { ...analysis, keys: needed });
    const secrets = options.takeSecrets === undefined ? '' : (needed?.usedLines() ?? '');
    if (secrets !== '') options.takeSecrets?.(secrets);
    await finish(intermediate, report, copy, source, options, secrets);
    const needKeys = needed?.usedCount ?? 0;
    return {
      packets: copy.packets,
      bytes: copy.bytes,
      packetsRead: source.totals.packets,
      connections: copy.sourceIds,
      differences: compareFindings(source, report, copy.numbers, run instanceof Decrypter),
      verdictChanges: compareVerdicts(source, report, copy.numbers),
      tooLongMessages: run?.tooLongMessages ?? 0,
      tls: { ...(run?.tls ?? NO_TLS), needKeys, withSecrets: secrets === '' ? 0 : needKeys },
      report,
    };
  } finally {
    run?.close();
    rmSync(intermediate, { force: true });
  }
}

const NOTHING_DECRYPTED =
  'nothing can be decrypted of these connections: the capture and the key logs hold no keys that fit';

function refuseSeveral(linkTypes: ReadonlySet<number>): void {
  if (linkTypes.size < 2) return;
  const names = [...linkTypes].map(linkTypeName).join(' and ');
  throw new FormatError(`the packets are of link types ${names}, and a pcap file holds one`);
}

/** The progress of all readings of the source together. */
class Steps {
  readonly #count: number;
  readonly #onProgress: ExtractOptions['onProgress'];
  #done = -1;

  constructor(count: number, onProgress: ExtractOptions['onProgress']) {
    this.#count = count;
    this.#onProgress = onProgress;
  }

  next(): (fraction: number | undefined, packets: number) => void {
    const step = ++this.#done;
    return (fraction, packets) => {
      this.#onProgress?.(fraction === undefined ? undefined : (step + fraction) / this.#count, packets);
    };
  }
}

type OnProgress = ReturnType<Steps['next']>;

async function readAll(
  paths: readonly CaptureInput[],
  chosen: ReadonlySet<number>,
  handler: SelectionHandler,
  { ports = [], carriers = [] }: ExtractOptions['analysis'],
  onProgress: OnProgress,
  keys: CaptureKeys | null = null,
): Promise<void> {
  const scope = new CaptureScope(ports, [tlsCarrier(null), ...carriers]);
  const selector = new PacketSelector(chosen, handler, (connection) => new OnlyCounted(connection, scope));
  const analyzer = new Analyzer({
    open: (connection) => selector.open(connection),
    onPacket: (packet, taken) => {
      selector.packet(packet, taken);
    },
    onSecrets: (type, bytes) => {
      keys?.take(type, bytes);
    },
  });
  await readCaptures(paths, analyzer, { onProgress });
  analyzer.end();
}

/** Learns what the streams hold, and rewrites the packets accordingly. */
class Anonymizer implements Rewriting {
  readonly tls: TlsSummary = NO_TLS;
  readonly #paths: readonly CaptureInput[];
  readonly #chosen: ReadonlySet<number>;
  readonly #tools: ScrubbingTools;
  readonly #analysis: ExtractOptions['analysis'];
  readonly #rewriter: PacketRewriter;
  readonly #scrubbers = new Map<number, ConnectionScrubber>();

  constructor(
    key: Uint8Array,
    paths: readonly CaptureInput[],
    source: Report,
    chosen: ReadonlySet<number>,
    { folder, analysis }: ExtractOptions,
  ) {
    this.#paths = paths;
    this.#chosen = chosen;
    this.#analysis = analysis;
    const pseudonyms = new Pseudonyms(key);
    const ports = new Set(analysis.ports ?? []);
    const kept = new Set([...ports, ...source.connections.map(({ server }) => server.port)]);
    const endpoints = { pseudonyms, addresses: new AddressMap(key), ports: new PortMap(pseudonyms, kept) };
    this.#rewriter = new PacketRewriter(endpoints);
    this.#tools = {
      spool: new Spool(folder),
      tails: new TailBudget(),
      endpoints,
      httpBudget: new HttpBudget(),
      inflateBudget: new InflateBudget(),
      ports,
      carriers: [tlsForRewriting(tlsCarrier(null), endpoints), ...(analysis.carriers ?? [])],
    };
  }

  get tooLongMessages(): number {
    return [...this.#scrubbers.values()].reduce((sum, { tooLongMessages }) => sum + tooLongMessages, 0);
  }

  async learn(onProgress: OnProgress): Promise<void> {
    const handler: SelectionHandler = {
      open: (connection) => {
        const scrubber = new ConnectionScrubber(connection, this.#tools);
        this.#scrubbers.set(connection.id, scrubber);
        return scrubber;
      },
      packet: () => undefined,
    };
    await readAll(this.#paths, this.#chosen, handler, this.#analysis, onProgress);
  }

  /** The packet as it will be written. */
  rewrite(packet: SelectedPacket): readonly PlainPacket[] {
    const { segment, connection, direction, isCopy } = packet;
    // Without its tunnel, a copy would be the same packet a second time.
    if (isCopy) return [];
    const plain = copyOf(packet);
    const stream = this.#scrubbers.get(connection.id)?.streams[direction];
    const place =
      stream === undefined
        ? null
        : { stream, offset: connection.streams[direction].offsetOf(payloadSequence(segment)) };
    this.#rewriter.rewrite(plain.bytes, plain.originalLength, plain.linkType, segment, place);
    return [plain];
  }

  close(): void {
    this.#tools.spool.close();
  }
}

/** Takes TLS off connections, and writes what is inside. */
class Decrypter implements Rewriting {
  readonly tooLongMessages = 0;
  readonly #task: Task;
  readonly #spool: Spool;
  readonly #learned = new Map<number, PlainConnection>();
  readonly #withClose: ReadonlySet<number>;

  constructor(task: Task) {
    this.#task = task;
    const withClose = task.source.connections.filter(({ close }) => (close?.frameFirstBy ?? null) !== null);
    this.#withClose = new Set(withClose.map(({ id }) => id));
    this.#spool = new Spool(task.options.folder);
  }

  get tls(): TlsSummary {
    const numbers = (isMeant: (connection: PlainConnection) => boolean): number[] =>
      [...this.#learned].flatMap(([id, connection]) => (isMeant(connection) ? [id] : []));
    return {
      ...NO_TLS,
      decrypted: numbers(({ isTakenOff }) => isTakenOff),
      leftOut: numbers(({ isCarried, isTakenOff }) => isCarried && !isTakenOff),
      withUnknownGap: numbers(({ isTakenOff, hasUnknownGap }) => isTakenOff && hasUnknownGap),
    };
  }

  async learn(onProgress: OnProgress): Promise<void> {
    const { paths, chosen, options } = this.#task;
    const keys = new CaptureKeys(this.#task.keys ?? [], paths);
    const tails = new TailBudget();
    const tools = {
      carriers: [tlsCarrier(keys), ...(options.analysis.carriers ?? [])],
      httpBudget: new HttpBudget(),
    };
    const handler: SelectionHandler = {
      open: (connection) => {
        const learned = new PlainConnection(connection, this.#spool, tails, tools);
        this.#learned.set(connection.id, learned);
        return learned;
      },
      packet: () => undefined,
    };
    await readAll(paths, chosen, handler, options.analysis, onProgress, keys);
  }

  rewrite(packet: SelectedPacket): readonly PlainPacket[] {
    const learned = this.#learned.get(packet.connection.id);
    if (learned?.isCarried !== true) return [asItIs(packet)];
    if (!learned.isTakenOff || packet.isCopy) return [];
    return plainPackets(packet, copyOf(packet), learned, this.#withClose.has(packet.connection.id));
  }

  close(): void {
    this.#spool.close();
  }
}

/** A copy of the packet, without its tunnels. */
function copyOf(packet: SelectedPacket): PlainPacket {
  const { data, start, end, originalLength, linkType, isInside } = packet;
  return isInside ? withoutTunnel(packet) : { bytes: data.slice(start, end), originalLength, linkType };
}

/**
 * Writes the packets to the intermediate file, and remembers their new numbers, and those of the connections.
 */
class Copy {
  readonly linkTypes = new Set<number>();
  readonly sourceIds: number[] = [];
  packets = 0;
  bytes = 0;
  longest = 0;
  readonly #run: Rewriting | null;
  readonly #file: BufferedFile;
  readonly #writer: PcapngWriter;
  readonly #newIds = new Map<number, number>();
  readonly #newPackets = new Map<number, number>();
  readonly #evidence: ReadonlySet<number>;

  constructor(source: Report, run: Rewriting | null, path: string, options: ExtractOptions) {
    this.#run = run;
    this.#evidence = new Set(
      [...source.connections.flatMap(({ anomalies }) => anomalies), ...source.anomalies].flatMap(
        ({ packets }) => packets,
      ),
    );
    this.#file = new BufferedFile(path);
    this.#writer = pcapngWriter(
      (bytes) => {
        this.#file.write(bytes);
      },
      source,
      options,
      [],
    );
  }

  get numbers(): Renumbering {
    return { connections: this.#newIds, packets: this.#newPackets };
  }

  /** Where no payload has to be replaced, nobody takes the streams. */
  open(): StreamConsumer | null {
    return this.#run === null ? null : PASSED_OVER;
  }

  packet(packet: SelectedPacket): void {
    const { number } = packet;
    let isFirst = true;
    for (const written of this.#run === null ? [asItIs(packet)] : this.#run.rewrite(packet)) {
      this.#write(packet, written);
      if (isFirst && this.#evidence.has(number)) this.#newPackets.set(number, this.packets);
      isFirst = false;
    }
  }

  #write(
    { seconds, nanoseconds, connection }: SelectedPacket,
    { bytes, originalLength, linkType }: PlainPacket,
  ): void {
    this.packets++;
    this.bytes += bytes.length;
    this.longest = Math.max(this.longest, bytes.length);
    this.linkTypes.add(linkType);
    if (!this.#newIds.has(connection.id)) {
      this.#newIds.set(connection.id, this.sourceIds.length);
      this.sourceIds.push(connection.id);
    }
    this.#writer.packet({ bytes, originalLength, seconds, nanoseconds, linkType });
  }

  end(): void {
    this.#writer.end();
    this.#file.close();
  }
}

/** A packet that came in pieces is not in any single one of them. */
function asItIs(packet: SelectedPacket): PlainPacket {
  const { data, start, end, originalLength, linkType, isReassembled } = packet;
  return isReassembled
    ? withoutTunnel(packet)
    : { bytes: data.subarray(start, end), originalLength, linkType };
}

/** Reassembly says where a payload belongs; the bytes themselves are in the spool. */
const PASSED_OVER: StreamConsumer = {
  data: () => undefined,
  gap: () => undefined,
  flag: () => undefined,
  end: () => undefined,
};

async function finish(
  intermediate: string,
  report: Report,
  copy: Copy,
  source: Report,
  options: ExtractOptions,
  secrets: string,
): Promise<void> {
  const { write, format } = options;
  const comments = packetComments(report);
  const section = sectionComment(report, originOf(options), copy.sourceIds, changesOf(options));
  const writer: PacketWriter =
    format === 'pcap'
      ? new PcapWriter(write, { nanoseconds: isFine(source), snaplen: copy.longest })
      : pcapngWriter(write, source, options, [section], secrets);
  let number = 0;
  await readCapture(intermediate, {
    packet(data, start, end, originalLength, seconds, nanoseconds, linkType) {
      const bytes = data.subarray(start, end);
      writer.packet({ bytes, originalLength, seconds, nanoseconds, linkType }, comments.get(++number));
    },
    note: () => undefined,
  });
  writer.end();
}

function pcapngWriter(
  write: ByteSink,
  source: Report,
  { format }: ExtractOptions,
  comments: readonly string[],
  secrets = '',
): PcapngWriter {
  const lacksTimes = source.captures.some(({ notes }) => notes.some(({ code }) => code === LOST_TIMES));
  return new PcapngWriter(write, {
    nanoseconds: isFine(source),
    application: `wscap ${VERSION}`,
    comments,
    secrets,
    withoutTimes: format === 'pcapng' && lacksTimes,
  });
}

function isFine({ captures }: Report): boolean {
  return captures.some(({ timestampResolution }) => !FINE_ENOUGH.includes(timestampResolution));
}

function originOf({ sourceName, anonymizeKey }: ExtractOptions): string {
  return anonymizeKey === null ? `extract of ${sourceName}` : 'extract of a capture';
}

function changesOf({ anonymizeKey, decrypted, isDecrypted }: ExtractOptions): string[] {
  const changes =
    decrypted === true || isDecrypted === true
      ? [
          'Decrypted: TLS was taken off. Packets have their times, addresses and ports, and hold what was inside; their sequence numbers are those of the bytes inside. Packets of the TLS handshake, and parts of records, are empty.',
        ]
      : [];
  if (anonymizeKey === null) return changes;
  return [
    ...changes,
    'Anonymized: addresses, client ports, names, secrets and contents are not those of the capture; lengths, times, frames and close codes are.',
  ];
}
