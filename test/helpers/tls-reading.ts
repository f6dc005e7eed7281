/** Reads TLS with a {@link TlsStream}, and writes down what it hands on. */
import type { Direction } from '../../src/basics/direction.ts';
import type { GapLength } from '../../src/carrier/byte-stream.ts';
import type { TlsFacts } from '../../src/tls/facts.ts';
import { KeyLog } from '../../src/tls/key-log.ts';
import { TlsStream } from '../../src/tls/tls-stream.ts';
import type { WirePiece } from './tls-conversation.ts';

export interface TlsReading {
  /** What came from inside, by direction; a gap is `<17>` or `<unknown>`. */
  readonly inside: readonly [string, string];
  /** The packets that brought it, in order: pieces of the wire are numbered from 1. */
  readonly packets: readonly number[];
  readonly facts: TlsFacts;
}

/** A piece of the wire, or a loss in it. */
export type WireEvent = WirePiece | { readonly direction: Direction; readonly gap: GapLength };

export function keysOf(keyLog: string): KeyLog {
  const keys = new KeyLog();
  keys.add(Uint8Array.from(keyLog, (character) => character.charCodeAt(0)));
  keys.endSource();
  return keys;
}

/** @param keyLog null: no keys */
export function readTls(events: readonly WireEvent[], keyLog: string | null, isLate = false): TlsReading {
  const inside: [string, string] = ['', ''];
  const packets: number[] = [];
  const stream = new TlsStream(
    {
      data(direction, bytes, start, end, packet) {
        for (let at = start; at < end; at++) inside[direction] += String.fromCharCode(bytes[at]!);
        packets.push(packet);
      },
      gap(direction, length) {
        inside[direction] += `<${length}>`;
      },
      end: () => undefined,
    },
    keyLog === null ? null : keysOf(keyLog),
    isLate,
  );
  for (const [index, event] of events.entries()) {
    if ('gap' in event) stream.gap(event.direction, event.gap, index + 1, 0, index);
    else stream.data(event.direction, event.bytes, 0, event.bytes.length, index + 1, 0, index);
  }
  stream.end(0);
  stream.end(1);
  return { inside, packets, facts: stream.facts(stream.client ?? 0) };
}

/** The pieces of one direction that follow each other as one, cut into others. */
export function recut(wire: readonly WirePiece[], sizeOf: (turn: number) => number): WirePiece[] {
  const cut: WirePiece[] = [];
  let turn = 0;
  for (const { direction, bytes } of wire) {
    for (let at = 0; at < bytes.length;) {
      const size = Math.max(1, sizeOf(turn++));
      cut.push({ direction, bytes: bytes.slice(at, at + size) });
      at += size;
    }
  }
  return cut;
}
