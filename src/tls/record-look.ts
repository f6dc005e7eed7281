/**
 * What the sizes and times of TLS records show, without keys, once the handshake is over: who sent how much, whether it goes
 * like HTTP (a request, its answer, the next request) or like a WebSocket, and with which records it ended. Facts only: what
 * they make likely is judged elsewhere.
 */
import { millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';
import { plainLength, recordOverhead, type RecordOverhead } from './plain-length.ts';
import { HeartbeatFinder, type RecordHeartbeat } from './record-heartbeat.ts';

type Side = 'client' | 'server';

export interface RecordMark extends Timestamp {
  readonly packet: number;
}

/** Records of one side that follow each other, with no record of the other side and no pause of a second in between. */
export interface RecordBurst {
  readonly records: number;
  readonly first: RecordMark;
  readonly last: RecordMark;
  /** The most bytes that the records can hold; null where the cipher suite is not known. */
  readonly plainBytes: number | null;
  /** The same of the last record alone. */
  readonly lastPlainBytes: number | null;
  /** The last record of either side before them; null where there is none. */
  readonly before: RecordMark | null;
}

/** The application records of one side. */
export interface SideLook {
  readonly records: number;
  /** Bytes of their contents, as their headers have them. */
  readonly bytes: number;
  readonly last: RecordMark | null;
  /** The records that it sent last; null where it sent none. */
  readonly lastBurst: RecordBurst | null;
}

export interface RecordLook {
  readonly client: SideLook;
  readonly server: SideLook;
  /** The client's first records, up to the server's next one; null where it sent none. */
  readonly request: RecordBurst | null;
  /** The server's records behind them, without TLS 1.3's session tickets as far as these can be told; null where none came. */
  readonly answer: RecordBurst | null;
  /** The server sent records before the client's first one: tickets of TLS 1.3, or a protocol in which the server speaks first. */
  readonly serverBeforeRequest: number;
  /** Records of the client behind that answer. */
  readonly clientAfterAnswer: number;
  /** Of the client's bursts behind that answer: how many are as large as a request with its headers. */
  readonly requestsAfterAnswer: number;
  /** How many are smaller than any request can be. HTTP/1.1 never sends such a record after an answer. */
  readonly smallAfterAnswer: number;
  /** How often the client spoke after the server had spoken twice without being asked, a second or more apart. */
  readonly turns: number;
  readonly heartbeat: RecordHeartbeat | null;
}

/** Application data (RFC 8446 §5.1). Alerts and handshake messages are no part of the look. */
const APPLICATION_DATA = 23;
/** Two records further apart than this are two statements. */
const PAUSE_MS = 1000;
/** "GET / HTTP/1.1", a Host and the line breaks need about so much; programs that poll send more. */
const SMALLEST_REQUEST = 48;
/** So large are requests with the headers that programs and browsers send; most messages of WebSockets are smaller. */
const REQUEST_SIZE = 100;
/** The smallest masked frame is an empty one; a close_notify holds less. */
const SMALLEST_CLIENT_FRAME = 6;
/** Heartbeats are small: a ping, a few characters of JSON. */
const LARGEST_HEARTBEAT = 64;
/** A session ticket of TLS 1.3 is no larger. */
const LARGEST_TICKET = 600;

class Burst {
  records = 0;
  readonly first: RecordMark;
  readonly before: RecordMark | null;
  last: RecordMark;
  plainBytes = 0;
  lastPlainBytes = 0;

  constructor(first: RecordMark, before: RecordMark | null) {
    this.first = first;
    this.last = first;
    this.before = before;
  }

  add(plain: number, mark: RecordMark): void {
    this.records++;
    this.last = mark;
    this.plainBytes += plain;
    this.lastPlainBytes = plain;
  }

  facts(isMeasured: boolean): RecordBurst {
    const { records, first, last, plainBytes, lastPlainBytes, before } = this;
    return {
      records,
      first,
      last,
      plainBytes: isMeasured ? plainBytes : null,
      lastPlainBytes: isMeasured ? lastPlainBytes : null,
      before,
    };
  }
}

class SideWatch {
  records = 0;
  bytes = 0;
  last: RecordMark | null = null;
  burst: Burst | null = null;

  facts(isMeasured: boolean): SideLook {
    const { records, bytes, last, burst } = this;
    return { records, bytes, last, lastBurst: burst?.facts(isMeasured) ?? null };
  }
}

/** Takes every record behind the handshake, in the order of capture. */
export class RecordWatch {
  readonly #client = new SideWatch();
  readonly #server = new SideWatch();
  readonly #heartbeats = new HeartbeatFinder();
  #overhead: RecordOverhead | null = null;
  #hasTickets = false;
  /** TLS 1.0 in CBC splits records, and says nothing by their sizes. */
  #isSplit = false;
  #lastFrom: Side | null = null;
  #lastMark: RecordMark | null = null;
  #request: Burst | null = null;
  #answer: Burst | null = null;
  /** Records of one length right behind the request: two or more are tickets, a single one is the answer. */
  #run: Burst | null = null;
  #runLength = 0;
  #serverBeforeRequest = 0;
  #clientAfterAnswer = 0;
  #requestsAfterAnswer = 0;
  #smallAfterAnswer = 0;
  #pushes = 0;
  #turns = 0;
  /** The client's records since its last pause or the server's last record, behind the answer. */
  #isLargeCounted = false;

  /** The handshake has agreed on these. Without them sizes say nothing. */
  speaks(version: string, cipher: string | null): void {
    this.#overhead = recordOverhead(version, cipher);
    this.#hasTickets = version === '1.3';
    this.#isSplit = (version === '1.0' || version === 'SSL 3.0') && cipher?.includes('_CBC') === true;
  }

  /** @param length of the record's contents, as its header has it */
  record(from: Side, contentType: number, length: number, mark: RecordMark): void {
    if (contentType !== APPLICATION_DATA) return;
    const side = from === 'client' ? this.#client : this.#server;
    const plain = this.#overhead === null ? 0 : plainLength(length, this.#overhead);
    const isNew =
      side.burst === null ||
      this.#lastFrom !== from ||
      millisecondsBetween(side.burst.last, mark) >= PAUSE_MS;
    if (isNew) side.burst = new Burst(mark, this.#lastMark);
    const burst = side.burst!;
    burst.add(plain, mark);
    side.records++;
    side.bytes += length;
    side.last = mark;
    if (from === 'client') this.#fromClient(plain, isNew, burst);
    else this.#fromServer(length, isNew, plain, mark);
    if (this.#overhead !== null && plain <= LARGEST_HEARTBEAT) {
      this.#heartbeats.small(from, length, mark, this.#overhead.block);
    }
    this.#lastFrom = from;
    this.#lastMark = mark;
  }

  facts(): RecordLook {
    const isMeasured = this.#overhead !== null && !this.#isSplit;
    return {
      client: this.#client.facts(isMeasured),
      server: this.#server.facts(isMeasured),
      request: this.#request?.facts(isMeasured) ?? null,
      answer: this.#answerNow?.facts(isMeasured) ?? null,
      serverBeforeRequest: this.#serverBeforeRequest,
      clientAfterAnswer: this.#clientAfterAnswer,
      requestsAfterAnswer: isMeasured ? this.#requestsAfterAnswer : 0,
      smallAfterAnswer: isMeasured ? this.#smallAfterAnswer : 0,
      turns: this.#turns,
      heartbeat: isMeasured ? this.#heartbeats.facts() : null,
    };
  }

  #fromClient(plain: number, isNew: boolean, burst: Burst): void {
    if (this.#answerNow === null) {
      // Without a record of the server in between it is all one request, whatever the pauses.
      this.#request ??= new Burst(burst.last, burst.before);
      this.#request.add(plain, burst.last);
      return;
    }
    this.#clientAfterAnswer++;
    if (isNew) {
      this.#isLargeCounted = false;
      const isAfterServer = this.#lastFrom === 'server';
      if (isAfterServer && plain >= SMALLEST_CLIENT_FRAME && plain < SMALLEST_REQUEST)
        this.#smallAfterAnswer++;
      if (this.#pushes >= 2) this.#turns++;
      this.#pushes = 0;
    }
    if (!this.#isLargeCounted && burst.plainBytes >= REQUEST_SIZE) {
      this.#isLargeCounted = true;
      this.#requestsAfterAnswer++;
    }
  }

  #fromServer(length: number, isNew: boolean, plain: number, mark: RecordMark): void {
    if (this.#request === null) {
      this.#serverBeforeRequest++;
      return;
    }
    if (this.#clientAfterAnswer === 0) this.#addToAnswer(length, plain, mark);
    // The first burst after a client's is its answer; the next ones nobody asked for.
    if (isNew) this.#pushes = this.#lastFrom === 'server' ? this.#pushes + 1 : 0;
  }

  get #answerNow(): Burst | null {
    return this.#answer ?? (this.#run?.records === 1 ? this.#run : null);
  }

  /** Until the client speaks again, or the server pauses. */
  #addToAnswer(length: number, plain: number, mark: RecordMark): void {
    const last = (this.#answer ?? this.#run)?.last;
    if (last !== undefined && millisecondsBetween(last, mark) >= PAUSE_MS) {
      this.#answer ??= this.#answerNow;
      if (this.#answer !== null) return;
    }
    if (this.#answer === null && this.#isTicket(length)) {
      this.#run ??= new Burst(mark, this.#lastMark);
      this.#runLength = length;
      this.#run.add(plain, mark);
      return;
    }
    this.#answer ??= this.#answerNow ?? new Burst(mark, this.#lastMark);
    this.#answer.add(plain, mark);
  }

  /** Or may be one: servers send several, all of one length. */
  #isTicket(length: number): boolean {
    if (!this.#hasTickets || this.#serverBeforeRequest > 0 || length > LARGEST_TICKET) return false;
    return this.#run === null || this.#runLength === length;
  }
}
