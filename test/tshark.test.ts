/**
 * wscap against tshark, on every fixture: packets, connection numbers, the packet of the 101, frames by direction and
 * opcode, close codes, the first FIN or RST. What tshark says is kept beside the fixtures (helpers/tshark-facts.ts);
 * with WSCAP_TSHARK=1 (`npm run test:tshark`) the installed one is asked anew, about foreign captures too. Where they
 * differ for a good reason, the table of known differences says which of them is right; an entry that no longer differs
 * fails, so that it can't go stale.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../src/analyze.ts';
import type { ConnectionReport, FrameCounts, Report } from '../src/report/model.ts';
import { capturesUnder, FIXTURES, FOREIGN_CAPTURES, shortName } from './helpers/captures.ts';
import { keysBeside } from './helpers/keys-beside.ts';
import { KNOWN_DIFFERENCES, type ComparedFact } from './helpers/tshark-differences.ts';
import {
  factsOf,
  fixturesByFolder,
  MEND,
  printFolderFacts,
  readFolderFacts,
  sha256Of,
  storedFactsOf,
  storedFiles,
  type CaptureFacts,
} from './helpers/tshark-facts.ts';
import { TSHARK_VERSION, tsharkPackets } from './helpers/tshark.ts';

type Facts = Record<ComparedFact, unknown>;

/** In the order of COUNTED_OPCODES. */
const OPCODES: readonly (keyof FrameCounts)[] = ['continuation', 'text', 'binary', 'close', 'ping', 'pong'];

const foreign = capturesUnder(FOREIGN_CAPTURES);
const fixtures = capturesUnder(FIXTURES);
const asksAnew = (process.env['WSCAP_TSHARK'] ?? '') !== '';

const titled = (paths: readonly string[]) => paths.map((path) => [shortName(path), path] as const);

it('there are fixtures to compare', () => {
  expect(fixtures.length).toBeGreaterThan(350);
});

describe('what tshark says of the fixtures', () => {
  const folders = fixturesByFolder();

  it.each([...folders.keys()].map((folder) => [shortName(folder), folder] as const))(
    `is kept for every capture of %s and for nothing else (mended by: ${MEND})`,
    (_name, folder) => {
      const stored = readFolderFacts(folder);
      expect(stored, `nothing is kept: ${MEND}`).not.toBeNull();
      const { tshark, captures, ...more } = stored!;
      expect(tshark).toMatch(/^\d+\.\d+\.\d+$/);
      expect(more, `unknown keys: ${MEND}`).toEqual({});
      const names = folders.get(folder)!.map((path) => basename(path));
      expect(Object.keys(captures), `missing, or of a capture that is gone: ${MEND}`).toEqual(
        names.toSorted(),
      );
      const digests = folders.get(folder)!.map((path) => [basename(path), sha256Of(path)]);
      const kept = Object.entries(captures).map(([name, { sha256 }]) => [name, sha256]);
      expect(Object.fromEntries(kept), `of another version of the capture: ${MEND}`).toEqual(
        Object.fromEntries(digests),
      );
      for (const [name, facts] of Object.entries(captures)) {
        expect(Object.keys(facts), `${name}: ${MEND}`).toEqual(['sha256', 'packets', 'streams']);
      }
    },
  );

  it(`is written as the script writes it (mended by: ${MEND})`, () => {
    for (const file of storedFiles()) {
      expect(readFileSync(file, 'utf8'), file).toBe(printFolderFacts(readFolderFacts(dirname(file))!));
    }
  });

  it(`is kept in no folder without captures (mended by: ${MEND})`, () => {
    expect(storedFiles().filter((file) => !folders.has(dirname(file)))).toEqual([]);
  });
});

describe('wscap and what tshark said agree', () => {
  it.for(titled(fixtures))('on %s', async ([name, path]) => {
    const stored = storedFactsOf(path);
    expect(stored, `nothing is kept of what tshark says: ${MEND}`).not.toBeNull();
    await expectAgreement(name, path, stored!);
  });
});

describe.runIf(asksAnew)('wscap and the installed tshark agree', { concurrent: true }, () => {
  it('because tshark is installed', () => {
    expect(TSHARK_VERSION, 'WSCAP_TSHARK is set, and there is no tshark').not.toBeNull();
  });

  it.skipIf(foreign.length === 0)('on captures of others too, where ../shared/captures is there', () => {
    expect(foreign.length).toBeGreaterThan(20);
  });

  it.for(titled([...fixtures, ...foreign]))('on %s', async ([name, path]) => {
    const said = factsOf(await tsharkPackets(path));
    await expectAgreement(name, path, said);
    const stored = storedFactsOf(path);
    if (stored === null) return;
    const before: CaptureFacts = { packets: stored.packets, streams: stored.streams };
    const version = readFolderFacts(dirname(path))!.tshark;
    if (version === TSHARK_VERSION) expect(said, `what is kept is not what it says: ${MEND}`).toEqual(before);
    else if (JSON.stringify(said) !== JSON.stringify(before)) {
      // Another version of tshark may say something else: what counts is whether wscap agrees with it, as above.
      console.log(
        `${name}: tshark ${TSHARK_VERSION} says ${JSON.stringify(said)}, ${version} said ${JSON.stringify(before)}`,
      );
    }
  });
});

async function expectAgreement(name: string, path: string, said: CaptureFacts): Promise<void> {
  let report: Report;
  try {
    report = await analyze(path, { keys: keysBeside([path]) });
  } catch (error) {
    // A capture without a single packet may be refused, but not one that tshark reads something from.
    expect(said.packets, String(error)).toBe(0);
    return;
  }
  const ours = factsOfReport(report);
  const theirs = comparedFacts(said, report.connections);
  const differences = KNOWN_DIFFERENCES[name] ?? {};
  for (const fact of Object.keys(ours) as ComparedFact[]) {
    const reason = differences[fact];
    if (reason === undefined) expect(ours[fact], `${fact} (wscap, then tshark)`).toEqual(theirs[fact]);
    else expect(ours[fact], `${fact} no longer differs: ${reason}`).not.toEqual(theirs[fact]);
  }
}

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

/** The same facts as tshark has them, about the connections that wscap reports. */
function comparedFacts({ packets, streams }: CaptureFacts, connections: readonly ConnectionReport[]): Facts {
  const own = connections.map((connection) => ({
    connection,
    stream: streams.find(({ stream }) => stream === connection.id),
  }));
  return {
    packets,
    tcpConnections: streams.length,
    firstPackets: own.map(({ connection, stream }) => [connection.id, ...(stream?.packets ?? [])]),
    upgrades: streams
      .filter(({ switching }) => switching !== null)
      .map(({ stream, switching }) => [stream, switching]),
    frames: own.map(({ connection, stream }) => {
      const sent = Object.entries(stream?.frames ?? {});
      const isClient = ([port]: readonly [string, unknown]) => Number(port) === connection.client.port;
      return [connection.id, sumOf(sent.filter(isClient)), sumOf(sent.filter((each) => !isClient(each)))];
    }),
    ends: own.map(({ connection, stream }) => [connection.id, ...(stream?.end ?? [null, null])]),
    closeCodes: own.map(({ connection, stream }) => [connection.id, stream?.closeCodes ?? []]),
  };
}

function counts(frames: FrameCounts): number[] {
  return OPCODES.map((name) => frames[name]);
}

function sumOf(sent: readonly (readonly [string, readonly number[]])[]): number[] {
  return OPCODES.map((_, index) => sent.reduce((sum, [, frames]) => sum + frames[index]!, 0));
}
