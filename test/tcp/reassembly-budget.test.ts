import { describe, expect, it } from 'vitest';
import { ReassemblyBudget, SEGMENT_OVERHEAD, type ByteHolder } from '../../src/tcp/reassembly-budget.ts';
import { StreamReassembler } from '../../src/tcp/stream-reassembler.ts';
import type { Direction } from '../../src/basics/direction.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import { Recording, segmentOf } from '../helpers/segment-builder.ts';
import { processorMs } from '../helpers/processor-time.ts';

const MIB = 1024 * 1024;
const SEGMENT = 64 * 1024;
const PAYLOAD = new Uint8Array(SEGMENT);

/** Remembers the most that was held at a time. */
class MeasuredBudget extends ReassemblyBudget {
  held = 0;
  most = 0;

  override change(holder: ByteHolder, before: number, after: number): void {
    super.change(holder, before, after);
    this.held += after - before;
    if (this.held > this.most) this.most = this.held;
  }
}

/** A stream from sequence number 0 that counts what it delivers. */
class Load implements StreamConsumer {
  readonly #stream: StreamReassembler;
  readonly #segment = segmentOf({ payload: PAYLOAD }, 1);
  bytes = 0;
  gaps = 0;

  constructor(budget: ReassemblyBudget) {
    this.#stream = new StreamReassembler(0, budget);
    this.#stream.start(0, true);
  }

  receive(offset: number, length: number): void {
    this.#segment.payloadEnd = length;
    this.#segment.payloadLength = length;
    this.#stream.receive(this.#segment, offset | 0, this);
  }

  finish(): void {
    this.#stream.finish(this, { packet: 1, seconds: 0, nanoseconds: 0 });
  }

  data(_: Direction, _bytes: Uint8Array, start: number, end: number): void {
    this.bytes += end - start;
  }

  gap(): void {
    this.gaps++;
  }

  flag(): void {
    // A stream by itself gets no flags.
  }

  end(): void {
    // Nor does it get an end.
  }
}

describe('out-of-order bytes', () => {
  it('of a million segments of one byte, each behind a hole, take little memory and time in proportion', () => {
    const budget = new MeasuredBudget();
    const load = new Load(budget);
    const start = processorMs();
    for (let i = 0; i < 1_000_000; i++) load.receive(2 * i + 1, 1);
    expect(processorMs() - start).toBeLessThan(8000);
    load.finish();
    expect(budget.most).toBeLessThanOrEqual(8193 * (1 + SEGMENT_OVERHEAD));
    expect(budget.held).toBe(0);
    expect(load).toMatchObject({ bytes: 1_000_000, gaps: 1_000_000 });
  });

  it('of segments of one byte from the last to the first are held to the same bound', () => {
    const budget = new MeasuredBudget();
    const load = new Load(budget);
    for (let i = 100_000; i > 0; i--) load.receive(2 * i, 1);
    load.finish();
    expect(budget.most).toBeLessThanOrEqual(8193 * (1 + SEGMENT_OVERHEAD));
    expect(budget.held).toBe(0);
  });

  it('of one stream are never more than 8 MiB and a segment, small ones before large ones or not', () => {
    const budget = new MeasuredBudget();
    const load = new Load(budget);
    for (let i = 0; i < 8000; i++) load.receive(2 * i + 1, 1);
    for (let i = 1; i < 1000; i++) load.receive(i * 70_000, SEGMENT);
    expect(budget.most).toBeLessThanOrEqual(8 * MIB + SEGMENT + SEGMENT_OVERHEAD);
    expect(budget.most).toBeGreaterThan(7 * MIB);
    load.finish();
    expect(load.bytes).toBe(8000 + 999 * SEGMENT);
    expect(budget.held).toBe(0);
  });

  it('of all streams are never more than 64 MiB and a segment', () => {
    const budget = new MeasuredBudget();
    const loads = Array.from({ length: 20 }, () => new Load(budget));
    // Small ones first: they must not shield the large ones that follow.
    for (let i = 1; i < 100; i++) for (const load of loads) load.receive(2 * i, 1);
    for (let i = 1; i < 100; i++) for (const load of loads) load.receive(i * 70_000, SEGMENT);
    expect(budget.most).toBeLessThanOrEqual(64 * MIB + SEGMENT + SEGMENT_OVERHEAD);
    expect(budget.most).toBeGreaterThan(60 * MIB);
    for (const load of loads) load.finish();
    expect(budget.held).toBe(0);
  });

  it('of a stream that holds little are not given up for those that hold much', () => {
    const budget = new MeasuredBudget();
    const small = new Load(budget);
    small.receive(2 * SEGMENT, SEGMENT);
    const hoards = Array.from({ length: 20 }, () => new Load(budget));
    for (let i = 1; i < 100; i++) for (const load of hoards) load.receive(i * 70_000, SEGMENT);
    // Whichever stream comes next, the largest ones give up holes.
    small.receive(4 * SEGMENT, SEGMENT);
    expect(small.gaps).toBe(0);
    expect(hoards.reduce((sum, { gaps }) => sum + gaps, 0)).toBeGreaterThan(500);
    small.receive(0, SEGMENT);
    small.receive(SEGMENT, SEGMENT);
    small.receive(3 * SEGMENT, SEGMENT);
    expect(small).toMatchObject({ bytes: 5 * SEGMENT, gaps: 0 });
  });

  it('are given up in time that does not grow with the number of those that hold some', () => {
    const budget = new MeasuredBudget();
    const loads = Array.from({ length: 80_000 }, () => new Load(budget));
    const start = processorMs();
    for (let i = 1; i <= 4; i++) for (const load of loads) load.receive(200 * i, 100);
    expect(processorMs() - start).toBeLessThan(8000);
    expect(budget.most).toBeLessThanOrEqual(64 * MIB + 2 * (100 + SEGMENT_OVERHEAD));
  });

  it('of connections that nobody wants any more do not count', () => {
    const recording = new Recording(undefined, ({ connection }) => {
      if (connection.id < 16 && connection.streams[1].nextOffset > 0) connection.ignore();
    });
    const payload = new Uint8Array(SEGMENT);
    const late = (port: number) => {
      recording.play({ port, flags: 'S', seq: 0 }, { port, from: 1, flags: 'SA', seq: 0, ack: 1 });
      for (let i = 1; i <= 100; i++) recording.play({ port, seq: 1 + i * SEGMENT, ack: 1, payload });
    };
    for (let port = 1; port <= 16; port++) {
      late(port);
      recording.play({ port, from: 1, seq: 1, ack: 1, payload: 'x' });
    }
    late(99);
    recording.play({ port: 99, seq: 1, ack: 1, payload });
    expect(recording.connection(16).streams[0]).toMatchObject({ gapBytes: 0, nextOffset: 101 * SEGMENT });
  });
});
