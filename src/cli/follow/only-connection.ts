/**
 * Finds the connection to follow where none was named: the only WebSocket of the capture. Says why a
 * connection can't be followed.
 */
import { analyze } from '../../analyze.ts';
import type { CaptureBytes } from '../../capture/capture-bytes.ts';
import { listOf } from '../../report/format-count.ts';
import type { Report, ReportOptions } from '../../report/model.ts';
import type { NamedKeys } from '../../tls/key-source.ts';
import { UsageError } from '../usage-error.ts';

/** The most numbers named in a message; the rest are counted. */
const MAX_NAMED = 8;

interface Reading {
  readonly ports: readonly number[];
  readonly reader: ReportOptions['reader'];
  readonly keys: readonly NamedKeys[];
}

export async function findOnlyConnection(
  captures: readonly CaptureBytes[],
  reading: Reading,
): Promise<number> {
  if (captures.some(({ name }) => name === '-')) {
    throw new UsageError('standard input is read only once: say which connection, as in -c 0', 'follow');
  }
  const report = await analyze(captures, reading);
  const ids = webSocketsOf(report);
  const [only] = ids;
  if (only === undefined) throw new UsageError(noneIn(report), 'follow', instead(captures));
  if (ids.length === 1) return only;
  throw new UsageError(
    `the capture holds ${ids.length} WebSockets (connections ${named(ids)}): choose one with -c N`,
    'follow',
    instead(captures),
  );
}

/** Why there was nothing to follow: reads the capture once more to say it, where that can be done. */
export async function whyNotFollowed(
  connection: number,
  captures: readonly CaptureBytes[],
  reading: Reading,
): Promise<UsageError> {
  if (captures.some(({ name }) => name === '-')) {
    return new UsageError(`connection ${connection} is not a WebSocket, or not in the capture`, 'follow');
  }
  const report = await analyze(captures, reading);
  const ids = webSocketsOf(report);
  const others = ids.length === 1 ? `; the only WebSocket is ${ids[0]!}` : `; WebSockets are ${named(ids)}`;
  return new UsageError(
    whatItIs(connection, report) + (ids.length === 0 ? '' : others),
    'follow',
    instead(captures),
  );
}

function webSocketsOf({ connections }: Report): number[] {
  return connections
    .filter(({ opening }) => opening !== null)
    .map(({ id }) => id)
    .toSorted((a, b) => a - b);
}

function whatItIs(connection: number, { connections, totals: { tcpConnections } }: Report): string {
  if (connection >= tcpConnections) {
    const range = tcpConnections === 1 ? 'only connection 0' : `connections 0 to ${tcpConnections - 1}`;
    const there = tcpConnections === 0 ? 'no TCP connection' : range;
    return `connection ${connection} is not in the capture, which holds ${there}`;
  }
  const upgrade = connections.find(({ id }) => id === connection)?.upgrade ?? null;
  if (upgrade === null) return `connection ${connection} is not a WebSocket`;
  const answer = upgrade.status === null ? 'was not answered' : `was answered with ${upgrade.status}`;
  return `connection ${connection} never became a WebSocket, its upgrade request ${answer}`;
}

function noneIn({ totals: { upgradeRequests } }: Report): string {
  if (upgradeRequests === 0) return 'the capture holds no WebSocket connection';
  const requests = upgradeRequests === 1 ? 'the upgrade request' : `the ${upgradeRequests} upgrade requests`;
  return `no connection of the capture became a WebSocket: ${requests} got no 101`;
}

function named(ids: readonly number[]): string {
  return listOf(ids.map(String), MAX_NAMED);
}

/** The command that shows which connections there are. */
function instead(captures: readonly CaptureBytes[]): string {
  const only = captures[0]?.name;
  const isPlain = captures.length === 1 && only !== undefined && /^[\w./-]+$/.test(only);
  return isPlain ? `wscap analyze ${only}` : 'wscap analyze';
}
