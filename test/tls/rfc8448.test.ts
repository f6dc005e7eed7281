/** The traces of RFC 8448: records and secrets that nobody here has made. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readTls, recut } from '../helpers/tls-reading.ts';

interface Trace {
  readonly clientRandom: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly records: readonly { readonly from: 'client' | 'server'; readonly record: string }[];
}

const trace = JSON.parse(readFileSync(new URL('rfc8448-section-3.json', import.meta.url), 'utf8')) as Trace;

const wire = trace.records.map(({ from, record }) => ({
  direction: from === 'client' ? (0 as const) : (1 as const),
  bytes: Uint8Array.from(record.match(/../g)!, (pair) => Number.parseInt(pair, 16)),
}));
const keyLog = Object.entries(trace.secrets)
  .map(([label, secret]) => `${label} ${trace.clientRandom} ${secret}\n`)
  .join('');
const FIFTY = String.fromCharCode(...Array.from({ length: 50 }, (_, at) => at));

it('decrypts the simple handshake of RFC 8448 §3, and what is inside, whole and byte by byte', () => {
  for (const events of [wire, recut(wire, () => 1)]) {
    const { inside, facts } = readTls(events, keyLog);
    expect(inside).toEqual([FIFTY, FIFTY]);
    expect(facts).toMatchObject({
      version: '1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      keys: 'found',
      isResumed: false,
      isRetried: false,
      undecrypted: [],
      hello: { serverName: 'server', versions: ['1.3'] },
      alerts: [
        { from: 'client', level: 'warning', description: 'close_notify', isDecrypted: true },
        { from: 'server', level: 'warning', description: 'close_notify', isDecrypted: true },
      ],
    });
    expect(facts.completed).not.toBeNull();
  }
});

it('sees of the same trace without keys who finished the handshake, and nothing of what is inside', () => {
  const { inside, facts } = readTls(wire, null);
  expect(inside).toEqual(['', '']);
  expect(facts.completed).toEqual(readTls(wire, keyLog).facts.completed);
});
