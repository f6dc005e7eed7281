/** The reading core, pushed by hand: bytes in, connections out, in pieces of any length. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Analyzer, type AnalyzerOptions, type FileReading } from '../../src/analysis/analyzer.ts';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { FIXTURES } from '../helpers/captures.ts';
import { lines } from '../helpers/handshakes.ts';
import { text } from '../helpers/packet-bytes.ts';
import { concat, pcapFile } from '../helpers/pcap-builder.ts';
import { RecordingConsumer } from '../helpers/segment-builder.ts';
import { CaptureWriter } from '../fuzz/capture-writer.ts';

/** An analyzer whose connections are all read, and what they were told. */
function start(options: Partial<AnalyzerOptions> = {}): {
  readonly analyzer: Analyzer;
  readonly consumers: RecordingConsumer[];
} {
  const consumers: RecordingConsumer[] = [];
  const analyzer = new Analyzer({
    open(connection) {
      const consumer = new RecordingConsumer(connection);
      consumers.push(consumer);
      return consumer;
    },
    ...options,
  });
  return { analyzer, consumers };
}

interface Pushed {
  readonly readings: readonly FileReading[];
  readonly notes: readonly unknown[];
  readonly transcripts: readonly { readonly id: number; readonly transcript: readonly string[] }[];
  readonly packets: number;
  readonly connections: number;
}

/** @param cuts where the pieces end that are pushed */
function pushed(files: readonly Uint8Array[], cuts: (length: number) => readonly number[]): Pushed {
  const { analyzer, consumers } = start();
  const readings: FileReading[] = files.map((bytes, index) => {
    analyzer.beginFile(`part ${index}`);
    let at = 0;
    for (const cut of [...cuts(bytes.length), bytes.length]) {
      // Nobody may look at a piece after the call.
      const piece = bytes.slice(at, cut);
      analyzer.write(piece);
      piece.fill(0xee);
      at = cut;
    }
    return analyzer.endFile();
  });
  const notes = analyzer.end();
  const transcripts = consumers.map(({ connection: { id, first, last }, transcript }) => ({
    id,
    first,
    last,
    transcript,
  }));
  return {
    readings,
    notes,
    transcripts,
    packets: analyzer.packetCount,
    connections: analyzer.connectionCount,
  };
}

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(join(FIXTURES, name)));
const CAPTURES = ['formats/pcap-ns.pcap', 'formats/pcapng-us.pcapng', 'tunnels/vxlan-two-networks.pcap'];
const whole = (): number[] => [];

describe('the analyzer', () => {
  it.each(CAPTURES)('says the same of %s, whole, byte by byte and in random pieces', (name) => {
    const bytes = fixture(name);
    const expected = pushed([bytes], whole);
    expect(expected.transcripts[0]!.transcript.length).toBeGreaterThan(4);
    expect(pushed([bytes], (length) => Array.from({ length: length - 1 }, (_, i) => i + 1))).toEqual(
      expected,
    );
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        expect(pushed([bytes], () => cuts.toSorted((a, b) => a - b))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('says of several files, one after the other, what it says of one', () => {
    const parts = [1, 2, 3].map((part) => fixture(`formats/rotated-${part}.pcap`));
    const header = 24;
    const one = concat([parts[0]!, ...parts.slice(1).map((part) => part.subarray(header))]);
    expect(pushed(parts, whole).transcripts).toEqual(pushed([one], whole).transcripts);
  });

  it('tells each file apart: its packets, notes and format', () => {
    const { analyzer } = start();
    const readings = [pcapFile([{ data: new Uint8Array(20) }]), fixture('formats/pcapng-us.pcapng')].map(
      (bytes) => {
        analyzer.beginFile('x');
        analyzer.write(bytes);
        return analyzer.endFile();
      },
    );
    expect(readings.map(({ packets, facts }) => [packets, facts.format])).toEqual([
      [1, 'pcap'],
      [analyzer.packetCount - 1, 'pcapng'],
    ]);
  });

  it('goes on with the next file after one that is empty, and keeps what it read of one that was left', () => {
    const { analyzer } = start();
    analyzer.beginFile('empty');
    expect(() => analyzer.endFile()).toThrow(CaptureError);
    analyzer.beginFile('left');
    analyzer.write(pcapFile([{ data: new Uint8Array(20) }, { data: new Uint8Array(20) }]).subarray(0, 70));
    expect(analyzer.leaveFile()).toMatchObject({ packets: 1, notes: [] });
    expect(() => {
      analyzer.write(new Uint8Array(1));
    }).toThrow('no file was begun');
  });

  it('names the file in errors, and is finished where nothing more would be read', () => {
    const { analyzer } = start();
    analyzer.beginFile('notes.txt');
    expect(() => {
      analyzer.write(text('no capture'));
      analyzer.endFile();
    }).toThrow(expect.objectContaining({ path: 'notes.txt' }));
    analyzer.beginFile('damaged');
    const damaged = pcapFile([{ data: new Uint8Array(20) }]);
    analyzer.write(concat([damaged, new Uint8Array(64).fill(0xff)]));
    expect(analyzer.finished).toBe(true);
    expect(analyzer.endFile().packets).toBe(1);
  });

  it('tells who wants it of notes at once, and keeps them for the file', () => {
    const told: string[] = [];
    const { analyzer } = start({ onNote: ({ code }) => told.push(code) });
    analyzer.beginFile('x');
    analyzer.write(pcapFile([{ data: new Uint8Array(20) }]));
    analyzer.note({ code: 'interrupted', message: 'by the test' });
    expect(told).toEqual(['interrupted']);
    expect(analyzer.leaveFile().notes[0]).toEqual({ code: 'interrupted', message: 'by the test', packet: 1 });
  });

  it('hands a closed connection on when time moves on without a packet', () => {
    const { analyzer, consumers } = start();
    const begun = 1_700_000_000;
    analyzer.beginFile('live');
    analyzer.write(new CaptureWriter().open().send(0, 'FA').send(1, 'FA').send(0, 'A').done());
    analyzer.advance({ seconds: begun + 29, nanoseconds: 999_999_999 });
    expect(consumers[0]!.transcript.at(-1)).toBe('< fin');
    analyzer.advance({ seconds: begun + 30, nanoseconds: 0 });
    expect(consumers[0]!.transcript.at(-1)).toBe('end closed');
  });

  it('hands on each packet with its connection and direction, in order', () => {
    const seen: string[] = [];
    const { analyzer } = start({
      onPacket: ({ data, start: from, end, segment, isInside }, { connectionId, direction, isCopy }) => {
        expect(data[from]).toBe(0x45);
        seen.push(`#${segment.packet} ${connectionId}.${direction} ${end - from} ${isInside} ${isCopy}`);
      },
    });
    const writer = new CaptureWriter().open().open({ port: 7 });
    analyzer.beginFile('x');
    analyzer.write(writer.send(1, 'PA', lines('x'), { port: 7 }).done());
    expect(seen).toEqual([
      '#1 0.0 40 false false',
      '#2 0.1 40 false false',
      '#3 0.0 40 false false',
      '#4 1.0 40 false false',
      '#5 1.1 40 false false',
      '#6 1.0 40 false false',
      '#7 1.1 45 false false',
    ]);
  });
});
