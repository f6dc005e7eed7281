/** The bytes of a carrier are made anew around what is written inside, each at its own offset. */
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../src/basics/direction.ts';
import type { ByteStream, GapLength } from '../../src/carrier/byte-stream.ts';
import type { CarrierPieces, RewritableCarrier } from '../../src/carrier/carrier.ts';
import { CarrierScrubber } from '../../src/extract/carrier-scrubber.ts';
import { newStreams, TailBudget, type Streams } from '../../src/extract/rewritten-stream.ts';
import { Spool } from '../../src/extract/spool.ts';
import { text } from '../helpers/packet-bytes.ts';

const CASE_BIT = 0x20;
const SEMICOLON = 0x3b;
const spool = new Spool(tmpdir());

function freshStreams(): Streams {
  return newStreams(spool, new TailBudget());
}

/** "1AB;" is a record that holds "ab". Goes on behind a gap. */
class LetterCarrier implements RewritableCarrier {
  readonly #inside: ByteStream;
  readonly #pieces: CarrierPieces;
  readonly #lostInside: GapLength;
  #pending: number[] = [];

  /** @param lostInside how much is missing inside at a gap */
  constructor(inside: ByteStream, pieces: CarrierPieces, lostInside: GapLength) {
    this.#inside = inside;
    this.#pieces = pieces;
    this.#lostInside = lostInside;
  }

  data(direction: Direction, bytes: Uint8Array, start: number, end: number): void {
    for (const byte of bytes.subarray(start, end)) {
      this.#pending.push(byte);
      if (byte !== SEMICOLON) continue;
      const piece = Uint8Array.from(this.#pending);
      const inside = piece.slice(1, -1).map((each) => each | CASE_BIT);
      this.#pending = [];
      this.#inside.data(direction, inside, 0, inside.length, 1, 0, 0);
      this.#pieces.piece(direction, piece, 0, piece.length);
    }
  }

  gap(direction: Direction): void {
    this.#pending = [];
    this.#inside.gap(direction, this.#lostInside, 1, 0, 0);
  }

  end(): void {
    // What is pending is not told.
  }

  sendTo(): void {
    // All goes to the stream.
  }

  rewrite(_direction: Direction, piece: Uint8Array, inside: Uint8Array): Uint8Array {
    return Uint8Array.of(piece[0]!, ...inside.map((each) => each & ~CASE_BIT), SEMICOLON);
  }
}

/** What is read inside of these bytes and gaps, and what is written: in place of each letter inside the next one. */
function scrubbed(
  steps: readonly (string | { readonly gap: GapLength })[],
  lostInside: GapLength,
): { read: string; written: string } {
  const inside = freshStreams();
  let read = '';
  const reader: Pick<ByteStream, 'data' | 'gap'> = {
    data: (direction, bytes, start, end) => {
      read += String.fromCharCode(...bytes.subarray(start, end));
      inside[direction].append(bytes.slice(start, end).map((byte) => byte + 1));
    },
    gap: (direction, length) => {
      read += `(${length})`;
      if (length !== 'unknown') inside[direction].skip(length);
    },
  };
  const scrubber = new CarrierScrubber(
    (within, pieces) => new LetterCarrier(within, pieces, lostInside),
    reader,
    inside,
    freshStreams(),
  );
  for (const step of steps) {
    if (typeof step === 'string') scrubber.open.data(0, text(step), 0, step.length, 1, 0, 0);
    else scrubber.open.gap(0, step.gap, 1, 0, 0);
  }
  inside[0].flush();
  const [to] = freshStreams();
  scrubber.write(0, to);
  to.flush();
  const bytes = text('.'.repeat(to.end));
  to.read(0, bytes.length, bytes, 0);
  return { read, written: String.fromCharCode(...bytes).replaceAll('\u00ff', '#') };
}

describe('a carrier that is rewritten', () => {
  it('has its records around what was written inside, wherever they were cut', () => {
    expect(scrubbed(['1AB;2', 'C', 'DE;3F;'], 'unknown')).toEqual({
      read: 'abcdef',
      written: '1BC;2DEF;3G;',
    });
  });

  it('has a record that holds nothing as it was', () => {
    expect(scrubbed(['1AB;2;3C;'], 'unknown').written).toBe('1BC;2;3D;');
  });

  it.each<GapLength>(['unknown', 4])('goes on behind a gap that hides %s bytes inside', (lostInside) => {
    const { read, written } = scrubbed(['1AB;2C', { gap: 5 }, '3EF;'], lostInside);
    expect(read).toBe(`ab(${lostInside})ef`);
    // Of the record that the gap cut it made nothing: that is filled.
    expect(written).toBe('1BC;##.....3FG;');
  });

  it('has no room for a gap whose length nobody knows', () => {
    expect(scrubbed(['1AB;', { gap: 'unknown' }, '3EF;'], 'unknown').written).toBe('1BC;3FG;');
  });
});
