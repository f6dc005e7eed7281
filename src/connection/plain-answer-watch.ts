/**
 * After a client's TLS ClientHello, or its preface of HTTP/2: whether the server answers in the same protocol, or in
 * plain text.
 */
import { looksLikeTls } from '../http/sniff.ts';
import { MAX_UNPARSED } from '../http/exchange-handler.ts';
import { otherOf, type Direction } from '../basics/direction.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { PlainAnswer } from './record.ts';

/** Enough to tell text from a record of TLS, and from a frame of HTTP/2. */
const ENOUGH = 8;
/** "HTTP/1." */
const HTTP1 = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e];

export class PlainAnswerWatch {
  readonly #to: PlainAnswer['to'];
  readonly #server: Direction;
  readonly #hello: PacketMark;
  readonly #bytes: number[] = [];
  #first: PacketMark | null = null;

  /** @param client whose first bytes came in the packet `hello` */
  constructor(to: PlainAnswer['to'], client: Direction, hello: PacketMark) {
    this.#to = to;
    this.#server = otherOf(client);
    this.#hello = hello;
  }

  /** 'more' as long as it isn't known; 'no' where the server speaks that protocol, or nothing that can be named. */
  push(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    packet: number,
    seconds: number,
    nanoseconds: number,
  ): PlainAnswer | 'more' | 'no' {
    if (direction !== this.#server) return 'more';
    this.#first ??= { packet, seconds, nanoseconds };
    for (let at = start; at < end && this.#bytes.length < MAX_UNPARSED; at++) this.#bytes.push(bytes[at]!);
    const taken = Uint8Array.from(this.#bytes);
    if (looksLikeTls(taken, 0, taken.length)) return 'no';
    if (taken.length < ENOUGH) return 'more';
    const isPlain =
      this.#to === 'tls'
        ? taken.subarray(0, ENOUGH).every(isText)
        : HTTP1.every((byte, at) => taken[at] === byte);
    return isPlain ? { to: this.#to, hello: this.#hello, answer: { bytes: taken, ...this.#first } } : 'no';
  }
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
