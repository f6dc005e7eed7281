/** Goodbyes of applications, in captures that lack something: nobody is accused, by the capture or by an anonymized extract of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/library/analyze.ts';
import { FIXTURES } from '../helpers/captures.ts';
import { extractOf } from './run-extract.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** The capture without the packets of these numbers. */
function without(name: string, isMissing: (packet: number) => boolean): Buffer {
  const capture = readFileSync(join(FIXTURES, 'app-goodbye', `${name}.pcap`));
  const kept = [capture.subarray(0, FILE_HEADER)];
  for (let at = FILE_HEADER, packet = 1; at < capture.length; packet++) {
    const end = at + RECORD_HEADER + capture.readUInt32LE(at + 8);
    if (!isMissing(packet)) kept.push(capture.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

const FIXTURE_NAMES = ['socket-io-41', 'mqtt-disconnect', 'mqtt-without-subprotocol'] as const;
/** Up to the broker's CONNACK; in front of the goodbye stand enough frames to show that it is a WebSocket. */
const BEGINNING = 22;
/** The packets from the first byte of CONNECT to the protocol's name. */
const [CONNECT_BEGINS, CONNECT_ENDS] = [8, 11];

describe.each(FIXTURE_NAMES)('%s', (name) => {
  test('whoever follows the goodbye is not accused, whatever packet is lost', async () => {
    for (let lost = 1; lost <= 52; lost++) {
      const { totals } = await analyze(without(name, (packet) => packet === lost));
      // Without a part of the only thing that names MQTT, it is one application among others, of which frames are missing.
      const isUnnamed = name === 'mqtt-without-subprotocol' && lost > CONNECT_BEGINS && lost <= CONNECT_ENDS;
      expect(totals.anomalies, `without packet ${lost}`).toMatchObject({
        error: 0,
        warning: isUnnamed ? 1 : 0,
      });
    }
  });

  test('nor where the capture began later', async () => {
    for (let first = 2; first <= 50; first++) {
      const { totals } = await analyze(without(name, (packet) => packet < first));
      expect(totals.anomalies, `from packet ${first} on`).toMatchObject({ error: 0, warning: 0 });
    }
  });
});

test.each(['mqtt-disconnect', 'mqtt-without-subprotocol'])(
  '%s: begun behind the handshake, the reason for silence is kept by an anonymized extract',
  async (name) => {
    const capture = without(name, (packet) => packet <= BEGINNING);
    const before = await analyze(capture);
    expect(before.connections[0]?.notes.map(({ message }) => message).join()).toContain('MQTT');
    const { summary } = await extractOf(capture, [0]);
    expect(summary.differences).toEqual([]);
    expect(summary.verdictChanges).toEqual([]);
    expect(summary.report.connections[0]?.verdict).toBe(before.connections[0]?.verdict);
  },
);

test('without a subprotocol, topics and client ids are gone, and the goodbye stays', async () => {
  const capture = readFileSync(join(FIXTURES, 'app-goodbye', 'mqtt-without-subprotocol.pcap'));
  const { bytes, summary } = await extractOf(capture, [0]);
  expect(summary.report.connections[0]?.application).toMatchObject({
    protocol: 'mqtt',
    version: '3.1.1',
    end: { kind: 'goodbye' },
  });
  for (const secret of ['thermometer', 'kitchen', '21.5']) expect(bytes.includes(secret)).toBe(false);
});
