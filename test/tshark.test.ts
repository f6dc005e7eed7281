/**
 * wscap against tshark, on every fixture and on foreign captures: packets, connection numbers, the packet of the 101,
 * frames by direction and opcode, close codes, the first FIN or RST. Where they differ for a good reason, the table
 * below says which of them is right; an entry that no longer differs fails, so that it can't go stale.
 */
import { describe, expect, it } from 'vitest';
import { analyze } from '../src/analyze.ts';
import type { ConnectionReport, FrameCounts, Report } from '../src/report/model.ts';
import { capturesUnder, FIXTURES, FOREIGN_CAPTURES, shortName } from './helpers/captures.ts';
import { KNOWN_DIFFERENCES, type ComparedFact } from './helpers/tshark-differences.ts';
import { HAS_TSHARK, tsharkPackets, type TsharkPacket } from './helpers/tshark.ts';

type Facts = Record<ComparedFact, unknown>;

const OPCODES: readonly (readonly [number, keyof FrameCounts])[] = [
  [0x0, 'continuation'],
  [0x1, 'text'],
  [0x2, 'binary'],
  [0x8, 'close'],
  [0x9, 'ping'],
  [0xa, 'pong'],
];

const foreign = capturesUnder(FOREIGN_CAPTURES);
const captures = [...capturesUnder(FIXTURES), ...foreign];

describe.skipIf(!HAS_TSHARK)('wscap and tshark agree', { concurrent: true }, () => {
  it('on a corpus that is there', () => {
    expect(captures.length).toBeGreaterThan(50);
  });

  it.skipIf(foreign.length === 0)('on captures of others too, where ../shared/captures is there', () => {
    expect(foreign.length).toBeGreaterThan(20);
  });

  it.for(captures.map((path) => [shortName(path), path] as const))('on %s', async ([name, path]) => {
    const packets = await tsharkPackets(path);
    let report: Report;
    try {
      report = await analyze(path);
    } catch (error) {
      // A capture without a single packet may be refused, but not one that tshark reads something from.
      expect(packets, String(error)).toEqual([]);
      return;
    }
    const ours = factsOfReport(report);
    const theirs = factsOfTshark(packets, report.connections);
    const differences = KNOWN_DIFFERENCES[name] ?? {};
    for (const fact of Object.keys(ours) as ComparedFact[]) {
      const reason = differences[fact];
      if (reason === undefined) expect(ours[fact], `${fact} (wscap, then tshark)`).toEqual(theirs[fact]);
      else expect(ours[fact], `${fact} no longer differs: ${reason}`).not.toEqual(theirs[fact]);
    }
  });
});

function factsOfReport({ totals, connections }: Report): Facts {
  return {
    packets: totals.packets,
    tcpConnections: totals.tcpConnections,
    firstPackets: connections.map(({ id, firstPacket, lastPacket }) => [id, firstPacket, lastPacket]),
    upgrades: connections
      .filter(({ upgrade }) => upgrade?.status === 101)
      .map(({ id, upgrade }) => [id, upgrade?.responsePacket]),
    frames: connections.map(({ id, traffic }) => [
      id,
      counts(traffic.clientToServer.frames),
      counts(traffic.serverToClient.frames),
    ]),
    ends: connections.map(({ id, close }) => [id, close?.packet ?? null, close?.how ?? null]),
    closeCodes: connections.map(({ id, close }) => [
      id,
      [close?.clientCode, close?.serverCode].filter((code) => typeof code === 'number').sort((a, b) => a - b),
    ]),
  };
}

/** The same facts from tshark's packets, about the connections that wscap reports. */
function factsOfTshark(packets: readonly TsharkPacket[], connections: readonly ConnectionReport[]): Facts {
  const streams = connections.map((connection) => ({
    connection,
    packets: packets.filter(({ stream }) => stream === connection.id),
  }));
  const upgraded = packets.filter(({ statuses }) => statuses.includes(101));
  return {
    packets: packets.length,
    tcpConnections: new Set(packets.map(({ stream }) => stream).filter((stream) => stream !== null)).size,
    firstPackets: streams.map(({ connection, packets: own }) => [
      connection.id,
      own[0]?.number,
      own.at(-1)?.number,
    ]),
    upgrades: upgraded
      .filter(({ stream }, index) => upgraded.findIndex((other) => other.stream === stream) === index)
      .map(({ stream, number }) => [stream, number])
      .sort(([a], [b]) => a! - b!),
    frames: streams.map(({ connection, packets: own }) => {
      const client = own.filter(({ sourcePort }) => sourcePort === connection.client.port);
      const server = own.filter(({ sourcePort }) => sourcePort !== connection.client.port);
      return [connection.id, countOpcodes(client), countOpcodes(server)];
    }),
    ends: streams.map(({ connection, packets: own }) => {
      const first = own.find(({ isFin, isRst }) => isFin || isRst);
      return [connection.id, first?.number ?? null, first === undefined ? null : first.isRst ? 'rst' : 'fin'];
    }),
    closeCodes: streams.map(({ connection, packets: own }) => [
      connection.id,
      own.flatMap(({ closeCodes }) => closeCodes).sort((a, b) => a - b),
    ]),
  };
}

function counts(frames: FrameCounts): number[] {
  return OPCODES.map(([, name]) => frames[name]);
}

function countOpcodes(packets: readonly TsharkPacket[]): number[] {
  const opcodes = packets.flatMap((packet) => packet.opcodes);
  return OPCODES.map(([opcode]) => opcodes.filter((other) => other === opcode).length);
}
