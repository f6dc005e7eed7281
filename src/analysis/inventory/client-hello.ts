/**
 * Of a TLS ClientHello only what says where it wants to go: server name and ALPN (RFC 8446 §4.1.2, RFC 6066 §3,
 * RFC 7301 §3.1). Reads the first record alone. Never throws: what is cut or wrong ends the reading.
 */
import { latin1 } from '#platform/text';

export interface ClientHello {
  readonly serverName: string | null;
  /** The protocols that it offers, in its order. */
  readonly alpn: readonly string[];
}

const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
/** client_version and random, in front of the session id. */
const VERSION_AND_RANDOM = 34;
const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ALPN = 16;
const HOST_NAME = 0;
/** @bound protocols read of a ClientHello's ALPN: {count} */
const MAX_PROTOCOLS = 16;
/** The longest name in the domain name system. */
const LONGEST_NAME = 255;

/** Whether these are the first bytes of a handshake record with a ClientHello (RFC 8446 §5.1). */
export function isClientHello(bytes: Uint8Array): boolean {
  return bytes[0] === HANDSHAKE && bytes[RECORD_HEADER] === CLIENT_HELLO;
}

/** The length of the record that begins with these bytes, its header included. They are at least six. */
export function recordLength(bytes: Uint8Array): number {
  return RECORD_HEADER + ((bytes[3]! << 8) | bytes[4]!);
}

/** @param record the first record of a client, from its header on, perhaps cut */
export function readClientHello(record: Uint8Array): ClientHello {
  const reader = new Reader(record, RECORD_HEADER);
  const none: ClientHello = { serverName: null, alpn: [] };
  if (reader.byte() !== CLIENT_HELLO) return none;
  reader.skip(HANDSHAKE_HEADER - 1 + VERSION_AND_RANDOM);
  reader.skip(reader.byte());
  reader.skip(reader.word());
  reader.skip(reader.byte());
  reader.skip(2);
  let serverName: string | null = null;
  let alpn: string[] = [];
  while (reader.left >= 4) {
    const type = reader.word();
    const length = reader.word();
    const body = reader.part(length);
    if (type === SERVER_NAME) serverName ??= readServerName(body);
    else if (type === ALPN && alpn.length === 0) alpn = readProtocols(body);
  }
  return { serverName, alpn };
}

function readServerName(reader: Reader): string | null {
  reader.skip(2);
  if (reader.byte() !== HOST_NAME) return null;
  const name = reader.text(reader.word());
  return name === '' || name.length > LONGEST_NAME ? null : name;
}

function readProtocols(reader: Reader): string[] {
  const protocols: string[] = [];
  reader.skip(2);
  while (reader.left > 0 && protocols.length < MAX_PROTOCOLS) {
    const protocol = reader.text(reader.byte());
    // RFC 8701: clients offer reserved values, so that servers get used to unknown ones.
    if (protocol !== '' && !isGrease(protocol)) protocols.push(protocol);
  }
  return protocols;
}

function isGrease(protocol: string): boolean {
  const [first = '', second] = protocol;
  return protocol.length === 2 && first === second && (first.charCodeAt(0) & 0x0f) === 0x0a;
}

/** Reads big-endian numbers; behind the end everything is 0, and nothing is left. */
class Reader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, at: number, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = Math.min(at, end);
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    return this.left > 0 ? this.#bytes[this.#at++]! : 0;
  }

  word(): number {
    return (this.byte() << 8) | this.byte();
  }

  skip(length: number): void {
    this.#at = Math.min(this.#at + length, this.#end);
  }

  part(length: number): Reader {
    const from = this.#at;
    this.skip(length);
    return new Reader(this.#bytes, from, this.#at);
  }

  text(length: number): string {
    const from = this.#at;
    this.skip(length);
    return latin1(this.#bytes, from, this.#at);
  }
}
