/**
 * Copies the packets of chosen connections into a capture of their own, rewritten where the caller asks for
 * that. The Analyzer opens the connections; this file parses nothing itself. It reads the capture two or
 * three times, and keeps none of it:
 *
 *     analyze    what there is to choose from, and what it says
 *     learn      (anonymize) streams in order -> rewritten streams, in a spool
 *     copy       packets -> an intermediate file, payloads from the spool by stream offset
 *     analyze    the intermediate file: does it say the same? its numbers go into the comments
 *     finish     intermediate file -> output, with comments
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { analyze, type AnalyzeOptions } from './analyze.ts';
import { Analyzer } from './analysis/analyzer.ts';
import { readCaptures } from './analysis/read-captures.ts';
import type { CaptureInput } from './capture/capture-bytes.ts';
import { CaptureScope } from './connection/capture-scope.ts';
import { OnlyCounted } from './connection/only-counted.ts';
import { readCapture } from './capture/source.ts';
import { BufferedFile } from './extract/buffered-file.ts';
import { chooseConnections, type Selection } from './extract/choose.ts';
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
import { PortMap } from './extract/port-map.ts';
import { Pseudonyms } from './extract/pseudonyms.ts';
import { TailBudget } from './extract/rewritten-stream.ts';
import { Spool } from './extract/spool.ts';
import { withoutTunnel, type PlainPacket } from './extract/without-tunnel.ts';
import { HttpBudget } from './http/http-budget.ts';
import { linkTypeName } from './basics/link-types.ts';
import { AddressMap } from './redact/address-map.ts';
import type { Report } from './report/model.ts';
import type { StreamConsumer } from './tcp/stream-consumer.ts';
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
  readonly analysis: Pick<AnalyzeOptions, 'windowMs' | 'ports' | 'rules' | 'carriers' | 'keys'>;
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
  /** The report on the extract. */
  readonly report: Report;
}

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
  const { selection, analysis, format, folder, anonymizeKey } = options;
  const steps = new Steps(anonymizeKey === null ? 2 : 3, options.onProgress);
  const source = await analyze(paths, { ...analysis, onProgress: steps.next() });
  const chosen = chooseConnections(source, selection);
  const isAnonymous = anonymizeKey !== null;
  const run = isAnonymous ? new Anonymizer(anonymizeKey, source, chosen, options) : null;
  const intermediate = join(folder, 'packets.pcapng');
  try {
    if (run !== null) await run.learn(paths, steps.next());
    const copy = new Copy(source, run, intermediate, options);
    await readAll(paths, chosen, copy, analysis, steps.next());
    copy.end();
    if (format === 'pcap') refuseSeveral(copy.linkTypes);
    const report = await analyze(intermediate, analysis);
    await finish(intermediate, report, copy, source, options);
    return {
      packets: copy.packets,
      bytes: copy.bytes,
      packetsRead: source.totals.packets,
      connections: copy.sourceIds,
      differences: compareFindings(source, report, copy.numbers),
      verdictChanges: compareVerdicts(source, report, copy.numbers),
      tooLongMessages: run?.tooLongMessages ?? 0,
      report,
    };
  } finally {
    run?.close();
    rmSync(intermediate, { force: true });
  }
}

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
): Promise<void> {
  const scope = new CaptureScope(ports, carriers);
  const selector = new PacketSelector(chosen, handler, (connection) => new OnlyCounted(connection, scope));
  const analyzer = new Analyzer({
    open: (connection) => selector.open(connection),
    onPacket: (packet, taken) => {
      selector.packet(packet, taken);
    },
  });
  await readCaptures(paths, analyzer, { onProgress });
  analyzer.end();
}

/** Learns what the streams hold, and rewrites the packets accordingly. */
class Anonymizer {
  readonly #chosen: ReadonlySet<number>;
  readonly #tools: ScrubbingTools;
  readonly #analysis: ExtractOptions['analysis'];
  readonly #rewriter: PacketRewriter;
  readonly #scrubbers = new Map<number, ConnectionScrubber>();

  constructor(
    key: Uint8Array,
    source: Report,
    chosen: ReadonlySet<number>,
    { folder, analysis }: ExtractOptions,
  ) {
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
      carriers: analysis.carriers ?? [],
    };
  }

  get tooLongMessages(): number {
    return [...this.#scrubbers.values()].reduce((sum, { tooLongMessages }) => sum + tooLongMessages, 0);
  }

  async learn(paths: readonly CaptureInput[], onProgress: OnProgress): Promise<void> {
    const handler: SelectionHandler = {
      open: (connection) => {
        const scrubber = new ConnectionScrubber(connection, this.#tools);
        this.#scrubbers.set(connection.id, scrubber);
        return scrubber;
      },
      packet: () => undefined,
    };
    await readAll(paths, this.#chosen, handler, this.#analysis, onProgress);
  }

  /** The packet as it will be written. */
  rewrite(packet: SelectedPacket): PlainPacket {
    const { data, start, end, segment, connection, direction, isInside } = packet;
    const { originalLength, linkType } = packet;
    const plain = isInside
      ? withoutTunnel(packet)
      : { bytes: data.slice(start, end), originalLength, linkType };
    const stream = this.#scrubbers.get(connection.id)?.streams[direction];
    const place =
      stream === undefined
        ? null
        : { stream, offset: connection.streams[direction].offsetOf(payloadSequence(segment)) };
    this.#rewriter.rewrite(plain.bytes, plain.originalLength, plain.linkType, segment, place);
    return plain;
  }

  close(): void {
    this.#tools.spool.close();
  }
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
  readonly #run: Anonymizer | null;
  readonly #file: BufferedFile;
  readonly #writer: PcapngWriter;
  readonly #newIds = new Map<number, number>();
  readonly #newPackets = new Map<number, number>();
  readonly #evidence: ReadonlySet<number>;

  constructor(source: Report, run: Anonymizer | null, path: string, options: ExtractOptions) {
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
    const { number, seconds, nanoseconds, connection, isCopy } = packet;
    // Without its tunnel, a copy would be the same packet a second time.
    if (this.#run !== null && isCopy) return;
    const { bytes, originalLength, linkType } = this.#run?.rewrite(packet) ?? asItIs(packet);
    this.packets++;
    this.bytes += bytes.length;
    this.longest = Math.max(this.longest, bytes.length);
    this.linkTypes.add(linkType);
    if (!this.#newIds.has(connection.id)) {
      this.#newIds.set(connection.id, this.sourceIds.length);
      this.sourceIds.push(connection.id);
    }
    if (this.#evidence.has(number)) this.#newPackets.set(number, this.packets);
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
): Promise<void> {
  const { write, format } = options;
  const comments = packetComments(report);
  const section = sectionComment(report, originOf(options), copy.sourceIds, changesOf(options));
  const writer: PacketWriter =
    format === 'pcap'
      ? new PcapWriter(write, { nanoseconds: isFine(source), snaplen: copy.longest })
      : pcapngWriter(write, source, options, [section]);
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
): PcapngWriter {
  const lacksTimes = source.captures.some(({ notes }) => notes.some(({ code }) => code === LOST_TIMES));
  return new PcapngWriter(write, {
    nanoseconds: isFine(source),
    application: `wscap ${VERSION}`,
    comments,
    withoutTimes: format === 'pcapng' && lacksTimes,
  });
}

function isFine({ captures }: Report): boolean {
  return captures.some(({ timestampResolution }) => !FINE_ENOUGH.includes(timestampResolution));
}

function originOf({ sourceName, anonymizeKey }: ExtractOptions): string {
  return anonymizeKey === null ? `extract of ${sourceName}` : 'extract of a capture';
}

function changesOf({ anonymizeKey }: ExtractOptions): string[] {
  if (anonymizeKey === null) return [];
  return [
    'Anonymized: addresses, client ports, names, secrets and contents are not those of the capture; lengths, times, frames and close codes are.',
  ];
}
