/**
 * Finds the same WebSocket on both sides of a proxy: a proxy that passes the key on gets the same
 * Sec-WebSocket-Accept back. Where the legs show that the end came from elsewhere, the anomalies about the
 * end say so (leg-origin.ts).
 */
import { upgradeResponse, type ConnectionRecord } from '../connection/record.ts';
import { headerValue } from '../http/head.ts';
import { endingOf } from './ending.ts';
import { describeOrigin, type Leg, type Origin } from './leg-origin.ts';
import type { Anomaly } from './rule.ts';

/**
 * More connections than this with one key are not taken for one chain of proxies.
 * @bound legs of one WebSocket: {count}
 */
const MAX_LEGS = 8;

export interface LegCandidate {
  readonly record: ConnectionRecord;
  readonly anomalies: readonly Anomaly[];
}

/** Whether an origin could be named in these anomalies, if another leg of the same WebSocket is found. */
export function hasOriginToName(anomalies: readonly Anomaly[]): boolean {
  return anomalies.some(isAboutEnd);
}

/** What the legs of one WebSocket have in common; null where the connection can't be a leg. */
export function legKey(record: ConnectionRecord): string | null {
  const response = upgradeResponse(record);
  return response === null ? null : headerValue(response.head, 'sec-websocket-accept');
}

/** The anomalies of those connections that are legs of one WebSocket, by connection id, with the origin named. */
export function nameOrigins(connections: readonly LegCandidate[]): Map<number, readonly Anomaly[]> {
  const replaced = new Map<number, readonly Anomaly[]>();
  const anomaliesOf = new Map(connections.map(({ record, anomalies }) => [record.id, anomalies]));
  for (const legs of legsByAccept(connections).values()) {
    const ordered = frontToBack(legs);
    if (ordered === null) continue;
    const origins = describeOrigin(ordered);
    const leader = leaderOf(origins, ordered);
    const leading = anomaliesOf.get(leader)?.find(isAboutEnd);
    for (const [{ id }, origin] of origins) {
      const anomalies = anomaliesOf.get(id) ?? [];
      const follows = id === leader || leading === undefined ? null : { rule: leading.rule, id: leader };
      replaced.set(
        id,
        anomalies.map((anomaly) =>
          isAboutEnd(anomaly)
            ? { ...withOrigin(anomaly, origin), ...(follows === null ? {} : { follows }) }
            : anomaly,
        ),
      );
    }
  }
  return replaced;
}

/** The leg whose finding leads: the one where the end began; of a proxy that ended both its legs, the one nearer to the client. */
function leaderOf(origins: ReadonlyMap<Leg, Origin>, ordered: readonly Leg[]): number {
  const [first] = ordered.filter((leg) => origins.get(leg)?.endedByProxy === true);
  const origin = [...origins.values()].find(({ originConnection }) => originConnection !== null);
  return first?.id ?? origin?.originConnection ?? -1;
}

/** What tells whether two connections are legs of one WebSocket, without the rest of their records. */
export interface LegTrace {
  readonly id: number;
  readonly server: ConnectionRecord['server'];
  readonly firstPacket: number;
  readonly lastPacket: number;
  /** null where the request was not captured. */
  readonly requestPacket: number | null;
  readonly responsePacket: number;
}

/** null where the connection can't be a leg. */
export function legTraceOf(record: ConnectionRecord): LegTrace | null {
  const response = upgradeResponse(record);
  return response === null ? null : traceOf(record, response.packet);
}

/**
 * The order of two connections that are legs of one WebSocket, whatever became of them; null where they are none. The caller
 * knows that they have one key.
 */
export function areLegs(
  a: LegTrace,
  b: LegTrace,
): { readonly front: LegTrace; readonly back: LegTrace } | null {
  if (!isOtherLeg(a, b)) return null;
  if (isInside(b, a)) return { front: a, back: b };
  return isInside(a, b) ? { front: b, back: a } : null;
}

/** As info, handshake-close only says that a short session was ended by the client. */
function isAboutEnd({ meta, severity }: Anomaly): boolean {
  return meta.aboutEnd !== undefined && severity !== 'info';
}

function withOrigin(anomaly: Anomaly, { message, advice, originConnection, endedByProxy }: Origin): Anomaly {
  // Advice about a time limit stays true where the proxy's own limit ended the connection.
  const keepsAdvice = advice === null || (endedByProxy && anomaly.meta.aboutEnd === 'time-limit');
  return {
    ...anomaly,
    message: `${anomaly.message} ${message}`,
    advice: keepsAdvice ? anomaly.advice : advice,
    evidence: { ...anomaly.evidence, originConnection, endedByProxy },
  };
}

function legsByAccept(connections: readonly LegCandidate[]): Map<string, Leg[]> {
  const groups = new Map<string, Leg[]>();
  for (const { record, anomalies } of connections) {
    const leg = anomalies.some(isAboutEnd) ? legOf(record) : null;
    if (leg === null) continue;
    const accept = legKey(record);
    if (accept === null) continue;
    const legs = groups.get(accept);
    if (legs === undefined) groups.set(accept, [leg]);
    else if (legs.length < MAX_LEGS && isOtherThan(legs, leg)) legs.push(leg);
  }
  return groups;
}

function isOtherThan(legs: readonly Leg[], leg: Leg): boolean {
  const trace = traceOfLeg(leg);
  return legs.every((other) => isOtherLeg(traceOfLeg(other), trace));
}

function legOf(record: ConnectionRecord): Leg | null {
  const response = upgradeResponse(record);
  // Frames that can't be read hide a Close, but not who sent the first FIN.
  const end = endingOf(record) ?? (record.firstEnd?.followsUnseen === false ? record.firstEnd : null);
  if (response === null || end === null) return null;
  return { id: record.id, record, response, by: end.by, how: end.how, end: end.mark };
}

/**
 * Two legs of one WebSocket overlap in time and go to different servers: a key that is used again and again (a load
 * test's, one copied from the RFC) doesn't make legs.
 */
function isOtherLeg(a: LegTrace, b: LegTrace): boolean {
  return (
    a.firstPacket <= b.lastPacket &&
    b.firstPacket <= a.lastPacket &&
    (a.server.address !== b.server.address || a.server.port !== b.server.port)
  );
}

/**
 * The legs in order, from the client's leg on. A proxy asks its backend after it was asked itself, and
 * answers after the backend has answered. null where the handshakes are not nested like that, or there is
 * only one leg.
 */
function frontToBack(legs: readonly Leg[]): Leg[] | null {
  const ordered = legs.toSorted((a, b) => b.response.packet - a.response.packet);
  const isNested = ordered.every(
    (leg, index) => index === 0 || isInside(traceOfLeg(leg), traceOfLeg(ordered[index - 1]!)),
  );
  return ordered.length > 1 && isNested ? ordered : null;
}

function isInside(inner: LegTrace, outer: LegTrace): boolean {
  const isAskedLater =
    inner.requestPacket === null || outer.requestPacket === null || inner.requestPacket > outer.requestPacket;
  return isAskedLater && inner.responsePacket < outer.responsePacket;
}

function traceOfLeg({ record, response }: Leg): LegTrace {
  return traceOf(record, response.packet);
}

function traceOf({ id, server, first, last, upgrade }: ConnectionRecord, responsePacket: number): LegTrace {
  return {
    id,
    server,
    firstPacket: first.packet,
    lastPacket: last.packet,
    requestPacket: upgrade?.request?.packet ?? null,
    responsePacket,
  };
}
