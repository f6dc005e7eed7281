/**
 * Looks at the first bytes of each side of one connection, to say what its server speaks. Keeps a few bytes where a
 * segment cuts what tells, and of a TLS client its first record.
 */
import { joinBytes } from '../../basics/join-bytes.ts';
import { otherOf, type Direction } from '../../basics/direction.ts';
import type { Onlooker, SeenConnection } from '../../connection/onlooker.ts';
import { isPlausibleStart, looksLikeTls } from '../../http/sniff.ts';
import type { ServerProtocol } from '../../report/model.ts';
import type { TcpConnection } from '../../tcp/tcp-connection.ts';
import { isClientHello, readClientHello, recordLength, type ClientHello } from '../../tls/client-hello.ts';
import { FrameEvidence } from './frame-evidence.ts';

/** What the first bytes of a side are. */
type Speech = 'request' | 'answer' | 'http2' | 'tls' | 'other';

/** So many bytes tell HTTP, HTTP/2 and TLS apart. */
const TELLING_BYTES = 24;
/**
 * A ClientHello with keys against quantum computers has some 1,800 bytes.
 * @bound bytes kept of a TLS client's first record: {bytes}
 */
const MAX_HELLO = 4096;
/**
 * One side has sent so much, and the other nothing: it will not answer any more.
 * @bound bytes of one side after which the other side's answer is not waited for: {bytes}
 */
const MAX_MONOLOGUE = 64 * 1024;
const NOTHING = new Uint8Array(0);

/** What is known of a connection at its end. */
export interface LookedAt {
  readonly connection: TcpConnection;
  readonly server: Direction;
  readonly protocol: ServerProtocol;
  readonly requests: number;
  readonly upgrades: number;
  readonly hello: ClientHello | null;
  /** It was open before the capture began. */
  readonly isMidStream: boolean;
  /** Its bytes look like a WebSocket's, too few for the analysis to take them for one. */
  readonly looksLikeWebSocket: boolean;
}

/** Gets what was seen of each connection, once. */
export interface LookTaker {
  looked(looked: LookedAt): void;
}

export class ConnectionLook implements Onlooker {
  readonly #connection: TcpConnection;
  readonly #taker: LookTaker;
  // By direction. Fields and not lists: there is one look for each connection of the capture.
  #speech0: Speech | null = null;
  #speech1: Speech | null = null;
  #bytes0 = 0;
  #bytes1 = 0;
  #held0: Uint8Array = NOTHING;
  #held1: Uint8Array = NOTHING;
  /** By direction, where the connection was open before the capture began. */
  #evidence: readonly [FrameEvidence, FrameEvidence] | null = null;
  #hello: ClientHello | null = null;
  #requests = 0;
  #upgrades = 0;

  constructor(connection: TcpConnection, taker: LookTaker) {
    this.#connection = connection;
    this.#taker = taker;
  }

  get wantsMore(): boolean {
    if (this.#evidence?.some((each) => each.wantsMore) === true) return true;
    return this.#isUndecided(0) || this.#isUndecided(1);
  }

  data(direction: Direction, bytes: Uint8Array, start: number, end: number): void {
    if (direction === 0) this.#bytes0 += end - start;
    else this.#bytes1 += end - start;
    if (this.#isMidStream && this.#requests === 0) {
      this.#evidence ??= [new FrameEvidence(), new FrameEvidence()];
      this.#evidence[direction].segment(bytes, start, end);
    }
    if (this.#speech(direction) === null || this.#isHelloCut(direction)) {
      this.#listen(direction, bytes, start, end);
    }
  }

  requested(isUpgrade: boolean): void {
    this.#requests++;
    if (isUpgrade) this.#upgrades++;
    this.#evidence = null;
  }

  over({ client, isWebSocket }: SeenConnection): void {
    this.#decide(0, true);
    this.#decide(1, true);
    const server = this.#serverOf(client);
    this.#taker.looked({
      connection: this.#connection,
      server,
      protocol: isWebSocket ? 'websocket' : this.#protocolOf(server),
      requests: this.#requests,
      upgrades: this.#upgrades,
      hello: this.#hello,
      isMidStream: this.#isMidStream,
      looksLikeWebSocket: !isWebSocket && this.#evidence?.some((each) => each.isFrames) === true,
    });
  }

  get #isMidStream(): boolean {
    return this.#connection.originator === null;
  }

  #isUndecided(direction: Direction): boolean {
    if (this.#isHelloCut(direction)) return true;
    const bytesOfOther = direction === 0 ? this.#bytes1 : this.#bytes0;
    return this.#speech(direction) === null && bytesOfOther < MAX_MONOLOGUE;
  }

  /** This side sends a ClientHello, which is not complete. */
  #isHelloCut(direction: Direction): boolean {
    return this.#speech(direction) === 'tls' && this.#held(direction).length > 0;
  }

  #listen(direction: Direction, bytes: Uint8Array, start: number, end: number): void {
    const held = this.#held(direction);
    const room = MAX_HELLO - held.length;
    const piece = bytes.subarray(start, Math.min(end, start + room));
    if (held.length === 0 && piece.length >= TELLING_BYTES && this.#speech(direction) === null) {
      const speech = speechOf(piece);
      // Nearly every connection: nothing has to be held.
      if (speech !== 'tls') {
        this.#setSpeech(direction, speech);
        return;
      }
    }
    this.#hold(direction, joinBytes(held, piece));
    this.#decide(direction, false);
  }

  /** Says what the held bytes of a direction are, as soon as they tell. Then only a ClientHello is held on. */
  #decide(direction: Direction, isLast: boolean): void {
    const held = this.#held(direction);
    if (held.length === 0 || (held.length < TELLING_BYTES && !isLast)) return;
    const speech = this.#speech(direction) ?? speechOf(held);
    this.#setSpeech(direction, speech);
    if (speech === 'tls' && this.#hello === null && isClientHello(held)) {
      const needed = Math.min(recordLength(held), MAX_HELLO);
      if (held.length < needed && !isLast) return;
      this.#hello = readClientHello(held);
    }
    this.#hold(direction, NOTHING);
  }

  #speech(direction: Direction): Speech | null {
    return direction === 0 ? this.#speech0 : this.#speech1;
  }

  #setSpeech(direction: Direction, speech: Speech): void {
    if (direction === 0) this.#speech0 = speech;
    else this.#speech1 = speech;
  }

  #held(direction: Direction): Uint8Array {
    return direction === 0 ? this.#held0 : this.#held1;
  }

  #hold(direction: Direction, bytes: Uint8Array): void {
    if (direction === 0) this.#held0 = bytes;
    else this.#held1 = bytes;
  }

  /** Who is the server, where nothing has shown the client: who answers, doesn't mask, or has the lower port. */
  #serverOf(client: Direction | null): Direction {
    if (client !== null) return otherOf(client);
    for (const direction of [0, 1] as const) {
      if (this.#speech(direction) === 'answer') return direction;
      const frames = this.#evidence?.[direction];
      if (frames?.isFrames === true) return frames.isMasked ? otherOf(direction) : direction;
    }
    return this.#connection.endpoint(0).port < this.#connection.endpoint(1).port ? 0 : 1;
  }

  #protocolOf(server: Direction): ServerProtocol {
    const called = this.#connection.stream(server);
    const calling = this.#connection.stream(otherOf(server));
    const asked = protocolOfClient(this.#speech(otherOf(server)));
    const said = this.#speech(server);
    if (said !== null) return said === 'other' && asked === 'http2' ? asked : PROTOCOL_OF_SERVER[said];
    if (calling.syn !== null && called.syn === null && asked === null) {
      if (called.rst !== null) return 'refused';
      if (!called.isCaptured) return 'unanswered';
    }
    // It did send bytes, of which the capture holds none.
    if (called.streamBytes > 0) return asked ?? 'unknown';
    // Where only the client's direction was captured, its words say what is spoken.
    return called.isCaptured ? 'silent' : (asked ?? 'silent');
  }
}

const PROTOCOL_OF_SERVER: Readonly<Record<Speech, ServerProtocol>> = {
  answer: 'http',
  http2: 'http2',
  tls: 'tls',
  other: 'other',
  // No server speaks like that.
  request: 'other',
};

function protocolOfClient(speech: Speech | null): ServerProtocol | null {
  return speech === null ? null : speech === 'request' ? 'http' : PROTOCOL_OF_SERVER[speech];
}

/** A frame's type stands behind its length, its stream behind type and flags (RFC 9113 §4.1). */
const SETTINGS = 4;
const FRAME_HEADER = 9;
const LF = 0x0a;
/** "HTTP/" begins an answer; "HEAD " and "HELO" don't. */
const UPPER_H = 0x48;
const SLASH = 0x2f;

function speechOf(bytes: Uint8Array): Speech {
  if (looksLikeTls(bytes, 0, bytes.length)) return 'tls';
  if (isSettings(bytes)) return 'http2';
  switch (isPlausibleStart(bytes, 0, bytes.length, bytes.includes(LF))) {
    case null:
      return bytes[0] === UPPER_H && bytes[4] === SLASH ? 'answer' : 'request';
    case 'tls':
      return 'tls';
    case 'http2':
      return 'http2';
    default:
      return 'other';
  }
}

/** An HTTP/2 server begins with a SETTINGS frame (RFC 9113 §3.4): a few settings of six bytes, on stream 0. */
function isSettings(bytes: Uint8Array): boolean {
  if (bytes.length < FRAME_HEADER) return false;
  const isShort = bytes[0] === 0 && bytes[1] === 0 && bytes[2]! % 6 === 0;
  return (
    isShort && bytes[3] === SETTINGS && bytes[4] === 0 && bytes.subarray(5, 9).every((byte) => byte === 0)
  );
}
