/**
 * Recognises a file's format by its first bytes and hands all bytes to the reader of that format. Sans-I/O like the
 * readers. Knows nothing of compression: source.ts unpacks.
 */
import { CaptureError } from './capture-error.ts';
import type { CaptureFacts, CaptureReader } from './capture-reader.ts';
import type { PacketHandler } from './packet-handler.ts';
import { PcapReader } from './pcap-reader.ts';
import { PcapngReader } from './pcapng-reader.ts';
import { PendingBytes } from './pending-bytes.ts';
import { recognise, RECOGNISE_LENGTH } from './recognise.ts';
import { PrintedTextReader } from './paste/printed-text-reader.ts';

export type ReaderConstructor = new (handler: PacketHandler, path: string) => CaptureReader;

export class DetectingReader implements CaptureReader {
  private readonly handler: PacketHandler;
  private readonly path: string;
  /** If given, this reader gets every file; a format that it doesn't read is refused. */
  private readonly onlyReader: ReaderConstructor | undefined;
  private readonly prefix = new PendingBytes();
  private reader: CaptureReader | undefined;

  constructor(handler: PacketHandler, path: string, onlyReader?: ReaderConstructor) {
    this.handler = handler;
    this.path = path;
    this.onlyReader = onlyReader;
  }

  get finished(): boolean {
    return this.reader?.finished ?? false;
  }

  get facts(): CaptureFacts {
    return this.reader?.facts ?? { format: 'pcap', linkTypes: [], timestampResolution: 'us' };
  }

  write(chunk: Uint8Array): void {
    if (this.reader !== undefined) {
      this.reader.write(chunk);
      return;
    }
    const taken = this.prefix.fill(chunk, 0, RECOGNISE_LENGTH);
    this.reader = this.choose(this.prefix.length === RECOGNISE_LENGTH);
    if (this.reader === undefined) return;
    this.reader.write(this.prefix.bytes.subarray(0, this.prefix.length));
    if (taken < chunk.length) this.reader.write(chunk.subarray(taken));
  }

  end(): void {
    if (this.reader === undefined) {
      if (this.prefix.length === 0) {
        throw new CaptureError(
          this.path,
          this.path === '-'
            ? 'is empty: the command in front of the pipe wrote nothing; its own message says why'
            : 'is empty (0 bytes): did tcpdump write to it yet? It writes each packet at once with -U',
          undefined,
          true,
        );
      }
      this.reader = this.choose(true);
      this.reader?.write(this.prefix.bytes.subarray(0, this.prefix.length));
    }
    this.reader?.end();
  }

  private choose(isComplete: boolean): CaptureReader | undefined {
    const { prefix, path, handler } = this;
    const recognised = recognise(prefix.bytes.subarray(0, prefix.length), path, isComplete);
    if (recognised === undefined) return undefined;
    switch (recognised.kind) {
      case 'other':
        throw new CaptureError(path, recognised.message, 0);
      case 'gzip':
        throw new CaptureError(path, 'is gzip in gzip: run `gzip -dc` on it and analyze what comes out', 0);
      case 'pcap':
        return new (this.onlyReader ?? PcapReader)(handler, path);
      case 'pcapng':
      case 'text':
        break;
    }
    if (this.onlyReader !== undefined) {
      const what = recognised.kind === 'pcapng' ? 'is pcapng' : 'is text';
      throw new CaptureError(path, `${what}, and pcap-parser reads classic pcap only: leave out --reader`, 0);
    }
    return recognised.kind === 'pcapng'
      ? new PcapngReader(handler, path)
      : new PrintedTextReader(handler, path);
  }
}
