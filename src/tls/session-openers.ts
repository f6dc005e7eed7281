/** What opens the records of a connection: by what its hellos agree on, and the secrets that are there. */
import { ClassicAeadOpener, ModernOpener } from './aead-opener.ts';
import { CbcOpener } from './cbc-opener.ts';
import { suiteProtection, type SuiteProtection } from './cipher-suites.ts';
import type { ClientHello } from './client-hello.ts';
import type { KeySource, SecretLabel } from './key-log.ts';
import { keyBlock } from './key-schedule.ts';
import type { RecordOpener, SessionOpeners } from './protection.ts';
import type { ServerHello } from './server-hello.ts';

export type FoundOpeners =
  | { readonly kind: 'found'; readonly openers: SessionOpeners }
  | { readonly kind: 'missing' }
  /** @see TlsFacts.unsupported */
  | { readonly kind: 'unsupported'; readonly what: string };

const HASH_LENGTHS = { sha256: 32, sha384: 48 } as const;
const CBC_VECTOR = 16;

/** @param cipher IANA's name */
export function sessionOpeners(
  client: ClientHello,
  server: ServerHello,
  cipher: string,
  keys: KeySource | null,
): FoundOpeners {
  const { version } = server;
  if (version === null || version === 'SSL 3.0') {
    return { kind: 'unsupported', what: version ?? 'a version of TLS that wscap does not know' };
  }
  if (server.compression !== 0) return { kind: 'unsupported', what: 'compression in TLS' };
  const protection = suiteProtection(cipher);
  const isOfVersion =
    version === '1.3' ? protection?.kind !== 'cbc' : version === '1.2' || protection?.kind === 'cbc';
  if (protection === null || !isOfVersion) {
    return { kind: 'unsupported', what: `the cipher suite ${cipher}` };
  }
  if (keys === null) return { kind: 'missing' };
  return version === '1.3'
    ? modernOpeners(client, protection, keys)
    : classicOpeners(client, server, protection, keys);
}

function modernOpeners(client: ClientHello, protection: SuiteProtection, keys: KeySource): FoundOpeners {
  const openerOf = (label: SecretLabel): RecordOpener | null => {
    const secret = keys.secret(label, client.random);
    if (secret?.length !== HASH_LENGTHS[protection.hash]) return null;
    return new ModernOpener(protection, secret);
  };
  const openers: SessionOpeners = {
    handshake: {
      client: openerOf('CLIENT_HANDSHAKE_TRAFFIC_SECRET'),
      server: openerOf('SERVER_HANDSHAKE_TRAFFIC_SECRET'),
    },
    application: {
      client: openerOf('CLIENT_TRAFFIC_SECRET_0'),
      server: openerOf('SERVER_TRAFFIC_SECRET_0'),
    },
    early: client.offersEarlyData ? openerOf('CLIENT_EARLY_TRAFFIC_SECRET') : null,
  };
  const { handshake, application } = openers;
  const all = [handshake.client, handshake.server, application.client, application.server];
  return all.every((opener) => opener === null) ? { kind: 'missing' } : { kind: 'found', openers };
}

function classicOpeners(
  client: ClientHello,
  server: ServerHello,
  protection: SuiteProtection,
  keys: KeySource,
): FoundOpeners {
  const master =
    keys.secret('CLIENT_RANDOM', client.random) ??
    (server.sessionId.length === 0 ? null : keys.secret('RSA Session-ID', server.sessionId));
  if (master === null) return { kind: 'missing' };
  const { keyLength, mac, tagLength } = protection;
  const isCbc = mac !== null;
  const macLength = isCbc ? tagLength : 0;
  const vectorLength = isCbc ? CBC_VECTOR : ClassicAeadOpener.vectorLength(protection);
  const hash = server.version === '1.2' ? protection.hash : 'md5-sha1';
  // MAC keys, keys and vectors, of each the client's before the server's.
  const block = keyBlock(
    hash,
    master,
    client.random,
    server.random,
    2 * (macLength + keyLength + vectorLength),
  );
  const openerOf = (index: 0 | 1): RecordOpener => {
    const partAt = (from: number, length: number): Uint8Array =>
      block.slice(from + index * length, from + (index + 1) * length);
    const key = partAt(2 * macLength, keyLength);
    const vector = partAt(2 * (macLength + keyLength), vectorLength);
    if (mac === null) return new ClassicAeadOpener(protection, key, vector);
    return new CbcOpener({
      key,
      macKey: partAt(0, macLength),
      hash: mac,
      macLength,
      vector: server.version === '1.0' ? vector : null,
      encryptsThenMacs: server.encryptsThenMacs,
    });
  };
  const none = { client: null, server: null };
  return {
    kind: 'found',
    openers: { handshake: { client: openerOf(0), server: openerOf(1) }, application: none, early: null },
  };
}
