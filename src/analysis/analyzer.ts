/**
 * The reading core: bytes of capture files are pushed in, connections come out, to the caller that opens
 * them. It wires capture -> decode -> tcp. It never waits and needs nothing of Node, so a file, a live
 * capture and a page can push.
 *
 *     beginFile  write, write, ...  endFile     for each file: the parts of a rotated capture, in order
 *     end                                       for the capture as a whole
 */
import type { CaptureNote } from '../capture/capture-note.ts';
import type { CaptureFacts, CaptureTarget } from '../capture/capture-reader.ts';
import { DetectingReader, type ReaderConstructor } from '../capture/detecting-reader.ts';
import type { PacketHandler } from '../capture/packet-handler.ts';
import type { TunnelLayer } from '../decode/tunnel-table.ts';
import type { Timestamp } from '../basics/timestamp.ts';
import type { StreamConsumer } from '../tcp/stream-consumer.ts';
import type { TcpConnection } from '../tcp/tcp-connection.ts';
import { TcpTracker } from '../tcp/tcp-tracker.ts';
import { PacketPipeline, type FileFacts } from './packet-pipeline.ts';
import { PacketTap, type PacketListener } from './packet-tap.ts';

export interface AnalyzerOptions {
  /** A connection begins. Returns the consumer of its streams. */
  readonly open: (connection: TcpConnection) => StreamConsumer;
  /** As in TcpTracker: asked whether segments may wait. Not together with `onPacket`. Default: never. */
  readonly batches?: () => boolean;
  /** Gets each packet with a TCP segment, in order. */
  readonly onPacket?: PacketListener;
  /** Gets each note about what limits what a file can show, at once. */
  readonly onNote?: (note: CaptureNote) => void;
  /** Gets the secrets that a file carries, as {@link PacketHandler.secrets}. */
  readonly onSecrets?: (type: number, bytes: Uint8Array) => void;
}

/** The facts of a file that was read. */
export interface FileReading extends FileFacts {
  readonly facts: CaptureFacts;
}

const BINARY: ReadonlySet<string> = new Set(['pcap', 'pcapng']);

export class Analyzer implements CaptureTarget {
  readonly #tcp: TcpTracker;
  readonly #pipeline: PacketPipeline;
  /** The handler that the readers call: the pipeline, or the tap around it. */
  readonly #handler: PacketHandler;
  #reader: DetectingReader | null = null;
  #isText = false;
  #lacksBytes = false;
  #lacksEnds = false;

  constructor({
    open,
    batches,
    onPacket,
    onNote = () => undefined,
    onSecrets = () => undefined,
  }: AnalyzerOptions) {
    this.#tcp = new TcpTracker({ open }, batches === undefined ? {} : { batches });
    if (onPacket === undefined) {
      this.#pipeline = new PacketPipeline(this.#tcp, onNote, onSecrets);
      this.#handler = this.#pipeline;
    } else {
      const tap = new PacketTap(this.#tcp, onPacket, onNote, onSecrets);
      this.#pipeline = tap.pipeline;
      this.#handler = tap;
    }
  }

  /** Packets so far, over all files. */
  get packetCount(): number {
    return this.#pipeline.packetCount;
  }

  /** Connections so far, as Wireshark counts them. */
  get connectionCount(): number {
    return this.#tcp.connectionCount;
  }

  /** Connections that were given up for lack of room. */
  get evictedCount(): number {
    return this.#tcp.evictedCount;
  }

  /** Connections with the 4-tuple of another one in another network. */
  get overlappingCount(): number {
    return this.#tcp.overlappingCount;
  }

  /** Whether the times of the packets so far were made up by a program. */
  get areTimesInvented(): boolean {
    return this.#pipeline.areTimesInvented;
  }

  /** The packets so far came out of printed text, not out of a capture file. */
  get isText(): boolean {
    return this.#isText;
  }

  /** Packets so far were made of printed lines without their bytes. */
  get lacksBytes(): boolean {
    return this.#lacksBytes;
  }

  /** A followed stream was read, which shows nothing of how connections end. */
  get lacksEnds(): boolean {
    return this.#lacksEnds;
  }

  /** The tunnels that a segment's or connection's `route` went through, outermost first. */
  tunnelsOf(route: number): readonly TunnelLayer[] {
    return this.#pipeline.tunnelsOf(route);
  }

  /**
   * From now on the bytes are those of another file.
   *
   * @param name what errors call the file
   * @param onlyReader reads the file, whatever its format; default: the reader for its format
   */
  beginFile(name: string, onlyReader?: ReaderConstructor): void {
    this.#reader = new DetectingReader(this.#handler, name, onlyReader);
  }

  /**
   * The next bytes of the file, in pieces of any length; they may be written over afterwards.
   *
   * @throws CaptureError where they are not a capture
   */
  write(chunk: Uint8Array): void {
    const reader = this.#openReader();
    reader.write(chunk);
    this.#noteFormat(reader);
  }

  /** Nothing more of the file would be read. */
  get finished(): boolean {
    return this.#reader?.finished ?? false;
  }

  /** Takes a note that the caller has about the file, after the packets so far. */
  note(note: CaptureNote): void {
    this.#handler.note(note);
  }

  /**
   * The file is over.
   *
   * @throws CaptureError where the file is empty or not a capture
   */
  endFile(): FileReading {
    const reader = this.#openReader();
    reader.end();
    // A short file is recognised only at its end.
    this.#noteFormat(reader);
    return this.leaveFile();
  }

  /** The rest of the file will not come; what was read of it counts. */
  leaveFile(): FileReading {
    const { facts } = this.#openReader();
    this.#reader = null;
    return { ...this.#pipeline.finishFile(), facts };
  }

  /**
   * Moves the capture's time on without a packet, for example where a live link is quiet: connections that
   * are over and have waited long enough for late packets are handed on. An earlier time changes nothing.
   */
  advance({ seconds }: Timestamp): void {
    this.#tcp.advance(seconds);
  }

  /**
   * The capture is over: connections that are still open end. Returns the notes on the capture as a whole.
   */
  end(): FileFacts['notes'] {
    this.#tcp.end();
    return this.#pipeline.end();
  }

  #noteFormat({ facts }: DetectingReader): void {
    this.#isText ||= !BINARY.has(facts.format);
    this.#lacksEnds ||= facts.format === 'followed-stream';
    this.#lacksBytes ||= facts.lacksBytes === true;
  }

  #openReader(): DetectingReader {
    if (this.#reader === null) throw new Error('Analyzer: no file was begun');
    return this.#reader;
  }
}
