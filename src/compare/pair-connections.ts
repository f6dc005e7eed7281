/**
 * Decides which connections of the two captures belong together: those with the same host and path; then with the
 * same path (hosts differ between production and beta); then with paths that differ only in ids; then the rest, if
 * each capture has only one path. Within each group by order, separately for each server: if a proxy's two legs are
 * captured, the front leg is paired with the front leg.
 */
import type { ConnectionReport } from '../report/model.ts';
import type { PairedBy, PairStrategy } from './model.ts';
import { hostOf, pathOf, pathShape } from './target-parts.ts';

export interface PairedConnections {
  readonly good: ConnectionReport;
  readonly bad: ConnectionReport;
  readonly pairedBy: PairedBy;
}

export interface Pairing {
  readonly pairs: PairedConnections[];
  readonly leftGood: ConnectionReport[];
  readonly leftBad: ConnectionReport[];
}

type KeyOf = (connection: ConnectionReport) => string | null;

const PASSES: Readonly<Record<PairStrategy, readonly (readonly [PairedBy, KeyOf])[]>> = {
  auto: [
    ['host-and-path', hostAndPath],
    ['path', pathOf],
    ['path-shape', shapeOf],
  ],
  host: [['host-and-path', hostAndPath]],
  path: [['path', pathOf]],
  order: [['order', () => '']],
};

/**
 * @param asked ids that are to be paired, whatever else fits
 * @throws RangeError if one of them is not a connection of its report, or is in two pairs
 */
export function pairConnections(
  good: readonly ConnectionReport[],
  bad: readonly ConnectionReport[],
  by: PairStrategy,
  asked: readonly (readonly [good: number, bad: number])[] = [],
): Pairing {
  const pairs: PairedConnections[] = [];
  let leftGood = good.toSorted((a, b) => a.id - b.id);
  let leftBad = bad.toSorted((a, b) => a.id - b.id);
  for (const [goodId, badId] of asked) {
    pairs.push({
      good: connectionNamed(goodId, leftGood, 'good'),
      bad: connectionNamed(badId, leftBad, 'bad'),
      pairedBy: 'asked',
    });
    leftGood = leftGood.filter(({ id }) => id !== goodId);
    leftBad = leftBad.filter(({ id }) => id !== badId);
  }
  // A user who names pairs wants only those.
  if (asked.length > 0) return { pairs, leftGood: [], leftBad: [] };
  for (const [pairedBy, keyOf] of PASSES[by]) {
    const found = pairByKey(leftGood, leftBad, keyOf, pairedBy);
    pairs.push(...found);
    leftGood = unpaired(leftGood, found);
    leftBad = unpaired(leftBad, found);
  }
  // Only if no other pair was found: otherwise what is left on both sides need not belong together.
  if (by !== 'auto' || pairs.length > 0 || pathsOf(leftGood).size !== 1 || pathsOf(leftBad).size !== 1) {
    return { pairs, leftGood, leftBad };
  }
  const alone = pairByKey(leftGood, leftBad, () => '', 'elimination');
  return { pairs: alone, leftGood: unpaired(leftGood, alone), leftBad: unpaired(leftBad, alone) };
}

function unpaired(
  connections: readonly ConnectionReport[],
  pairs: readonly PairedConnections[],
): ConnectionReport[] {
  const paired = new Set(pairs.flatMap(({ good, bad }) => [good, bad]));
  return connections.filter((connection) => !paired.has(connection));
}

function pathsOf(connections: readonly ConnectionReport[]): ReadonlySet<string | null> {
  return new Set(connections.map(pathOf));
}

function connectionNamed(
  id: number,
  connections: readonly ConnectionReport[],
  side: string,
): ConnectionReport {
  const found = connections.find((connection) => connection.id === id);
  if (found === undefined) {
    throw new RangeError(`the ${side} capture has no connection ${id} to pair, or it is named twice`);
  }
  return found;
}

function pairByKey(
  good: readonly ConnectionReport[],
  bad: readonly ConnectionReport[],
  keyOf: KeyOf,
  pairedBy: PairedBy,
): PairedConnections[] {
  const badByKey = groups(bad, keyOf);
  return [...groups(good, keyOf)].flatMap(([key, ours]) =>
    inOrder(ours, badByKey.get(key) ?? []).map(([one, other]) => ({ good: one, bad: other, pairedBy })),
  );
}

/** In order, separately for each server if both sides have the same number of servers; otherwise all together. */
function inOrder(
  good: readonly ConnectionReport[],
  bad: readonly ConnectionReport[],
): [ConnectionReport, ConnectionReport][] {
  const [ours, theirs] = [[...groups(good, serverOf).values()], [...groups(bad, serverOf).values()]];
  const rows = ours.length === theirs.length ? ours.map((each, i) => [each, theirs[i]!]) : [[good, bad]];
  return rows.flatMap(([one, other]) =>
    one!
      .slice(0, other!.length)
      .map((connection, i): [ConnectionReport, ConnectionReport] => [connection, other![i]!]),
  );
}

function groups(
  connections: readonly ConnectionReport[],
  keyOf: KeyOf,
): ReadonlyMap<string, ConnectionReport[]> {
  const found = new Map<string, ConnectionReport[]>();
  for (const connection of connections) {
    const key = keyOf(connection);
    if (key === null) continue;
    const group = found.get(key);
    if (group === undefined) found.set(key, [connection]);
    else group.push(connection);
  }
  return found;
}

function serverOf({ server }: ConnectionReport): string {
  return `${server.address} ${server.port}`;
}

function hostAndPath(connection: ConnectionReport): string | null {
  const [host, path] = [hostOf(connection), pathOf(connection)];
  return host === null || path === null ? null : `${host} ${path}`;
}

function shapeOf(connection: ConnectionReport): string | null {
  const path = pathOf(connection);
  return path === null ? null : pathShape(path);
}
