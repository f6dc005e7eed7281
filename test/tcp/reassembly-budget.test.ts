import { describe, expect, it } from 'vitest';
import { ReassemblyBudget } from '../../src/tcp/reassembly-budget.ts';
import { StreamReassembler } from '../../src/tcp/stream-reassembler.ts';
import type { StreamConsumer } from '../../src/tcp/stream-consumer.ts';
import { Recording, segmentOf } from '../helpers/segment-builder.ts';

const MIB = 1024 * 1024;

/** Counts what it is given. */
class Counter implements StreamConsumer {
  bytes = 0;
  gaps = 0;
  gapBytes = 0;
  data(_: 0 | 1, _bytes: Uint8Array, start: number, end: number): void {
    this.bytes += end - start;
  }
  gap(_: 0 | 1, length: number): void {
    this.gaps++;
    this.gapBytes += length;
  }
  flag(): void {
    // Not looked at here.
  }
  end(): void {
    // Not looked at here.
  }
}

/** A stream from sequence number 0, and what went in. */
class Load {
  readonly counter = new Counter();
  readonly stream: StreamReassembler;
  readonly #segment = segmentOf({ payload: new Uint8Array(64 * 1024) }, 1);
  received = 0;

  constructor(budget: ReassemblyBudget = new ReassemblyBudget()) {
    this.stream = new StreamReassembler(0, budget);
    this.stream.start(0, true);
  }

  receive(offset: number, length: number): void {
    this.#segment.packet++;
    this.#segment.payloadEnd = length;
    this.#segment.payloadLength = length;
    this.stream.receive(this.#segment, offset | 0, this.counter);
    this.received += length;
  }

  get waitingBytes(): number {
    return this.received - this.counter.bytes;
  }
}

describe('out-of-order bytes', () => {
  it('of a million segments of one byte, each behind a hole, take little memory and time in proportion', () => {
    const load = new Load();
    const start = performance.now();
    let most = 0;
    for (let i = 0; i < 1_000_000; i++) {
      load.receive(2 * i + 1, 1);
      if (load.waitingBytes > most) most = load.waitingBytes;
    }
    expect(most).toBeLessThanOrEqual(8193);
    expect(load.counter.gaps).toBeGreaterThan(990_000);
    expect(performance.now() - start).toBeLessThan(8000);
  });

  it('of many segments of one byte in reverse order keep to the bound too', () => {
    const load = new Load();
    let most = 0;
    for (let i = 200_000; i > 0; i--) {
      load.receive(2 * i, 1);
      if (load.waitingBytes > most) most = load.waitingBytes;
    }
    expect(most).toBeLessThanOrEqual(8193);
  });

  it('of one stream are never many more than 8 MiB', () => {
    const load = new Load();
    let most = 0;
    for (let i = 0; i < 8000; i++) load.receive(2 * i + 1, 1);
    for (let i = 1; i < 1000; i++) {
      load.receive(i * 70_000, 65_536);
      if (load.waitingBytes > most) most = load.waitingBytes;
    }
    expect(most).toBeLessThanOrEqual(8 * MIB + 65_536);
    expect(most).toBeGreaterThan(7 * MIB);
  });

  it('of all streams are never many more than 64 MiB', () => {
    const budget = new ReassemblyBudget();
    const loads = Array.from({ length: 40 }, () => new Load(budget));
    let most = 0;
    for (let i = 1; i < 100; i++) {
      for (const load of loads) {
        load.receive(i * 70_000, 65_536);
        const waiting = loads.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
        if (waiting > most) most = waiting;
      }
    }
    expect(most).toBeLessThanOrEqual(64 * MIB + 65_536);
    expect(most).toBeGreaterThan(60 * MIB);
  });

  it('of connections that nobody wants any more do not count', () => {
    let isWanted = false;
    const recording = new Recording(undefined, ({ connection }) => {
      if (!isWanted && connection.streams[0].nextOffset > 0) connection.ignore();
    });
    const payload = new Uint8Array(65_536);
    for (let port = 1; port <= 20; port++) {
      recording.play({ port, flags: 'S', seq: -1 });
      for (let i = 1; i <= 100; i++) recording.play({ port, seq: i * 70_000, payload });
      recording.play({ port, seq: 0, payload: 'x' });
    }
    isWanted = true;
    recording.play(
      { port: 99, flags: 'S', seq: -1 },
      { port: 99, seq: 3, payload: 'def' },
      { port: 99, seq: 0, payload: 'abc' },
    );
    expect(recording.transcript(20)).toEqual(['> syn', '> abc #2043', '> def #2042']);
  });
});
