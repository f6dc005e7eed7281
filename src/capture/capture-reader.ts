/**
 * What every capture reader offers: it takes chunks of a file and gives packets to a {@link PacketHandler}. Sans-I/O:
 * whoever owns the file pushes its chunks; nothing here waits.
 */
import type { CaptureNote } from './capture-note.ts';

export type CaptureFormat =
  'pcap' | 'pcapng' | 'tcpdump-text' | 'packet-list' | 'hex-dump' | 'followed-stream';

/** What a reader knows of the file itself, complete once `end` has returned. */
export interface CaptureFacts {
  readonly format: CaptureFormat;
  /** LINKTYPE_ values in order of first appearance. */
  readonly linkTypes: readonly number[];
  /** "s", "ms", "us", "ns", or "2^-n s" for a binary if_tsresol; the finest of the interfaces. */
  readonly timestampResolution: string;
  /** Packets so far were made of printed lines that don't show their bytes. */
  readonly lacksBytes?: boolean;
}

export interface CaptureReader {
  /** Takes the next bytes of the file. The chunk may be reused by the caller after the call returns. */
  write(chunk: Uint8Array): void;
  /** The file has ended. */
  end(): void;
  /** The rest of the file will not be read (the file is damaged): the caller may stop pushing. */
  readonly finished: boolean;
  readonly facts: CaptureFacts;
}

/** Where the bytes of a file go, and what whoever owns the file met in it (damage to its compression). */
export interface CaptureTarget extends Pick<CaptureReader, 'write' | 'finished'> {
  note(note: CaptureNote): void;
}
