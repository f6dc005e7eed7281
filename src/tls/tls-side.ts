/** One direction of a TLS connection: its records, and the keys that protect them now. */
import type { ByteSink, GapLength } from '../carrier/byte-stream.ts';
import type { TlsMark } from './facts.ts';
import { HandshakeReader, type MessageTaker } from './handshake-reader.ts';
import type { RecordOpener } from './protection.ts';
import { RecordReader, type RecordTaker } from './record-reader.ts';

/** What the records of a direction are now. */
export type SideMode =
  /** In clear. */
  | 'plain'
  /** They are kept until the ServerHello, or the server's answer to early data, says what they are. */
  | 'held'
  /** Protected, and read. */
  | 'open'
  /** Protected, and not read: only their headers are. */
  | 'hidden';

export interface HeldRecord {
  readonly type: number;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly mark: TlsMark;
}

/** Before the first packet. */
const NOWHERE: TlsMark = { packet: 0, seconds: 0, nanoseconds: 0 };

export class TlsSide {
  readonly reader: RecordReader;
  readonly handshake: HandshakeReader;
  mode: SideMode = 'plain';
  opener: RecordOpener | null = null;
  /** Number of the next record under these keys. */
  sequence = 0;
  /** A record was opened with these keys. */
  isProven = false;
  /** The contents go straight to it. */
  sink: ByteSink | null = null;
  held: HeldRecord[] = [];
  heldBytes = 0;
  /** TLS 1.3: the keys are those behind Finished. */
  isApplication = false;
  /** Records that don't open are passed over until the first one that does. */
  isTolerant = false;
  /** How many of these there were. */
  foreign = 0;
  /** Records whose headers alone were read. */
  hiddenRecords = 0;
  /** Contents were handed on. */
  hasContents = false;
  /** The packet that completed the last record with contents. */
  lastPacket = 0;
  lastSeconds = 0;
  lastNanoseconds = 0;
  /** Its sender pads its records. */
  pads = false;

  /** Bytes were lost since the last record that was opened. */
  hadLoss = false;
  /**
   * How many bytes of the stream they are, with the records behind them that did not open; null where the next record's number
   * is known.
   */
  lost: GapLength | null = null;
  /** How many bytes of contents were in records that are known to be lost. */
  lostContents: GapLength = 0;
  /** Records in a row that did not open. */
  failed = 0;
  /** Whoever reads the contents was not told yet that some are missing. */
  owesGap = false;
  /** The packet behind the loss. */
  lossMark: TlsMark = NOWHERE;

  constructor(records: RecordTaker, messages: MessageTaker) {
    this.reader = new RecordReader(records);
    this.handshake = new HandshakeReader(messages);
  }

  /** A getter, because the mode changes inside calls. */
  get isOpen(): boolean {
    return this.mode === 'open';
  }

  /** From the next record on these keys are in use. */
  use(opener: RecordOpener): void {
    this.mode = 'open';
    this.opener = opener;
    this.sequence = 0;
    this.isProven = false;
    this.reader.wantsContents = true;
  }

  /** From now on only headers are read. */
  hide(): void {
    this.mode = 'hidden';
    this.opener = null;
    this.reader.wantsContents = false;
    this.held = [];
    this.heldBytes = 0;
  }
}
