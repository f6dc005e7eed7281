/**
 * A carrier for tests: each record is a mark, a length of two bytes and so many bytes, each XORed with a key. What it holds
 * is handed on when the record is whole, with the packet that completed it, as TLS would.
 */
import type { ByteSink, ByteStream, GapLength } from '../../src/carrier/byte-stream.ts';
import type { Carrier, CarrierPieces, Recognition, RewritableCarrier } from '../../src/carrier/carrier.ts';
import type { Direction } from '../../src/basics/direction.ts';

/** No HTTP, no PROXY header and no WebSocket frame begins with this. */
const MARK = [0xf7, 0x58];
const HEADER = 4;
const KEY = 0x5a;
/** In place of what a record that is cut holds. */
const FILL = 0xff;

/** The bytes as one record. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER + bytes.length);
  record.set([...MARK, bytes.length >> 8, bytes.length & 0xff]);
  record.set(
    bytes.map((byte) => byte ^ KEY),
    HEADER,
  );
  return record;
}

/** The same bytes, as they were before they were sealed or after; record headers are spoilt by it. */
export function xored(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ KEY);
}

/** Has no way back from what is inside to its own bytes. */
export const ONE_WAY_XOR: Carrier = {
  recognise(bytes, start, end): Recognition {
    for (let index = 0; index < MARK.length; index++) {
      if (start + index >= end) return 'more';
      if (bytes[start + index] !== MARK[index]) return 'no';
    }
    return 'yes';
  },
  open: (inside) => new XorCarrier(inside),
};

export const XOR: Carrier = {
  ...ONE_WAY_XOR,
  openForRewriting: (inside, pieces) => new XorCarrier(inside, pieces),
};

class XorCarrier implements RewritableCarrier {
  readonly #inside: ByteStream;
  readonly #pieces: CarrierPieces | null;
  readonly #pending: [number[], number[]] = [[], []];
  readonly #sinks: [ByteSink | null, ByteSink | null] = [null, null];
  readonly #isLost: [boolean, boolean] = [false, false];

  constructor(inside: ByteStream, pieces: CarrierPieces | null = null) {
    this.#inside = inside;
    this.#pieces = pieces;
  }

  sendTo(direction: Direction, sink: ByteSink): void {
    this.#sinks[direction] = sink;
  }

  data(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (this.#isLost[direction]) return;
    const pending = this.#pending[direction];
    pending.push(...bytes.subarray(start, end));
    while (pending.length >= HEADER) {
      const length = (pending[2]! << 8) | pending[3]!;
      if (pending.length < HEADER + length) return;
      const record = pending.splice(0, HEADER + length);
      const inside = Uint8Array.from(record.slice(HEADER), (byte) => byte ^ KEY);
      const sink = this.#sinks[direction];
      if (sink !== null) sink.push(inside, 0, inside.length, packet, seconds, nanoseconds);
      else this.#inside.data(direction, inside, 0, inside.length, packet, seconds, nanoseconds);
      this.#pieces?.piece(direction, Uint8Array.from(record), 0, record.length);
    }
  }

  gap(direction: Direction, _length: GapLength, packet: number, seconds: number, nanoseconds: number): void {
    this.#isLost[direction] = true;
    this.#reportCut(direction);
    this.#inside.gap(direction, 'unknown', packet, seconds, nanoseconds);
  }

  end(direction: Direction): void {
    this.#reportCut(direction);
    this.#inside.end(direction);
  }

  rewrite(_direction: Direction, piece: Uint8Array, inside: Uint8Array): Uint8Array {
    const record = piece.slice().fill(FILL, HEADER);
    // A record may be cut within its header.
    if (inside.length > 0) record.set(xored(inside), HEADER);
    return record;
  }

  /** What has come of a record that is cut. */
  #reportCut(direction: Direction): void {
    const cut = Uint8Array.from(this.#pending[direction].splice(0));
    if (cut.length > 0) this.#pieces?.piece(direction, cut, 0, cut.length);
  }
}
