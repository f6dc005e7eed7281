import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { analyze } from '../../src/library/analyze.ts';

/** A fixture with its packets one microsecond apart, as text2pcap makes them. */
function converted(path: string): Buffer {
  const bytes = Buffer.from(readFileSync(path));
  let packets = 0;
  for (let at = 24; at + 16 <= bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
    bytes.writeUInt32LE(1_700_000_000, at);
    bytes.writeUInt32LE(packets++, at + 4);
  }
  return bytes;
}

test('in a capture that a converter gave times, no rule that needs a time speaks, and no time from the 101 is told', async () => {
  const path = 'fixtures/handshake-close/aiohttp-handler-raises.pcap';
  const [whole, without] = await Promise.all([analyze(path), analyze(converted(path))]);
  expect(whole.connections[0]!.anomalies.map(({ rule }) => rule)).toContain('handshake-close');
  expect(without.captures[0]!.notes).toMatchObject([{ code: 'invented-times' }]);
  expect(without.connections[0]!.anomalies.map(({ rule }) => rule)).not.toContain('handshake-close');
  expect(without.connections[0]!.close).toMatchObject({
    firstBy: 'server',
    how: 'fin',
    afterUpgradeMs: null,
  });
  expect(without.connections[0]!.upgrade!.latencyMs).toBeNull();
  expect(without.connections[0]!.notes.map(({ code }) => code)).toContain('rule-withheld');
});
