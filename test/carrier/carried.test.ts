/** A WebSocket inside a carrier is told as one without: by analyze and by follow, wherever the carrier begins. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { follow } from '../../src/follow.ts';
import type { ConversationEntry } from '../../src/report/conversation.ts';
import type { ConnectionReport } from '../../src/report/model.ts';
import { frameOf } from '../helpers/frame-log.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { ethernet, ipv4, tcp, text } from '../helpers/packet-bytes.ts';
import { pcapFile, type PacketSpec } from '../helpers/pcap-builder.ts';
import { sealed, XOR } from '../helpers/xor-carrier.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-carried-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Sender = 'client' | 'server';
type Step = readonly [from: Sender, bytes: Uint8Array];

/** How a capture has its steps: as they are, or each in a record. */
type Wrap = (bytes: Uint8Array) => Uint8Array;
const PLAIN: Wrap = (bytes) => bytes;

/** From packet to packet: the server's FIN is not right behind its 101. */
const STEP_MS = 60;

const PROXY = text('PROXY TCP4 203.0.113.7 198.51.100.2 56324 80\r\n');
const CONNECT: readonly Step[] = [
  ['client', text(lines('CONNECT server.example.com:80 HTTP/1.1', 'Host: server.example.com:80'))],
  ['server', text(lines('HTTP/1.1 200 Connection established'))],
];

/** A text of the client, masked with zeros. */
function masked(payload: string): Uint8Array {
  const bytes = text(payload);
  return Uint8Array.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes]);
}

const CONVERSATION: readonly Step[] = [
  ['client', text(upgradeRequest())],
  ['server', text(switchingProtocols())],
  ['client', masked('hello')],
  ['server', frameOf(1, 'welcome')],
  ['server', frameOf(9, 'are you there')],
  ['client', Uint8Array.from([0x8a, 0x8d, 0, 0, 0, 0, ...text('are you there')])],
  ['server', frameOf(8, Uint8Array.of(0x03, 0xf3, ...text('no')))],
];

interface Piece {
  readonly from: Sender;
  readonly bytes: Uint8Array;
  readonly isLost?: boolean;
}

/** TCP's handshake, a packet for each piece, and the server's FIN. Packet n comes n steps in. */
function capture(name: string, pieces: readonly Piece[]): string {
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
  const path = join(folder, `${name}.pcap`);
  writeFileSync(path, pcapFile(packets));
  return path;
}

/** Where a carrier may begin: what comes before it, and what stands in the same packet as its first byte. */
const PLACES: readonly (readonly [string, readonly Step[], Uint8Array])[] = [
  ['at the first byte', [], new Uint8Array(0)],
  ['after a PROXY header', [], PROXY],
  ['inside a CONNECT tunnel', CONNECT, new Uint8Array(0)],
];

function piecesOf(before: readonly Step[], front: Uint8Array, wrap: Wrap): Piece[] {
  const inside = CONVERSATION.map(([from, bytes], index) => ({
    from,
    bytes: Uint8Array.from([...(index === 0 ? front : []), ...wrap(bytes)]),
  }));
  return [...before.map(([from, bytes]) => ({ from, bytes })), ...inside];
}

const carriers = [XOR];

async function analyzed(path: string): Promise<ConnectionReport[]> {
  const { connections } = await analyze(path, { carriers });
  return connections;
}

async function followed(path: string) {
  const entries: ConversationEntry[] = [];
  const handler = { start: () => undefined, entry: (entry: ConversationEntry) => entries.push(entry) };
  const end = await follow([path], { connection: 0, maxBytes: 4096, carriers }, handler);
  return { entries, end };
}

describe.each(PLACES)('a carrier that begins %s', (place, before, front) => {
  const slug = place.replaceAll(' ', '-');
  const plain = capture(`${slug}-plain`, piecesOf(before, front, PLAIN));
  const carried = capture(`${slug}-carried`, piecesOf(before, front, sealed));

  test('gives the same report as plain bytes, with the same packets and times', async () => {
    const [connection] = await analyzed(carried);
    expect(connection?.close).toMatchObject({ serverCode: 1011, firstBy: 'server', how: 'fin' });
    expect([connection]).toEqual(await analyzed(plain));
  });

  test('is followed as plain bytes are', async () => {
    const told = await followed(carried);
    expect(told.entries.map(({ type }) => type)).toEqual(['text', 'text', 'ping', 'pong', 'close']);
    expect(told).toEqual(await followed(plain));
  });

  test('is not met where nobody asks for it', async () => {
    const { connections } = await analyze(carried);
    expect(connections.map(({ upgrade }) => upgrade)).toEqual([]);
  });
});

describe('records that TCP cuts elsewhere', () => {
  const piecesOfOne = (size: number): Piece[] =>
    piecesOf([], PROXY, sealed).flatMap(({ from, bytes }) =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => ({
        from,
        bytes: bytes.slice(index * size, (index + 1) * size),
      })),
    );

  test.each([1, 2, 3, 7, 50])('in segments of %i bytes the same is said and done', async (size) => {
    const { entries } = await followed(capture(`in-${size}`, piecesOfOne(size)));
    const whole = await followed(capture('whole', piecesOf([], PROXY, sealed)));
    const said = (of: readonly ConversationEntry[]) =>
      of.map(({ from, type, payload, code }) => ({ from, type, payload, code }));
    expect(said(entries)).toEqual(said(whole.entries));
  });

  test('what a record holds has the packet and time of the one that completed it', async () => {
    const [request, response, ...rest] = piecesOf([], new Uint8Array(0), sealed);
    const half = Math.floor(response!.bytes.length / 2);
    const halves = [response!.bytes.slice(0, half), response!.bytes.slice(half)].map((bytes) => ({
      from: 'server' as const,
      bytes,
    }));
    const [connection] = await analyzed(capture('halves', [request!, ...halves, ...rest]));
    expect(connection?.upgrade).toMatchObject({
      requestPacket: 4,
      responsePacket: 6,
      latencyMs: 2 * STEP_MS,
    });
  });
});

test('bytes of the carrier that are missing are never taken for frames', async () => {
  const pieces = piecesOf([], new Uint8Array(0), sealed).map((piece, index) => ({
    ...piece,
    isLost: index === 3,
  }));
  const after = Array.from({ length: 12 }, () => ({
    from: 'client' as const,
    bytes: sealed(masked('more')),
  }));
  const [connection] = await analyzed(capture('lost', [...pieces, ...after]));
  expect(connection?.traffic.serverToClient).toMatchObject({ messages: 0, frames: { text: 0, close: 0 } });
  expect(connection?.traffic.clientToServer.frames).toMatchObject({ text: 13, pong: 1 });
  expect(connection?.notes.find(({ code }) => code === 'gap')?.message).toContain(
    'can not be followed after that',
  );
});
