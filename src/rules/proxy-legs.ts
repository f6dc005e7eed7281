/**
 * The same WebSocket on both sides of a proxy: a proxy that passes the key on gets the same Sec-WebSocket-Accept
 * back. Where both legs show a handshake-close, the one whose server hung up first is where it began.
 */
import { upgradeResponse, type ConnectionRecord } from '../connection/record.ts';
import { formatDuration } from '../format-duration.ts';
import { headerValue } from '../http/head.ts';
import { elapsedMs } from '../timestamp.ts';
import type { Anomaly } from './rule.ts';

export interface JudgedConnection {
  readonly record: ConnectionRecord;
  readonly anomalies: readonly Anomaly[];
}

/** A chain of proxies longer than this is none. */
const MAX_LEGS = 8;

interface Leg extends JudgedConnection {
  /** The handshake-close. */
  readonly anomaly: Anomaly;
}

/** The connections' anomalies, by connection id, with the origin of each shared handshake-close named. */
export function nameOrigins(connections: readonly JudgedConnection[]): Map<number, readonly Anomaly[]> {
  const replaced = new Map<number, readonly Anomaly[]>();
  for (const legs of legsByAccept(connections).values()) {
    if (legs.length < 2) continue;
    const [origin, ...others] = legs.toSorted((a, b) => a.anomaly.at.packet - b.anomaly.at.packet);
    if (origin === undefined) continue;
    const originConnection = origin.record.id;
    const named = (leg: Leg, message: string, advice: string): void => {
      const anomaly: Anomaly = {
        ...leg.anomaly,
        message: `${leg.anomaly.message} ${message}`,
        advice,
        evidence: { ...leg.anomaly.evidence, originConnection },
      };
      replaced.set(
        leg.record.id,
        leg.anomalies.map((other) => (other === leg.anomaly ? anomaly : other)),
      );
    };
    const ids = others.map(({ record }) => record.id).join(' and ');
    const fronts = others.length === 1 ? `Connection ${ids} is` : `Connections ${ids} are`;
    const { address, port } = origin.record.server;
    named(
      origin,
      `${fronts} the same WebSocket seen before a proxy: the close began here, at ${address} port ${port}.`,
      origin.anomaly.advice,
    );
    for (const other of others) {
      const lag = formatDuration(elapsedMs(origin.anomaly.at, other.anomaly.at));
      named(
        other,
        `It did not begin here: this server is a proxy, and on connection ${originConnection}, its leg to the ` +
          `backend, the backend had closed ${lag} before (packet ${origin.anomaly.at.packet}).`,
        `Look at connection ${originConnection}.`,
      );
    }
  }
  return replaced;
}

function legsByAccept(connections: readonly JudgedConnection[]): Map<string, Leg[]> {
  const groups = new Map<string, Leg[]>();
  for (const { record, anomalies } of connections) {
    const anomaly = anomalies.find(({ rule, severity }) => rule === 'handshake-close' && severity !== 'info');
    const response = upgradeResponse(record);
    const accept = response === null ? null : headerValue(response.head, 'sec-websocket-accept');
    if (anomaly === undefined || accept === null) continue;
    const legs = groups.get(accept);
    const leg = { record, anomalies, anomaly };
    if (legs === undefined) groups.set(accept, [leg]);
    else if (legs.length < MAX_LEGS && legs.every((other) => isOtherLeg(other.record, record)))
      legs.push(leg);
  }
  return groups;
}

/**
 * Two legs of one WebSocket overlap in time and go to different servers: a key that is used again and again (a load
 * test's, one copied from the RFC) doesn't make legs.
 */
function isOtherLeg(a: ConnectionRecord, b: ConnectionRecord): boolean {
  return (
    a.first.packet <= b.last.packet &&
    b.first.packet <= a.last.packet &&
    (a.server.address !== b.server.address || a.server.port !== b.server.port)
  );
}
