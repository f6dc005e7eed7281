/** An open connection can give a record at any time, and asking for it changes nothing that is said later. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PacketPipeline } from '../../src/analysis/packet-pipeline.ts';
import { DetectingReader } from '../../src/capture/detecting-reader.ts';
import { CaptureScope } from '../../src/connection/capture-scope.ts';
import { ConnectionTracker } from '../../src/connection/connection-tracker.ts';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { TcpTracker } from '../../src/tcp/tcp-tracker.ts';
import { FIXTURES } from '../helpers/captures.ts';

/** As plain data, the timeline too. */
function told(record: ConnectionRecord): unknown {
  return structuredClone({ ...record, timeline: record.timeline() });
}

/** The records of a capture; `onPacket` runs after each packet, with the trackers that exist by then. */
function recordsOf(path: string, onPacket: (trackers: readonly ConnectionTracker[]) => void): unknown[] {
  const records: unknown[] = [];
  const trackers: ConnectionTracker[] = [];
  const scope = new CaptureScope();
  const tcp = new TcpTracker({
    open(connection) {
      const tracker = new ConnectionTracker(connection, scope, {
        record: (record) => records.push(told(record)),
        skipped: () => undefined,
        upgradeRequested: () => undefined,
      });
      trackers.push(tracker);
      return tracker;
    },
  });
  const pipeline = new PacketPipeline({
    segment(segment) {
      tcp.segment(segment);
      onPacket(trackers);
    },
  });
  const reader = new DetectingReader(pipeline, path);
  reader.write(readFileSync(path));
  reader.end();
  tcp.end();
  return records;
}

/** Small captures, because a snapshot is taken after each packet. */
const CAPTURES = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.pcap(ng)?$/.test(name) && !name.includes('record'))
  .filter((name) => readFileSync(join(FIXTURES, name)).length < 20_000);

describe('snapshots', () => {
  test('are taken of many kinds of captures', () => {
    expect(CAPTURES.length).toBeGreaterThan(50);
  });

  test.each(CAPTURES)('after every packet change nothing of the records: %s', (name) => {
    const path = join(FIXTURES, name);
    const expected = recordsOf(path, () => undefined);
    const taken = recordsOf(path, (trackers) => {
      for (const tracker of trackers) tracker.snapshot('capture-ended');
    });
    expect(taken).toEqual(expected);
  });

  test.each(CAPTURES)('say the same later as when they were taken: %s', (name) => {
    const kept: { readonly record: ConnectionRecord; readonly then: unknown }[] = [];
    recordsOf(join(FIXTURES, name), (trackers) => {
      if (kept.length >= 200) return;
      for (const tracker of trackers) {
        const record = tracker.snapshot('capture-ended');
        kept.push({ record, then: told(record) });
      }
    });
    for (const { record, then } of kept) expect(told(record)).toEqual(then);
  });
});
