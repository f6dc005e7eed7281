/** A TLS ServerHello or HelloRetryRequest (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3): what was agreed on. Never throws. */
import { ByteReader } from './byte-reader.ts';
import { readProtocols } from './client-hello.ts';
import type { TlsVersion } from './facts.ts';
import { versionName } from './versions.ts';

export interface ServerHello {
  readonly version: TlsVersion | null;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipher: number;
  /** 0 for none. */
  readonly compression: number;
  /** The protocol that the server chose; TLS 1.3 says it later, encrypted. */
  readonly alpn: string | null;
  /** RFC 7366. */
  readonly encryptsThenMacs: boolean;
  /** TLS 1.3: one of the keys that both know already is used. */
  readonly usesSharedKey: boolean;
  /** The server wants another ClientHello. */
  readonly isRetry: boolean;
}

const RANDOM = 32;
const ALPN = 16;
const ENCRYPT_THEN_MAC = 22;
const PRE_SHARED_KEY = 41;
const SUPPORTED_VERSIONS = 43;

/** The random that makes a ServerHello a HelloRetryRequest: the SHA-256 of "HelloRetryRequest". */
const RETRY = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
  0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/**
 * @param start behind the header of the handshake message
 * @returns null where it is cut before what was agreed on
 */
export function parseServerHello(bytes: Uint8Array, start: number, end: number): ServerHello | null {
  const reader = new ByteReader(bytes, start, end);
  let version = versionName(reader.word());
  const random = reader.copy(RANDOM);
  const sessionId = reader.copy(reader.byte());
  const cipher = reader.word();
  const compression = reader.byte();
  if (reader.isShort) return null;
  let alpn: string | null = null;
  let encryptsThenMacs = false;
  let usesSharedKey = false;
  if (reader.left >= 2) reader.skip(2);
  while (reader.left >= 4) {
    const type = reader.word();
    const body = reader.part(reader.word());
    if (type === SUPPORTED_VERSIONS) version = versionName(body.word());
    else if (type === ALPN) alpn ??= readProtocols(body)[0] ?? null;
    else if (type === ENCRYPT_THEN_MAC) encryptsThenMacs = true;
    else if (type === PRE_SHARED_KEY) usesSharedKey = true;
  }
  const isRetry = RETRY.every((byte, at) => random[at] === byte);
  return {
    version,
    random,
    sessionId,
    cipher,
    compression,
    alpn,
    encryptsThenMacs,
    usesSharedKey,
    isRetry,
  };
}
