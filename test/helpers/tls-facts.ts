/** TLS facts for tests of rules and report: a handshake of TLS 1.3 without keys that went well, unless a test says otherwise. */
import type { ClientHelloFacts, TlsAlert, TlsFacts, TlsRole } from '../../src/tls/facts.ts';
import { RecordWatch, type RecordLook } from '../../src/tls/record-look.ts';
import { mark } from './record-builder.ts';

export interface TlsSpec extends Partial<Omit<TlsFacts, 'hello'>> {
  readonly hello?: Partial<ClientHelloFacts> | null;
  /** Records behind the handshake: who, bytes inside, packet, milliseconds. */
  readonly records?: readonly RecordStep[];
}

export type RecordStep = readonly [from: TlsRole, plain: number, packet: number, ms: number];

export function tlsFacts({ hello = {}, records, ...rest }: TlsSpec = {}): TlsFacts {
  return {
    hello:
      hello === null
        ? null
        : {
            mark: mark(4, -20),
            serverName: 'example.org',
            alpn: ['http/1.1'],
            versions: ['1.3', '1.2'],
            ciphers: ['TLS_AES_128_GCM_SHA256'],
            offersEarlyData: false,
            offersResumption: false,
            ...hello,
          },
    version: '1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    alpn: null,
    isResumed: null,
    isRetried: false,
    asksClientCertificate: null,
    keys: 'missing',
    unsupported: null,
    undecrypted: [],
    serverHello: mark(5, -10),
    completed: mark(6, 0),
    lastMessage: { from: 'client', name: 'Finished', mark: mark(6, 0) },
    certificate: null,
    alerts: [],
    hiddenAlert: null,
    closeNotify: { client: null, server: null },
    look: lookOf(records ?? []),
    ...rest,
  };
}

/** What is known of TLS 1.3 records of these sizes. */
export function lookOf(records: readonly RecordStep[]): RecordLook {
  const watch = new RecordWatch();
  watch.speaks('1.3', 'TLS_AES_128_GCM_SHA256');
  for (const [from, plain, packet, ms] of records) watch.record(from, 23, plain + 17, mark(packet, ms));
  return watch.facts();
}

export function alert(
  from: TlsRole,
  description: string,
  packet: number,
  ms: number,
  more: Partial<TlsAlert> = {},
): TlsAlert {
  return { from, level: 'fatal', description, code: 0, mark: mark(packet, ms), isDecrypted: false, ...more };
}

/** A request for a WebSocket and a 101, by their sizes. */
export const OPENING: readonly RecordStep[] = [
  ['client', 220, 8, 1],
  ['server', 129, 10, 2],
];

/** Messages of a few bytes, each answered, a second apart: no HTTP. The last record comes in packet 15, at 3010 ms. */
export const CHAT: readonly RecordStep[] = [
  ...OPENING,
  ['client', 15, 11, 1000],
  ['server', 11, 12, 1010],
  ['client', 15, 13, 2000],
  ['server', 11, 14, 2010],
  ['client', 15, 15, 3000],
  ['server', 11, 16, 3010],
];
