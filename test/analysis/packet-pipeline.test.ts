import { describe, expect, it } from 'vitest';
import type { Segment } from '../../src/decode/segment.ts';
import { PacketPipeline } from '../../src/analysis/packet-pipeline.ts';
import { ethernet, ipv4, tcp, text } from '../helpers/packet-bytes.ts';

const FRAME = ethernet(ipv4(tcp({ payload: text('hello') })), 0x0800);
const ARP = ethernet(new Uint8Array(28), 0x0806);

interface PacketSpec {
  readonly data?: Uint8Array;
  readonly length?: number;
  readonly originalLength?: number;
  readonly time?: readonly [seconds: number, nanoseconds: number];
  readonly linkType?: number;
}

/** A pipeline, and a line for each segment that left it. */
function start(): { pipeline: PacketPipeline; segments: string[]; feed: (...specs: PacketSpec[]) => void } {
  const segments: string[] = [];
  const pipeline = new PacketPipeline({
    segment({ packet, seconds, nanoseconds, data, payloadStart, payloadEnd, payloadLength }: Segment) {
      const payload = Buffer.from(data.subarray(payloadStart, payloadEnd)).toString('latin1');
      segments.push(`#${packet} ${seconds}.${nanoseconds} ${payload}/${payloadLength}`);
    },
  });
  const feed = (...specs: PacketSpec[]) => {
    for (const { data = FRAME, length = data.length, originalLength = data.length, ...spec } of specs) {
      const [seconds, nanoseconds] = spec.time ?? [1, 0];
      pipeline.packet(data, 0, length, originalLength, seconds, nanoseconds, spec.linkType ?? 1);
    }
  };
  return { pipeline, segments, feed };
}

describe('packet pipeline', () => {
  it('numbers packets over all files and hands on those that are TCP', () => {
    const { pipeline, segments, feed } = start();
    feed({ time: [5, 6] }, { data: ARP }, { time: [7, 8] });
    pipeline.finishFile();
    feed({ time: [1, 2] });
    expect(segments).toEqual(['#1 5.6 hello/5', '#3 7.8 hello/5', '#4 1.2 hello/5']);
    expect(pipeline.packetCount).toBe(4);
  });

  it('gives the facts of each file on its own', () => {
    const { pipeline, feed } = start();
    feed({ time: [5, 6] }, { data: ARP, time: [7, 8] });
    expect(pipeline.finishFile()).toEqual({
      packets: 2,
      bytes: FRAME.length + ARP.length,
      first: { seconds: 5, nanoseconds: 6 },
      last: { seconds: 7, nanoseconds: 8 },
      notes: [],
    });
    feed({ time: [8, 0] });
    expect(pipeline.finishFile()).toEqual({
      packets: 1,
      bytes: FRAME.length,
      first: { seconds: 8, nanoseconds: 0 },
      last: { seconds: 8, nanoseconds: 0 },
      notes: [],
    });
    expect(pipeline.finishFile()).toEqual({ packets: 0, bytes: 0, first: null, last: null, notes: [] });
  });

  it('counts bytes as on the wire', () => {
    const { pipeline, feed } = start();
    feed({ length: 60, originalLength: 1500 });
    expect(pipeline.finishFile().bytes).toBe(1500);
  });

  it.each<[string, string, string, PacketSpec[]]>([
    [
      'time that goes back',
      'time-went-back',
      '1 packet with a time before',
      [{ time: [9, 5] }, { time: [9, 4] }],
    ],
    [
      'seconds that go back',
      'time-went-back',
      '1 packet with a time before',
      [{ time: [9, 5] }, { time: [8, 6] }],
    ],
    ['packets cut short', 'snaplen', '2 packets cut short', [{}, { length: 57 }, { length: 58 }]],
    [
      'link types that it can not read',
      'unsupported-link-type',
      '1 packet of link type',
      [{}, { linkType: 9999 }],
    ],
    [
      'packets whose lengths can not be',
      'malformed-packets',
      '1 packet left out: their lengths',
      [{}, { data: ethernet(ipv4(tcp(), { headerWords: 4 }), 0x0800) }],
    ],
    [
      'packets too short on the wire',
      'malformed-packets',
      '1 packet left out',
      [{}, { data: FRAME.subarray(0, 30) }],
    ],
  ])('notes %s, once, with the first packet', (_, code, message, packets) => {
    const { pipeline, feed } = start();
    feed(...packets);
    const { notes } = pipeline.finishFile();
    expect(notes).toEqual([{ code, message: expect.stringContaining(message) as string, packet: 2 }]);
  });

  it('notes packets cut inside the headers beside the snapshot length', () => {
    const { pipeline, segments, feed } = start();
    feed({ length: 53 }, { length: 20 });
    expect(pipeline.finishFile().notes).toMatchObject([
      { code: 'snaplen', packet: 1 },
      { code: 'headers-cut', packet: 1, message: expect.stringContaining('2 packets') as string },
    ]);
    expect(segments).toEqual([]);
  });

  it('notes every link type by itself, and none twice', () => {
    const { pipeline, feed } = start();
    feed({ linkType: 147 }, { linkType: 148 }, { linkType: 147 });
    expect(pipeline.finishFile().notes.map(({ packet }) => packet)).toEqual([1, 2]);
  });

  it('starts every file with no trouble and no time before', () => {
    const { pipeline, feed } = start();
    feed({ time: [9, 0] }, { time: [8, 0] });
    pipeline.finishFile();
    feed({ time: [8, 0] });
    expect(pipeline.finishFile().notes).toEqual([]);
  });

  it('notes a file that begins before the one in front of it ended', () => {
    const { pipeline, feed } = start();
    feed({ time: [9, 0] });
    pipeline.finishFile();
    feed({ time: [8, 999_999_999] }, { time: [9, 0] });
    expect(pipeline.finishFile().notes).toMatchObject([{ code: 'files-out-of-order', packet: 2 }]);
  });

  it('keeps the notes of the reader, with the packet before each', () => {
    const { pipeline, feed } = start();
    const note = { code: 'cut-record', message: 'the last record is cut' };
    pipeline.note(note);
    feed({}, {});
    pipeline.note(note);
    expect(pipeline.finishFile().notes).toEqual([note, { ...note, packet: 2 }]);
  });

  it('names no packet of the file before for a note', () => {
    const { pipeline, feed } = start();
    const note = { code: 'cut-record', message: 'the last record is cut' };
    feed({});
    pipeline.finishFile();
    pipeline.note(note);
    expect(pipeline.finishFile().notes).toEqual([note]);
  });
});
