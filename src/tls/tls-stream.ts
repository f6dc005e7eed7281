/**
 * One TLS connection (RFC 8446, RFC 5246): takes the bytes of both directions, and hands on what is inside where the keys are
 * known. Without keys it reads the handshake as far as it is in clear, and behind that the headers of the records.
 *
 * What a record holds is handed on only when its tag or MAC is right, with the packet that completed the record. Behind a loss
 * the numbers of records are tried until one fits. HOT: `record` runs once per record.
 */
import type { ByteSink, ByteStream, GapLength } from '../carrier/byte-stream.ts';
import type { OpenCarrier } from '../carrier/carrier.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { CLOSE_NOTIFY } from './alerts.ts';
import { ByteReader } from './byte-reader.ts';
import { readCertificate } from './certificate.ts';
import { suiteName, suiteProtection } from './cipher-suites.ts';
import { parseClientHello, readProtocols, type ClientHello } from './client-hello.ts';
import type { TlsFacts, TlsMark, TlsRole, Undecrypted } from './facts.ts';
import { FactsLog } from './facts-log.ts';
import { messageName } from './handshake-reader.ts';
import type { KeySource } from './key-log.ts';
import type { RecordOpener, SessionOpeners } from './protection.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, RECORD_HEADER } from './record-header.ts';
import { parseServerHello, type ServerHello } from './server-hello.ts';
import { sessionOpeners } from './session-openers.ts';
import { TlsSide } from './tls-side.ts';

/** What happens in a TLS connection, for a timeline. */
export interface TlsListener {
  clientHello(direction: Direction, serverName: string | null, mark: TlsMark): void;
  /** @param detail version and cipher suite */
  established(direction: Direction, detail: string, mark: TlsMark): void;
  /** @param detail level and description */
  alert(direction: Direction, code: number, detail: string, mark: TlsMark): void;
}

/**
 * Records that the client sends before its keys are known: early data, or records that were captured before the ServerHello.
 * Of more, nothing is decrypted.
 * @bound bytes of a TLS connection held until the ServerHello says what they are: {bytes}
 */
const MAX_HELD = 64 * 1024;
/**
 * Records of another epoch (early data that the server refused, a handshake whose secrets are missing) that are passed over.
 * @bound TLS records passed over before the first one that the keys open: {count}
 */
const MAX_FOREIGN = 256;
/**
 * So many numbers are tried for a record behind a loss, for each set of keys that it may have.
 * @bound record numbers tried for a TLS record behind a loss: {count}
 */
const MAX_TRIALS = 4096;
/**
 * Then the direction is given up.
 * @bound bytes decrypted in trials of record numbers, of a TLS connection: {bytes}
 */
const MAX_TRIAL_BYTES = 64 * 1024 * 1024;
/**
 * Then the direction is given up.
 * @bound TLS records in a row that no key opens: {count}
 */
const MAX_FAILED = 64;

// Handshake messages.
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const NEW_SESSION_TICKET = 4;
const END_OF_EARLY_DATA = 5;
const ENCRYPTED_EXTENSIONS = 8;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const CERTIFICATE_REQUEST = 13;
const SERVER_HELLO_DONE = 14;
const FINISHED = 20;
const KEY_UPDATE = 24;

// Extensions.
const ALPN = 16;
const EARLY_DATA = 42;

/** Level and description. */
const ALERT_LENGTH = 2;
/** TLS 1.3 puts the type of the contents behind them. */
const INNER_TYPE = 1;
const HANDSHAKE_HEADER = 4;
const FATAL = 2;

export class TlsStream implements OpenCarrier {
  readonly #inside: ByteStream;
  readonly #keys: KeySource | null;
  readonly #log = new FactsLog();
  readonly #sides: readonly [TlsSide, TlsSide];
  #hello: ClientHello | null = null;
  #isModern = false;
  /** A ServerHello that is no HelloRetryRequest was read. */
  #isAgreed = false;
  #openers: SessionOpeners | null = null;
  #early: 'none' | 'offered' | 'accepted' | 'refused' = 'none';
  /** Lengths of TLS 1.3's records with a Finished, and with an alert. */
  #finishedRecord = 0;
  #alertRecord = 0;
  readonly #isFinished: [boolean, boolean] = [false, false];
  /** TLS 1.3 without keys: the last record of the server before the client's Finished. */
  #lastOfServer: { readonly length: number; readonly mark: TlsMark } | null = null;
  #trialBytes = 0;
  /** The keys have opened a record: they are this connection's. */
  #isAnyOpened = false;
  listener: TlsListener | null = null;

  /** @param isLate the capture began after the handshake */
  constructor(inside: ByteStream, keys: KeySource | null, isLate = false) {
    this.#inside = inside;
    this.#keys = keys;
    this.#sides = [this.#newSide(0), this.#newSide(1)];
    if (!isLate) return;
    this.#giveUpHandshake();
    for (const side of this.#sides) side.reader.search();
  }

  /** The direction of the client's bytes; null while neither hello was read. */
  get client(): Direction | null {
    return this.#log.client;
  }

  /** No hello will say whose bytes are the client's. */
  assumeClient(direction: Direction): void {
    this.#log.client ??= direction;
  }

  /** The capture began after the handshake. */
  get isLate(): boolean {
    return this.#log.keys === 'late';
  }

  /** The keys are there: what is inside was read. */
  get isRead(): boolean {
    return this.#log.keys === 'found';
  }

  /** @param client the direction of the client's bytes, as the rest of the record has it */
  facts(client: Direction): TlsFacts {
    const lastOf = ({ hasContents, lastPacket, lastSeconds, lastNanoseconds }: TlsSide): TlsMark | null =>
      hasContents ? { packet: lastPacket, seconds: lastSeconds, nanoseconds: lastNanoseconds } : null;
    const lastContents = {
      client: lastOf(this.#sides[client]),
      server: lastOf(this.#sides[otherOf(client)]),
    };
    return { ...this.#log.facts(client), ...(this.isRead ? { lastContents } : {}) };
  }

  /** Takes the bytes of a direction in place of {@link data}: whoever brings them need not pass them through other objects. */
  sinkOf(direction: Direction): ByteSink {
    return this.#sides[direction].reader;
  }

  // As a carrier.

  sendTo(direction: Direction, sink: ByteSink): void {
    this.#sides[direction].sink = sink;
  }

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#sides[direction].reader.push(bytes, start, end, packet, seconds, nanoseconds);
  }

  gap(direction: Direction, length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    this.#sides[direction].reader.gap(length, packet, seconds, nanoseconds);
  }

  end(direction: Direction): void {
    const side = this.#sides[direction];
    const { packet, seconds, nanoseconds } = side.lossMark;
    if (side.owesGap) this.#payGap(direction, 'unknown', packet, seconds, nanoseconds);
    this.#inside.end(direction);
  }

  #newSide(direction: Direction): TlsSide {
    return new TlsSide(
      {
        record: (type, version, bytes, start, end, packet, seconds, nanoseconds) => {
          this.#record(direction, type, version, bytes, start, end, packet, seconds, nanoseconds);
        },
        passed: (type, length, packet, seconds, nanoseconds) => {
          this.#passed(direction, type, length, { packet, seconds, nanoseconds });
        },
        lost: (type, length, packet, seconds, nanoseconds) => {
          this.#lostRecord(direction, type, length, { packet, seconds, nanoseconds });
        },
        unsynchronized: (packet, seconds, nanoseconds) => {
          this.#unsynchronized(direction, { packet, seconds, nanoseconds });
        },
        resynchronized: (lost) => {
          const side = this.#sides[direction];
          side.lost = lost === 'unknown' || side.lost === 'unknown' ? 'unknown' : (side.lost ?? 0) + lost;
        },
        malformed: (packet, seconds, nanoseconds) => {
          if (this.#sides[direction].mode === 'open')
            this.#giveUp(direction, 'malformed', { packet, seconds, nanoseconds });
        },
      },
      {
        message: (type, bytes, start, end, mark) => {
          this.#message(direction, type, bytes, start, end, mark);
        },
      },
    );
  }

  // Records.

  #record(
    direction: Direction,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const side = this.#sides[direction];
    if (side.mode === 'open') {
      this.#openRecord(side, direction, type, version, bytes, start, end, packet, seconds, nanoseconds);
      return;
    }
    const mark: TlsMark = { packet, seconds, nanoseconds };
    if (side.mode === 'plain') this.#plainRecord(side, direction, type, version, bytes, start, end, mark);
    else if (side.mode === 'held') this.#hold(side, direction, type, version, bytes, start, end, mark);
    else this.#passed(direction, type, end - start, mark);
  }

  #plainRecord(
    side: TlsSide,
    direction: Direction,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    mark: TlsMark,
  ): void {
    if (type === HANDSHAKE) {
      const { packet, seconds, nanoseconds } = mark;
      if (side.lost !== null && this.#mayBeProtected(side, direction)) {
        // Behind a loss it may be in clear, or the Finished behind a ChangeCipherSpec that was lost.
        const contents = this.#searchFrom(side, direction, type, version, bytes, start, end);
        if (contents !== null) {
          this.#opened(side, direction, type, contents, packet, seconds, nanoseconds);
          return;
        }
        side.mode = 'plain';
        side.opener = null;
      }
      side.reader.confirm();
      side.handshake.push(bytes, start, end, mark);
    } else if (type === ALERT) {
      if (end - start === ALERT_LENGTH) this.#alert(direction, bytes[start]!, bytes[start + 1]!, false, mark);
    } else if (type === CHANGE_CIPHER_SPEC) {
      if (this.#isModern) return;
      if (this.#isAgreed) this.#protect(side, direction, false, mark);
      else this.#holdFrom(side, direction, type, version, bytes, start, end, mark);
    } else if (type === APPLICATION_DATA) {
      if (this.#isAgreed) {
        this.#protect(side, direction, true, mark);
        const { packet, seconds, nanoseconds } = mark;
        this.#record(direction, type, version, bytes, start, end, packet, seconds, nanoseconds);
      } else this.#holdFrom(side, direction, type, version, bytes, start, end, mark);
    }
  }

  /** TLS 1.2 and before: the keys are there with which records of this direction may be protected by now. */
  #mayBeProtected(side: TlsSide, direction: Direction): boolean {
    if (this.#isModern || !this.#isAgreed) return false;
    const opener = this.#openers?.handshake[this.#log.roleOf(direction)] ?? null;
    if (opener === null) return false;
    side.opener = opener;
    side.sequence = 0;
    return true;
  }

  /** Protected records come before it is known by what. */
  #holdFrom(
    side: TlsSide,
    direction: Direction,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    mark: TlsMark,
  ): void {
    const isClient = this.#log.client === direction;
    // A server says what it chose before it sends anything else: that was lost.
    if (!isClient || this.#hello === null) {
      this.#giveUpHandshake();
      this.#passed(direction, type, end - start, mark);
      return;
    }
    side.mode = 'held';
    this.#hold(side, direction, type, version, bytes, start, end, mark);
  }

  #hold(
    side: TlsSide,
    direction: Direction,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    mark: TlsMark,
  ): void {
    side.heldBytes += RECORD_HEADER + end - start;
    if (side.heldBytes > MAX_HELD) {
      this.#giveUp(direction, 'bound', mark);
      return;
    }
    side.held.push({ type, version, bytes: bytes.slice(start, end), mark });
  }

  /** It is known by now what the held records are. */
  #release(direction: Direction): void {
    const side = this.#sides[direction];
    if (side.mode !== 'held') return;
    const { held } = side;
    side.held = [];
    side.heldBytes = 0;
    side.mode = 'plain';
    for (const { type, version, bytes, mark } of held) {
      const { packet, seconds, nanoseconds } = mark;
      this.#record(direction, type, version, bytes, 0, bytes.length, packet, seconds, nanoseconds);
    }
  }

  /** The records of this direction are protected from now on. */
  #protect(side: TlsSide, direction: Direction, isFirstLost: boolean, mark: TlsMark): void {
    const role = this.#log.roleOf(direction);
    if (!isFirstLost) {
      // The ChangeCipherSpec is here, so the next record is the first one.
      side.lost = null;
      if (role === 'server' && this.#log.isResumed === null && !side.hadLoss) this.#log.isResumed = true;
    }
    const openers = this.#openers;
    if (openers === null) {
      side.hide();
      return;
    }
    if (this.#isModern && role === 'client' && this.#early === 'offered') {
      const isUndecided = this.#sides[otherOf(direction)].mode !== 'hidden';
      if (isUndecided && openers.handshake.server !== null) {
        side.mode = 'held';
        return;
      }
      this.#early = 'refused';
    }
    if (this.#isModern && role === 'client' && this.#early === 'accepted') {
      if (openers.early !== null) {
        side.use(openers.early);
        return;
      }
      // What the client sent early is hidden; the handshake behind it is not.
      side.isTolerant = true;
      side.hadLoss = true;
      side.lostContents = 'unknown';
      this.#lose(side, direction, 'keys', mark);
    }
    if (this.#early === 'refused' && role === 'client') side.isTolerant = true;
    const handshake = openers.handshake[role];
    const application = openers.application[role];
    if (handshake !== null) side.use(handshake);
    else if (application !== null) {
      // The secrets of the handshake are missing: its records are passed over.
      side.use(application);
      side.isApplication = true;
      side.isTolerant = true;
    } else {
      side.owesGap = true;
      this.#giveUp(direction, 'keys', mark);
    }
  }

  #openRecord(
    side: TlsSide,
    direction: Direction,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (
      type !== APPLICATION_DATA &&
      this.#passesOver(side, direction, type, bytes, start, end, packet, seconds, nanoseconds)
    )
      return;
    const contents =
      side.lost === null
        ? side.opener!.open(side.sequence, type, version, bytes, start, end)
        : this.#search(side, direction, type, version, bytes, start, end);
    if (contents === null) {
      side.opener?.skip?.(bytes, start, end);
      this.#failed(side, direction, end - start, { packet, seconds, nanoseconds });
      return;
    }
    this.#opened(side, direction, type, contents, packet, seconds, nanoseconds);
  }

  /** Records that are in clear between protected ones. */
  #passesOver(
    side: TlsSide,
    direction: Direction,
    type: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): boolean {
    if (this.#isModern) {
      const mark: TlsMark = { packet, seconds, nanoseconds };
      // A side that can't read the other's keys yet says so in clear.
      if (type === ALERT && end - start === ALERT_LENGTH)
        this.#alert(direction, bytes[start]!, bytes[start + 1]!, false, mark);
      return true;
    }
    if (type !== CHANGE_CIPHER_SPEC) return false;
    const openers = this.#openers?.handshake[this.#log.roleOf(direction)] ?? null;
    if (side.sequence === 0 && !side.isProven && openers === side.opener) return true;
    this.#giveUp(direction, 'renegotiation', { packet, seconds, nanoseconds });
    return true;
  }

  #opened(
    side: TlsSide,
    direction: Direction,
    type: number,
    contents: Uint8Array,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    side.sequence++;
    if (!side.isProven) {
      side.isProven = true;
      side.isTolerant = false;
      this.#isAnyOpened = true;
      this.#log.keys = 'found';
    }
    if (side.failed > 0 || side.hadLoss) this.#recovered(side, direction, packet, seconds, nanoseconds);
    let kind = type;
    let end = contents.length;
    if (this.#isModern) {
      // RFC 8446 §5.4: zeros behind the type are padding.
      while (end > 0 && contents[end - 1] === 0) end--;
      if (end === 0) return;
      kind = contents[--end]!;
      if (end + INNER_TYPE < contents.length) side.pads = true;
    }
    if (kind === APPLICATION_DATA) {
      if (end === 0) return;
      side.hasContents = true;
      side.lastPacket = packet;
      side.lastSeconds = seconds;
      side.lastNanoseconds = nanoseconds;
      if (this.#log.completed === null && side.isApplication && direction === this.#log.client)
        this.#finish(direction, { packet, seconds, nanoseconds });
      if (side.sink !== null) side.sink.push(contents, 0, end, packet, seconds, nanoseconds);
      else this.#inside.data(direction, contents, 0, end, packet, seconds, nanoseconds);
    } else if (kind === HANDSHAKE) {
      side.handshake.push(contents, 0, end, { packet, seconds, nanoseconds });
    } else if (kind === ALERT && end === ALERT_LENGTH) {
      this.#alert(direction, contents[0]!, contents[1]!, true, { packet, seconds, nanoseconds });
    }
  }

  /** A record that is whole does not open. */
  #failed(side: TlsSide, direction: Direction, length: number, mark: TlsMark): void {
    if (side.isTolerant && !side.isProven) {
      if (++side.foreign > MAX_FOREIGN) this.#wrongKeys(direction, mark);
      return;
    }
    if (!side.isProven && side.lost === null) {
      this.#wrongKeys(direction, mark);
      return;
    }
    side.failed++;
    if (side.lost === null) {
      // Its receiver sees the same, and counts on.
      this.#lose(side, direction, 'refused', mark);
      side.sequence++;
      side.lost = 0;
      return;
    }
    side.lost = side.lost === 'unknown' ? 'unknown' : side.lost + RECORD_HEADER + length;
    side.lostContents = 'unknown';
    if (side.failed > MAX_FAILED || this.#trialBytes > MAX_TRIAL_BYTES)
      this.#giveUp(direction, 'bound', mark);
  }

  #wrongKeys(direction: Direction, mark: TlsMark): void {
    if (!this.#isAnyOpened) this.#log.keys = 'wrong';
    this.#giveUp(direction, 'keys', mark);
  }

  /** Bytes of the record are missing, but the next one begins right behind them. */
  #lostRecord(direction: Direction, type: number, length: number, mark: TlsMark): void {
    const side = this.#sides[direction];
    side.handshake.reset();
    side.hadLoss = true;
    if (side.mode === 'hidden') {
      this.#passed(direction, type, length, mark);
      return;
    }
    if (side.mode === 'held') {
      this.#giveUp(direction, 'gap', mark);
      return;
    }
    if (side.mode === 'plain') {
      if (type === APPLICATION_DATA || type === CHANGE_CIPHER_SPEC) {
        if (!this.#isAgreed) {
          this.#giveUpHandshake();
          return;
        }
        this.#protect(side, direction, type === APPLICATION_DATA, mark);
      }
      side.lost ??= 0;
    }
    if (side.isOpen) {
      const overhead = side.opener!.overhead;
      const contents: GapLength = overhead === null || length < overhead ? 'unknown' : length - overhead;
      if (contents === 'unknown' || side.lostContents === 'unknown') side.lostContents = 'unknown';
      else side.lostContents += contents;
      side.sequence++;
      side.lost ??= 0;
      this.#lose(side, direction, 'gap', mark);
    }
  }

  #unsynchronized(direction: Direction, mark: TlsMark): void {
    const side = this.#sides[direction];
    side.handshake.reset();
    side.hadLoss = true;
    if (side.mode === 'held') this.#giveUp(direction, 'gap', mark);
    else if (side.mode !== 'hidden') {
      side.lost ??= 0;
      if (side.mode === 'open') this.#lose(side, direction, 'gap', mark);
    }
  }

  /** Contents of this direction are missing from here on. */
  #lose(side: TlsSide, direction: Direction, reason: Undecrypted['reason'], mark: TlsMark): void {
    this.#log.undecrypted(direction, reason, mark);
    side.lossMark = mark;
    side.owesGap = true;
  }

  /** A record was opened behind a loss. */
  #recovered(
    side: TlsSide,
    direction: Direction,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    side.reader.confirm();
    this.#log.resumed(direction);
    if (side.owesGap) this.#payGap(direction, side.lostContents, packet, seconds, nanoseconds);
    side.failed = 0;
    side.lost = null;
    side.lostContents = 0;
    side.hadLoss = false;
  }

  #payGap(
    direction: Direction,
    length: GapLength,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.#sides[direction].owesGap = false;
    if (length !== 0) this.#inside.gap(direction, length, packet, seconds, nanoseconds);
  }

  /** Nothing more of this direction is decrypted. */
  #giveUp(direction: Direction, reason: Undecrypted['reason'], mark: TlsMark): void {
    const side = this.#sides[direction];
    const wasOpen = side.mode === 'open';
    this.#log.undecrypted(direction, reason, mark);
    side.hide();
    if (wasOpen || side.owesGap) {
      side.owesGap = false;
      this.#inside.gap(direction, 'unknown', mark.packet, mark.seconds, mark.nanoseconds);
    }
  }

  /** The handshake is not in the capture, or not enough of it. */
  #giveUpHandshake(): void {
    this.#log.keys = 'late';
    for (const side of this.#sides) side.hide();
  }

  // Behind a loss.

  /** The same as {@link #search}, where the records may be protected or in clear. */
  #searchFrom(
    side: TlsSide,
    direction: Direction,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null {
    const contents = this.#search(side, direction, type, version, bytes, start, end);
    if (contents !== null) {
      side.mode = 'open';
      side.reader.wantsContents = true;
    }
    return contents;
  }

  /**
   * Tries the numbers and keys that the record may have. Where one fits, the direction goes on with them: a tag is right by
   * chance once in 2^64 trials or fewer.
   */
  #search(
    side: TlsSide,
    direction: Direction,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null {
    const opener = side.opener!;
    const lost = side.lost ?? 0;
    const contents = this.#try(opener, side.sequence, lost, type, version, bytes, start, end);
    if (contents !== null) {
      const records = this.#found - side.sequence;
      side.lostContents = this.#contentsOf(side, opener, records, lost);
      side.sequence = this.#found;
      return contents;
    }
    const later = this.#laterOpener(side, direction, opener);
    if (later === null) return null;
    const ofLater = this.#try(later, 0, lost, type, version, bytes, start, end);
    if (ofLater === null) return null;
    side.isApplication ||= later === this.#openers?.application[this.#log.roleOf(direction)];
    side.use(later);
    side.sequence = this.#found;
    side.lostContents = 'unknown';
    return ofLater;
  }

  /** Number of the record that {@link #try} opened last. */
  #found = 0;

  #try(
    opener: RecordOpener,
    from: number,
    lost: GapLength,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Uint8Array | null {
    const most =
      lost === 'unknown' ? MAX_TRIALS : Math.min(MAX_TRIALS, Math.floor(lost / opener.smallestRecord));
    for (let number = from; number <= from + most; number++) {
      if (this.#trialBytes > MAX_TRIAL_BYTES) return null;
      this.#trialBytes += end - start;
      const contents = opener.open(number, type, version, bytes, start, end);
      if (contents === null) continue;
      this.#found = number;
      return contents;
    }
    return null;
  }

  /** How much lay in records that were lost: what their headers and tags took is known. */
  #contentsOf(side: TlsSide, opener: RecordOpener, records: number, lost: GapLength): GapLength {
    const before = side.lostContents;
    if (lost === 'unknown' || before === 'unknown' || opener.overhead === null) return 'unknown';
    // Behind a handshake there may be tickets among them, and padding is nobody's contents.
    if (!side.hasContents || side.pads) return 'unknown';
    const contents = lost - records * (RECORD_HEADER + opener.overhead);
    if (contents < 0 || (records === 0 && lost > 0)) return 'unknown';
    return before + contents;
  }

  /** TLS 1.3: the keys behind these: those of the application behind the handshake's, or those behind a KeyUpdate. */
  #laterOpener(side: TlsSide, direction: Direction, opener: RecordOpener): RecordOpener | null {
    if (!this.#isModern) return null;
    const role = this.#log.roleOf(direction);
    if (side.isApplication) return opener.next();
    return this.#openers?.application[role] ?? null;
  }

  // Records that can't be read.

  #passed(direction: Direction, type: number, length: number, mark: TlsMark): void {
    const side = this.#sides[direction];
    const role = this.#log.roleOf(direction);
    side.hiddenRecords++;
    if (this.#log.keys === 'late' || this.#log.completed !== null) {
      if (type === ALERT) this.#log.hiddenAlert(direction, mark);
      this.#log.watch.record(role, type, length, mark);
    } else if (this.#isModern) this.#passedInHandshake(side, role, direction, type, length, mark);
    else if (type === HANDSHAKE && !this.#isFinished[direction]) {
      // The first record behind ChangeCipherSpec.
      this.#log.message(direction, messageName(FINISHED), mark);
      this.#finished(direction, mark);
    } else if (type === ALERT) this.#log.hiddenAlert(direction, mark);
  }

  /** TLS 1.3 hides what its records are; their sizes tell the client's Finished. */
  #passedInHandshake(
    side: TlsSide,
    role: TlsRole,
    direction: Direction,
    type: number,
    length: number,
    mark: TlsMark,
  ): void {
    if (type !== APPLICATION_DATA) return;
    this.#log.hiddenMessage(direction, length, mark);
    if (role !== 'client') {
      this.#lastOfServer = { length, mark };
      return;
    }
    this.#log.refusal = length === this.#alertRecord ? mark : null;
    if (length === this.#alertRecord) return;
    const isFinished = length === this.#finishedRecord;
    // A client that shows a certificate may put it into one record with its Finished.
    const isBehind = side.hiddenRecords > 1 && this.#early === 'none';
    if (!isFinished && !isBehind) return;
    // A client that was asked for a certificate sends one, if only an empty one, before its Finished.
    if (this.#early === 'none' && !side.hadLoss) this.#log.asksClientCertificate ??= side.hiddenRecords > 1;
    this.#finish(direction, mark);
    const last = this.#lastOfServer;
    // Packets may be captured in the wrong order: what the server sent later does not belong to the handshake.
    if (last !== null && millisecondsBetween(mark, last.mark) > 0)
      this.#log.watch.record('server', APPLICATION_DATA, last.length, last.mark);
  }

  // The handshake.

  #message(
    direction: Direction,
    type: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    mark: TlsMark,
  ): void {
    const side = this.#sides[direction];
    const isInClear = side.mode === 'plain';
    // Whatever the other direction's packets have shown by now: this side's part of the handshake ends with its Finished.
    const isOver = this.#isFinished[direction];
    if (!isOver) this.#log.message(direction, messageName(type), mark);
    if (isInClear && type === CLIENT_HELLO) this.#clientHello(direction, bytes, start, end, mark);
    else if (isInClear && type === SERVER_HELLO) this.#serverHello(direction, bytes, start, end, mark);
    else if (!isOver) this.#inHandshake(side, direction, type, bytes, start, end, mark);
    if (type === KEY_UPDATE && this.#isModern && side.isApplication) this.#updateKeys(side, direction, mark);
  }

  #inHandshake(
    side: TlsSide,
    direction: Direction,
    type: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    mark: TlsMark,
  ): void {
    const log = this.#log;
    const isServer = log.roleOf(direction) === 'server';
    switch (type) {
      case ENCRYPTED_EXTENSIONS:
        this.#encryptedExtensions(new ByteReader(bytes, start, end));
        break;
      case CERTIFICATE:
        if (isServer) log.certificate ??= this.#certificate(new ByteReader(bytes, start, end));
        if (isServer && !this.#isModern) log.isResumed = false;
        break;
      case SERVER_KEY_EXCHANGE:
        log.isResumed = false;
        break;
      case CERTIFICATE_REQUEST:
        log.asksClientCertificate = true;
        break;
      case SERVER_HELLO_DONE:
        log.isResumed = false;
        if (!side.hadLoss) log.asksClientCertificate ??= false;
        break;
      case NEW_SESSION_TICKET:
        break;
      case END_OF_EARLY_DATA: {
        const opener = this.#openers?.handshake.client ?? null;
        if (opener !== null && side.mode === 'open') side.use(opener);
        break;
      }
      case FINISHED:
        this.#finished(direction, mark);
        if (isServer && this.#isModern) log.asksClientCertificate ??= false;
        if (this.#isModern && side.mode === 'open') this.#useApplicationKeys(side, direction, mark);
        break;
      default:
    }
  }

  #clientHello(direction: Direction, bytes: Uint8Array, start: number, end: number, mark: TlsMark): void {
    if (this.#isAgreed || (this.#log.client !== null && this.#log.client !== direction)) return;
    const hello = parseClientHello(bytes, start, end);
    const isFirst = this.#hello === null;
    // Behind a HelloRetryRequest it has the same random.
    this.#hello ??= hello;
    this.#log.clientHello(direction, hello, mark);
    if (isFirst && hello.offersEarlyData) this.#early = 'offered';
    if (isFirst) this.listener?.clientHello(direction, hello.serverName, mark);
  }

  #serverHello(direction: Direction, bytes: Uint8Array, start: number, end: number, mark: TlsMark): void {
    const log = this.#log;
    if (this.#isAgreed || log.client === direction) return;
    const hello = parseServerHello(bytes, start, end);
    if (hello === null) return;
    log.client ??= otherOf(direction);
    if (hello.isRetry) {
      log.isRetried = true;
      log.message(direction, 'HelloRetryRequest', mark);
      this.#isModern = hello.version === '1.3';
      if (this.#early === 'offered') this.#early = 'refused';
      this.#release(otherOf(direction));
      return;
    }
    const cipher = suiteName(hello.cipher);
    this.#isAgreed = true;
    this.#isModern = hello.version === '1.3';
    log.version = hello.version;
    log.cipher = cipher;
    log.serverHello = mark;
    if (this.#isModern) {
      log.isResumed = hello.usesSharedKey;
      const protection = suiteProtection(cipher);
      if (protection !== null) {
        const hash = protection.hash === 'sha384' ? 48 : 32;
        this.#finishedRecord = HANDSHAKE_HEADER + hash + INNER_TYPE + protection.tagLength;
        this.#alertRecord = ALERT_LENGTH + INNER_TYPE + protection.tagLength;
      }
    } else log.alpn = hello.alpn;
    if (hello.version !== null) log.watch.speaks(hello.version, cipher);
    this.#findKeys(hello, cipher);
    this.#release(otherOf(direction));
  }

  #findKeys(hello: ServerHello, cipher: string): void {
    const log = this.#log;
    if (this.#hello === null) {
      log.keys = 'late';
      return;
    }
    const found = sessionOpeners(this.#hello, hello, cipher, this.#keys);
    if (found.kind === 'found') {
      log.keys = 'found';
      this.#openers = found.openers;
    } else if (found.kind === 'unsupported') {
      log.keys = 'unsupported';
      log.unsupported = found.what;
    }
  }

  #encryptedExtensions(reader: ByteReader): void {
    let isEarlyAccepted = false;
    reader.skip(2);
    while (reader.left >= 4) {
      const type = reader.word();
      const body = reader.part(reader.word());
      if (type === ALPN) this.#log.alpn ??= readProtocols(body)[0] ?? null;
      else if (type === EARLY_DATA) isEarlyAccepted = true;
    }
    if (this.#early === 'offered') this.#early = isEarlyAccepted ? 'accepted' : 'refused';
    if (this.#log.client !== null) this.#release(this.#log.client);
  }

  /** The first one of the chain. */
  #certificate(reader: ByteReader): TlsFacts['certificate'] {
    if (this.#isModern) reader.skip(reader.byte());
    reader.skip(3);
    const length = (reader.byte() << 16) | reader.word();
    const der = reader.copy(length);
    return reader.isShort ? null : readCertificate(der);
  }

  #useApplicationKeys(side: TlsSide, direction: Direction, mark: TlsMark): void {
    const opener = this.#openers?.application[this.#log.roleOf(direction)] ?? null;
    if (opener === null) this.#giveUp(direction, 'keys', mark);
    else {
      side.use(opener);
      side.isApplication = true;
    }
  }

  #updateKeys(side: TlsSide, direction: Direction, mark: TlsMark): void {
    const next = side.opener?.next() ?? null;
    if (next === null) this.#giveUp(direction, 'keys', mark);
    else side.use(next);
  }

  #finished(direction: Direction, mark: TlsMark): void {
    this.#isFinished[direction] = true;
    if (this.#isFinished[otherOf(direction)]) this.#finish(direction, mark);
  }

  /** The handshake is complete. */
  #finish(direction: Direction, mark: TlsMark): void {
    if (this.#log.completed !== null) return;
    this.#log.completed = mark;
    const version = this.#log.version ?? '';
    const name = version.startsWith('SSL') ? version : `TLS ${version}`;
    this.listener?.established(direction, `${name}, ${this.#log.cipher ?? ''}`, mark);
  }

  #alert(direction: Direction, level: number, code: number, isDecrypted: boolean, mark: TlsMark): void {
    // TLS 1.3 ignores the level: everything but these two is fatal (RFC 8446 §6).
    const isFatal = this.#isModern ? code !== CLOSE_NOTIFY && code !== USER_CANCELED : level === FATAL;
    const alert = this.#log.alert(direction, isFatal ? FATAL : level, code, isDecrypted, mark);
    this.listener?.alert(direction, code, `${alert.level} ${alert.description}`, mark);
  }
}

const USER_CANCELED = 90;
