/** Connection ids against tcp.stream of tshark, packet by packet, on captures made at random from fixed seeds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PacketPipeline } from '../../src/analysis/packet-pipeline.ts';
import { TcpTracker } from '../../src/tcp/tcp-tracker.ts';
import { Unread } from '../helpers/unread.ts';
import { ethernet, ipv4, ipv6, tcp, text } from '../helpers/packet-bytes.ts';
import { pcapFile } from '../helpers/pcap-builder.ts';
import { HAS_TSHARK, tsharkPackets } from '../helpers/tshark.ts';

/** Whole numbers below `limit`, the same for the same seed. */
type Random = (limit: number) => number;

function randomFrom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1);
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * limit);
  };
}

interface Endpoints {
  readonly port: number;
  readonly isIPv6: boolean;
  /** Client and server share the address. */
  readonly isLocal: boolean;
}

interface Sent {
  readonly from: number;
  readonly flags: string;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly payload?: Uint8Array;
}

function packetOf({ port, isIPv6, isLocal }: Endpoints, { from, ...sent }: Sent): Uint8Array {
  const ports = { sourcePort: from === 0 ? port : 80, destinationPort: from === 0 ? 80 : port };
  const [four, six] = [ipv4, ipv6].map((_, index) => {
    const client = index === 0 ? '10.0.0.1' : '2001:db8:0:0:0:0:0:1';
    const server = isLocal ? client : index === 0 ? '10.0.0.2' : '2001:db8:0:0:0:0:0:2';
    return from === 0 ? { source: client, destination: server } : { source: server, destination: client };
  });
  const segment = tcp({ ...ports, ...sent });
  return isIPv6 ? ethernet(ipv6(segment, six), 0x86dd) : ethernet(ipv4(segment, four), 0x0800);
}

/** Anything goes: any flags with any of a few sequence numbers, among a few 4-tuples. */
function chaos(random: Random): Uint8Array[] {
  const flags = 'S S S SA SA A A PA FA R RA SF F SR SFA SRA -'.split(' ');
  const numbers = [0, 1, 2, 100, 101, 200, 0xffffffff];
  return Array.from({ length: 600 }, () => {
    const port = 1000 + random(6);
    return packetOf(
      { port, isIPv6: random(4) === 0, isLocal: port === 1005 },
      {
        from: random(2),
        flags: flags[random(flags.length)]!,
        sequence: numbers[random(numbers.length)]!,
        acknowledgement: numbers[random(numbers.length)]!,
        payload: new Uint8Array(random(3) === 0 ? random(20) : 0),
      },
    );
  });
}

/** Opens, sends in both directions, closes; some packets come twice, late or not at all. */
function conversation(random: Random): Sent[] {
  const sent: Sent[] = [];
  const next = [random(2 ** 32), random(8) === 0 ? 0xfffffff0 : random(2 ** 32)];
  const send = (from: number, flags: string, payload = '') => {
    const acknowledgement = flags.includes('A') ? next[1 - from]! >>> 0 : 0;
    sent.push({ from, flags, sequence: next[from]! >>> 0, acknowledgement, payload: text(payload) });
    next[from]! += payload.length + (/[SF]/.test(flags) ? 1 : 0);
  };
  send(0, 'S');
  send(1, 'SA');
  send(0, 'A');
  for (let i = random(12); i > 0; i--) send(random(2), 'PA', 'x'.repeat(random(50)));
  if (random(3) === 0) {
    send(random(2), 'RA');
  } else if (random(4) > 0) {
    send(1, 'FA');
    send(0, 'FA');
    send(1, 'A');
  }
  return sent.flatMap((packet) => {
    const chance = random(20);
    return chance === 0 ? [] : chance <= 2 ? [packet, packet] : [packet];
  });
}

/** Conversations on a few 4-tuples, one after the other on each, interleaved and a little out of order. */
function conversations(random: Random): Uint8Array[] {
  const packets: { data: Uint8Array; at: number }[] = [];
  for (let port = 1000; port < 1008; port++) {
    const endpoints = { port, isIPv6: port % 3 === 0, isLocal: port === 1005 };
    let at = random(40);
    for (let round = 0; round < 6; round++) {
      for (const sent of conversation(random)) {
        at += 1 + random(8);
        packets.push({ data: packetOf(endpoints, sent), at: at + (random(6) === 0 ? random(30) : 0) });
      }
    }
  }
  return packets.sort((a, b) => a.at - b.at).map(({ data }) => data);
}

/** The id of each packet's connection, which is the same whether somebody follows the connections or nobody. */
function wscapStreams(packets: readonly Uint8Array[], isFollowed: boolean): number[] {
  const consumer = { data: ignore, gap: ignore, flag: ignore, end: ignore };
  const tracker = new TcpTracker({
    open: (connection) => (isFollowed ? consumer : new Unread(connection)),
  });
  const ids: number[] = [];
  const pipeline = new PacketPipeline({
    segment: (segment) => ids.push(tracker.segment(segment).connectionId),
  });
  packets.forEach((data, index) => {
    pipeline.packet(data, 0, data.length, data.length, index, 0, 1);
  });
  return ids;
}

function ignore(): void {
  // Only the numbers matter here.
}

describe.skipIf(!HAS_TSHARK)('connection ids (where tshark is installed)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wscap-numbering-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['any packets', chaos, 1],
    ['any packets', chaos, 2],
    ['any packets', chaos, 3],
    ['conversations', conversations, 4],
    ['conversations', conversations, 5],
    ['conversations', conversations, 6],
  ])('are those of tshark for %s (%o, seed %d)', async (_, make, seed) => {
    const packets = make(randomFrom(seed));
    const path = join(folder, `${seed}.pcap`);
    writeFileSync(path, pcapFile(packets.map((data, index) => ({ data, seconds: index }))));
    const expected = (await tsharkPackets(path)).map(({ stream }) => stream);
    expect(new Set(expected).size).toBeGreaterThan(30);
    expect(wscapStreams(packets, true)).toEqual(expected);
    expect(wscapStreams(packets, false)).toEqual(expected);
  });
});
