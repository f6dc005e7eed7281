/**
 * What extract makes of a WebSocket inside a carrier: copied, the same packets and findings; anonymized, the same findings and
 * nothing of what was inside.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import type { Carrier } from '../../src/carrier/carrier.ts';
import type { Report } from '../../src/report/model.ts';
import { captureOf as generated, PLAN } from '../extract/conversation-capture.ts';
import { leaksOf } from '../extract/leaks.ts';
import { extractOf, factsOf, type Extracted } from '../extract/run-extract.ts';
import { splitPcap } from '../fuzz/split-pcap.ts';
import { frameOf } from '../helpers/frame-log.ts';
import { switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { text } from '../helpers/packet-bytes.ts';
import { ONE_WAY_XOR, sealed, XOR, xored } from '../helpers/xor-carrier.ts';
import { captureOf, masked, PLACES, piecesOf, type Step, type Wrap } from './carried-capture.ts';

/** WSCAP_RUNS asks for so many others, WSCAP_SEED for other ones. */
const RUNS = Number(process.env['WSCAP_RUNS'] ?? 40);
const RECORD = 37;
/** Packets. */
const TCP_HANDSHAKE = 3;

const SECRETS = [
  'SecretPath',
  'SecretToken',
  'HiddenBiscuit',
  'SecretQuestion',
  'SecretAnswer',
  'SecretReason',
];

/** The server closes with 1011 and its FIN has no answer: there are findings. */
const CONVERSATION: readonly Step[] = [
  ['client', text(upgradeRequest('/SecretPath?token=SecretToken', 'Cookie: session=HiddenBiscuit'))],
  ['server', text(switchingProtocols('Set-Cookie: session=HiddenBiscuit'))],
  ['client', masked('SecretQuestion')],
  ['server', frameOf(1, 'SecretAnswer')],
  ['server', frameOf(8, Uint8Array.of(0x03, 0xf3, ...text('SecretReason')))],
];

/** In a carrier inside a carrier. */
const sealedTwice: Wrap = (bytes) => sealed(sealed(bytes));
const DEPTHS: readonly (readonly [string, Wrap])[] = [
  ['a carrier', sealed],
  ['a carrier in a carrier', sealedTwice],
];

/** In several records, which end within heads and frames. */
function sealedInPieces(bytes: Uint8Array): Uint8Array {
  const records: number[] = [];
  for (let at = 0; at < bytes.length; at += RECORD) records.push(...sealed(bytes.slice(at, at + RECORD)));
  return Uint8Array.from(records);
}

async function analyzed(bytes: Uint8Array): Promise<Report> {
  async function* chunks() {
    yield await Promise.resolve({ bytes, totalBytes: bytes.length });
  }
  return analyze({ name: 'source.pcap', chunks }, { carriers: [XOR] });
}

async function anonymized(capture: Uint8Array, carrier: Carrier): Promise<Extracted> {
  return extractOf(capture, [0], { format: 'pcap', analysis: { carriers: [carrier] } });
}

/** Also of bytes that an XOR hides, or two of them: the second undoes the first. */
function leaksIn({ bytes }: Extracted, secrets: readonly Uint8Array[]): string[] {
  return [bytes, Buffer.from(xored(bytes))].flatMap((output) =>
    secrets.flatMap((secret) => leaksOf(secret, output)),
  );
}

/** The bytes of each packet. */
function packetsOf(pcap: Uint8Array): string[] {
  return splitPcap(Buffer.from(pcap)).records.map((record) => record.subarray(16).toString('hex'));
}

describe.each(DEPTHS)('of a WebSocket in %s', (_what, wrap) => {
  describe.each(PLACES)('that begins %s', (_place, before, front) => {
    const capture = captureOf(piecesOf(before, front, wrap, CONVERSATION));

    test('the copied packets are the same, and give the same report', async () => {
      const source = await analyzed(capture);
      const { summary, bytes } = await extractOf(capture, [0], {
        format: 'pcap',
        anonymizeKey: null,
        analysis: { carriers: [XOR] },
      });
      expect(packetsOf(bytes)).toEqual(packetsOf(capture));
      expect(source.connections[0]?.anomalies.length).toBeGreaterThan(0);
      expect(summary.report.connections).toEqual(source.connections);
    });

    test('the anonymized packets have its findings, verdict and facts, and nothing of what was inside', async () => {
      const source = await analyzed(capture);
      const extracted = await anonymized(capture, XOR);
      const { summary, bytes } = extracted;
      expect(summary.differences).toEqual([]);
      expect(summary.verdictChanges).toEqual([]);
      expect(source.connections[0]?.close).toMatchObject({ serverCode: 1011 });
      expect(factsOf(summary.report)).toEqual(factsOf(source));
      expect(packetsOf(bytes).map(({ length }) => length)).toEqual(
        packetsOf(capture).map(({ length }) => length),
      );
      expect(leaksIn(extracted, SECRETS.map(text))).toEqual([]);
    });

    test('nothing is left where the carrier has no way back, and the summary says what that costs', async () => {
      const source = await analyzed(capture);
      const extracted = await anonymized(capture, ONE_WAY_XOR);
      expect(leaksIn(extracted, SECRETS.map(text))).toEqual([]);
      const { verdict, anomalies } = source.connections[0]!;
      expect(extracted.summary.verdictChanges).toEqual([{ connection: 0, before: verdict, after: null }]);
      expect(extracted.summary.differences.map(({ kind, rule }) => [kind, rule])).toEqual(
        anomalies.map(({ rule }) => ['lost', rule]),
      );
    });
  });
});

test('the leak check finds the secrets of packets that are only copied', async () => {
  const capture = captureOf(piecesOf([], new Uint8Array(0), sealed, CONVERSATION));
  const copied = await extractOf(capture, [0], { format: 'pcap', anonymizeKey: null });
  expect(leaksIn(copied, SECRETS.map(text)).length).toBeGreaterThan(SECRETS.length);
});

test('a carrier in a tunnel is rewritten where the capture begins after the handshake of TCP', async () => {
  const [, before, front] = PLACES[2]!;
  const { head, records } = splitPcap(Buffer.from(captureOf(piecesOf(before, front, sealed, CONVERSATION))));
  const capture = Buffer.concat([head, ...records.slice(TCP_HANDSHAKE)]);
  const source = await analyzed(capture);
  const extracted = await anonymized(capture, XOR);
  expect(source.connections[0]?.close).toMatchObject({ serverCode: 1011 });
  expect(factsOf(extracted.summary.report)).toEqual(factsOf(source));
  expect(leaksIn(extracted, SECRETS.map(text))).toEqual([]);
});

test('a record that the carrier rewrites to another length is filled', async () => {
  const capture = captureOf(piecesOf([], new Uint8Array(0), sealed, CONVERSATION));
  const growing: Carrier = {
    ...ONE_WAY_XOR,
    openForRewriting: (inside, pieces) =>
      Object.assign(XOR.openForRewriting!(inside, pieces), {
        rewrite: (_direction: number, piece: Uint8Array) => Uint8Array.of(0, ...piece),
      }),
  };
  const extracted = await anonymized(capture, growing);
  expect(leaksIn(extracted, SECRETS.map(text))).toEqual([]);
  expect(extracted.summary.verdictChanges).toHaveLength(1);
});

test(
  'whatever the network does to the records of a carrier, nothing of the content is left, and the findings are the same',
  async () => {
    let carried = 0;
    await fc.assert(
      fc.asyncProperty(PLAN, async (plan) => {
        const { bytes, secrets } = generated(plan, sealedInPieces);
        const source = await analyzed(bytes);
        fc.pre(source.totals.tcpConnections > 0);
        const extracted = await anonymized(bytes, XOR);
        expect(leaksIn(extracted, secrets)).toEqual([]);
        const isWhole = plan.isHandshakeSafe && plan.missedPackets === 0;
        if (!isWhole && plan.fates.includes('late')) return;
        expect(extracted.summary.differences).toEqual([]);
        expect(factsOf(extracted.summary.report)).toEqual(factsOf(source));
        if (source.connections.length > 0) carried++;
      }),
      { numRuns: RUNS },
    );
    expect(carried).toBeGreaterThan(RUNS / 8);
  },
  60_000 + 500 * RUNS,
);
