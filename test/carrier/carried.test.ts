/** A WebSocket inside a carrier is told as one without: by analyze and by follow, wherever the carrier begins. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { follow } from '../../src/follow.ts';
import type { ConversationEntry } from '../../src/report/conversation.ts';
import type { ConnectionReport } from '../../src/report/model.ts';
import { sealed, XOR } from '../helpers/xor-carrier.ts';
import { captureOf, masked, PLACES, PLAIN, piecesOf, PROXY, STEP_MS, type Piece } from './carried-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-carried-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const carriers = [XOR];

function capture(name: string, pieces: readonly Piece[]): string {
  const path = join(folder, `${name}.pcap`);
  writeFileSync(path, captureOf(pieces));
  return path;
}

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
