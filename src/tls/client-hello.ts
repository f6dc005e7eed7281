/**
 * A TLS ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6066 §3, RFC 7301 §3.1): what the client asks for, and what is
 * needed to find its keys. Never throws: what is cut or wrong ends the reading.
 */
import { ByteReader } from './byte-reader.ts';
import { isReserved, isSignal, suiteName } from './cipher-suites.ts';
import type { TlsVersion } from './facts.ts';
import { versionName } from './versions.ts';

export interface ClientHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly serverName: string | null;
  /** The protocols that it offers, in its order. */
  readonly alpn: readonly string[];
  /** The highest first. A client that doesn't list them (before TLS 1.3) names only its highest. */
  readonly versions: readonly TlsVersion[];
  /** In the client's order. */
  readonly ciphers: readonly number[];
  readonly offersEarlyData: boolean;
  readonly offersResumption: boolean;
}

const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
const RANDOM = 32;
const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;

// Extensions.
const SERVER_NAME = 0;
const ALPN = 16;
const SESSION_TICKET = 35;
const PRE_SHARED_KEY = 41;
const EARLY_DATA = 42;
const SUPPORTED_VERSIONS = 43;

const HOST_NAME = 0;
/** @bound protocols read of a ClientHello's ALPN: {count} */
const MAX_PROTOCOLS = 16;
/** @bound versions read of a ClientHello: {count} */
const MAX_VERSIONS = 16;
/** @bound cipher suites read of a ClientHello: {count} */
const MAX_CIPHERS = 400;
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
  const start = record[RECORD_HEADER] === CLIENT_HELLO ? RECORD_HEADER + HANDSHAKE_HEADER : record.length;
  return parseClientHello(record, start, record.length);
}

/** @param start behind the header of the handshake message */
export function parseClientHello(bytes: Uint8Array, start: number, end: number): ClientHello {
  const reader = new ByteReader(bytes, start, end);
  const legacyVersion = versionName(reader.word());
  const random = reader.copy(RANDOM);
  const sessionId = reader.copy(reader.byte());
  const ciphers = readCiphers(reader.part(reader.word()));
  // Compression methods.
  reader.skip(reader.byte());
  reader.skip(2);
  let serverName: string | null = null;
  let alpn: string[] = [];
  let versions: TlsVersion[] | null = null;
  let offersEarlyData = false;
  let offersTicket = false;
  while (reader.left >= 4) {
    const type = reader.word();
    const length = reader.word();
    const body = reader.part(length);
    if (type === SERVER_NAME) serverName ??= readServerName(body);
    else if (type === ALPN && alpn.length === 0) alpn = readProtocols(body);
    else if (type === SUPPORTED_VERSIONS) versions ??= readVersions(body);
    else if (type === EARLY_DATA) offersEarlyData = true;
    else if (type === PRE_SHARED_KEY) offersTicket = true;
    else if (type === SESSION_TICKET && length > 0) offersTicket = true;
  }
  const isModern = versions?.includes('1.3') === true;
  return {
    random,
    sessionId,
    serverName,
    alpn,
    versions: versions ?? (legacyVersion === null ? [] : [legacyVersion]),
    ciphers,
    offersEarlyData,
    // A client of TLS 1.3 sends a session id that means nothing (RFC 8446 §4.1.2).
    offersResumption: offersTicket || (!isModern && sessionId.length > 0),
  };
}

/** IANA's names of the suites, without those that mean nothing. */
export function cipherNames(numbers: readonly number[]): string[] {
  return numbers.filter((number) => !isReserved(number) && !isSignal(number)).map(suiteName);
}

function readCiphers(reader: ByteReader): number[] {
  const ciphers: number[] = [];
  while (reader.left >= 2 && ciphers.length < MAX_CIPHERS) ciphers.push(reader.word());
  return ciphers;
}

function readVersions(reader: ByteReader): TlsVersion[] {
  const numbers = new Set<number>();
  const list = reader.part(reader.byte());
  while (list.left >= 2 && numbers.size < MAX_VERSIONS) numbers.add(list.word());
  return [...numbers]
    .sort((a, b) => b - a)
    .map(versionName)
    .filter((version) => version !== null);
}

function readServerName(reader: ByteReader): string | null {
  reader.skip(2);
  if (reader.byte() !== HOST_NAME) return null;
  const name = reader.text(reader.word());
  return name === '' || name.length > LONGEST_NAME ? null : name;
}

/** The list of RFC 7301, as client and server send it. */
export function readProtocols(reader: ByteReader): string[] {
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
