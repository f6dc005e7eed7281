/** Captures of a conversation that stands in a carrier, or doesn't. */
import { frameOf } from '../helpers/frame-log.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { ethernet, ipv4, tcp, text } from '../helpers/packet-bytes.ts';
import { pcapFile, type PacketSpec } from '../helpers/pcap-builder.ts';

export type Sender = 'client' | 'server';
export type Step = readonly [from: Sender, bytes: Uint8Array];

/** How a capture has its steps: as they are, or each in a record. */
export type Wrap = (bytes: Uint8Array) => Uint8Array;
export const PLAIN: Wrap = (bytes) => bytes;

/** From packet to packet: the server's FIN is not right behind its 101. */
export const STEP_MS = 60;

export const PROXY: Uint8Array = text('PROXY TCP4 203.0.113.7 198.51.100.2 56324 80\r\n');
const CONNECT: readonly Step[] = [
  ['client', text(lines('CONNECT server.example.com:80 HTTP/1.1', 'Host: server.example.com:80'))],
  ['server', text(lines('HTTP/1.1 200 Connection established'))],
];

/** A text of the client, masked with zeros. */
export function masked(payload: string): Uint8Array {
  const bytes = text(payload);
  return Uint8Array.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes]);
}

export const CONVERSATION: readonly Step[] = [
  ['client', text(upgradeRequest())],
  ['server', text(switchingProtocols())],
  ['client', masked('hello')],
  ['server', frameOf(1, 'welcome')],
  ['server', frameOf(9, 'are you there')],
  ['client', Uint8Array.from([0x8a, 0x8d, 0, 0, 0, 0, ...text('are you there')])],
  ['server', frameOf(8, Uint8Array.of(0x03, 0xf3, ...text('no')))],
];

export interface Piece {
  readonly from: Sender;
  readonly bytes: Uint8Array;
  readonly isLost?: boolean;
}

/** TCP's handshake, a packet for each piece, and the server's FIN. Packet n comes n steps in. */
export function captureOf(pieces: readonly Piece[]): Uint8Array {
  const packets: PacketSpec[] = [];
  const next = { client: 1000, server: 5000 };
  const send = ({ from, bytes, isLost }: Piece, flags = 'PA'): void => {
    const to = from === 'client' ? 'server' : 'client';
    const identification = packets.length + 1;
    const segment = tcp({
      sourcePort: from === 'client' ? 50_000 : 80,
      destinationPort: from === 'client' ? 80 : 50_000,
      sequence: next[from],
      acknowledgement: flags === 'S' ? 0 : next[to],
      flags,
      payload: bytes,
    });
    const addresses =
      from === 'client'
        ? { source: '192.0.2.1', destination: '198.51.100.2' }
        : { source: '198.51.100.2', destination: '192.0.2.1' };
    next[from] += bytes.length + (/[SF]/.test(flags) ? 1 : 0);
    if (isLost === true) return;
    packets.push({
      data: ethernet(ipv4(segment, { ...addresses, identification }), 0x0800),
      seconds: 1_767_225_600 + Math.floor((identification * STEP_MS) / 1000),
      nanoseconds: ((identification * STEP_MS) % 1000) * 1e6,
    });
  };
  const nothing = new Uint8Array(0);
  send({ from: 'client', bytes: nothing }, 'S');
  send({ from: 'server', bytes: nothing }, 'SA');
  send({ from: 'client', bytes: nothing }, 'A');
  for (const piece of pieces) send(piece);
  send({ from: 'server', bytes: nothing }, 'FA');
  return pcapFile(packets);
}

/** Where a carrier may begin: what comes before it, and what stands in the same packet as its first byte. */
export const PLACES: readonly (readonly [string, readonly Step[], Uint8Array])[] = [
  ['at the first byte', [], new Uint8Array(0)],
  ['after a PROXY header', [], PROXY],
  ['inside a CONNECT tunnel', CONNECT, new Uint8Array(0)],
];

export function piecesOf(
  before: readonly Step[],
  front: Uint8Array,
  wrap: Wrap,
  conversation: readonly Step[] = CONVERSATION,
): Piece[] {
  const inside = conversation.map(([from, bytes], index) => ({
    from,
    bytes: Uint8Array.from([...(index === 0 ? front : []), ...wrap(bytes)]),
  }));
  return [...before.map(([from, bytes]) => ({ from, bytes })), ...inside];
}
