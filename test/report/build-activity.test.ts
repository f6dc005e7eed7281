import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import type { KeptPayload } from '../../src/connection/activity/activity-log.ts';
import { buildActivity } from '../../src/report/build-activity.ts';

const mark = { packet: 9, seconds: 5, nanoseconds: 1_500_000 };

function payloadOf(payload: KeptPayload, opcode: 'text' | 'binary' | 'close' = 'text') {
  const frame = { ...mark, from: 'client' as const, opcode, isFinal: true, payloadLength: 3, payload };
  const activity = { frames: [frame], omitted: 0, head: 1, density: null };
  return buildActivity(activity, { seconds: 5, nanoseconds: 0 }).frames[0]!.payload;
}

describe('buildActivity', () => {
  it('gives text as text, without the character that the cut went through', () => {
    const bytes = new TextEncoder().encode('a€');
    expect(payloadOf({ bytes, length: 4 })).toEqual({ encoding: 'text', value: 'a€', bytes: 4, of: 4 });
    expect(payloadOf({ bytes: bytes.subarray(0, 3), length: 4 })).toMatchObject({ value: 'a', of: 4 });
  });

  it('gives what is not text as digits', () => {
    const bytes = Uint8Array.of(0x03, 0xe8, 0x61);
    expect(payloadOf({ bytes, length: 3 }, 'close')).toMatchObject({ encoding: 'hex', value: '03e861' });
    expect(payloadOf({ bytes: Uint8Array.of(0x61), length: 1 }, 'binary')).toMatchObject({ encoding: 'hex' });
  });

  it('counts time from the first packet of the connection', async () => {
    const report = await analyze('fixtures/clean/text-binary-ping.pcap', { activity: true });
    const [connection] = report.connections;
    const frames = connection!.timeline.filter(({ event }) => event === 'frame');
    expect(
      connection!.activity!.frames.map(({ packet, offsetMs, from, opcode, length }) => ({
        packet,
        offsetMs,
        from,
        opcode,
        length,
      })),
    ).toEqual(
      frames.map(({ packet, offsetMs, from, opcode, length }) => ({
        packet,
        offsetMs,
        from,
        opcode,
        length,
      })),
    );
  });
});

describe('analyze', () => {
  it.each(['fixtures/clean/permessage-deflate.pcap', 'fixtures/mass-disconnect/server-killed.pcap'])(
    'says the same of %s whether or not it was asked for activity',
    async (path) => {
      const plain = await analyze(path);
      const { connections, ...rest } = await analyze(path, { activity: true });
      const without = connections.map((connection) => ({ ...connection, activity: undefined }));
      expect({ ...rest, connections: [] }).toEqual({ ...plain, connections: [] });
      expect(JSON.stringify(without)).toBe(JSON.stringify(plain.connections));
      expect(JSON.stringify(plain)).not.toContain('"activity"');
    },
  );
});
