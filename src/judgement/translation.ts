/**
 * One TCP connection that was captured twice: before and behind an address translation (NAT), as on `-i any` of a Docker
 * host. A translation changes addresses and ports, and leaves sequence numbers and bytes as they are. A proxy makes a
 * connection of its own, with numbers of its own.
 */
import type { ConnectionRecord, Role } from '../connection/record.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';

/** A packet passes a translation within this time: more is another connection, or another capture with another clock. */
const PASSAGE_MS = 100;

/** The two captures of one connection: its client is in front, its server behind the translation. */
export interface Translation<T> {
  readonly front: T;
  readonly back: T;
}

/** A packet that both captures show, and who sent it. */
interface Twins {
  readonly from: Role;
  readonly a: PacketMark;
  readonly b: PacketMark;
}

/**
 * What both captures of a translated connection have in common; null where a connection can't be one. Compare those that have
 * the same key by {@link areTranslated}.
 */
export function translationKey({ tcp: { client, server } }: ConnectionRecord): string | null {
  const [ofClient, ofServer] = [client.initialSequence, server.initialSequence];
  if (ofClient === null || ofServer === null) return null;
  // Numbers that count from the connection's begin are alike in all connections.
  const isRelative = [ofClient, ofServer].some((sequence) => sequence === 0 || sequence === 1);
  return isRelative ? null : `${ofClient} ${ofServer}`;
}

/**
 * Whether two records are the same connection, seen before and behind an address translation: both began with the same
 * numbers, and each packet that stands in both records passed from the one to the other in its direction, at once.
 */
export function areTranslated(
  a: ConnectionRecord,
  b: ConnectionRecord,
): Translation<ConnectionRecord> | null {
  const key = translationKey(a);
  if (key === null || key !== translationKey(b) || haveSameAddresses(a, b)) return null;
  const twins = twinsOf(a, b);
  const [syn] = twins;
  if (syn === undefined) return null;
  const isAInFront = syn.a.packet < syn.b.packet;
  const isInOrder = twins.every(({ from, a: ofA, b: ofB }) => {
    const isAFirst = ofA.packet < ofB.packet;
    return (
      isAFirst === (from === 'client' ? isAInFront : !isAInFront) &&
      Math.abs(millisecondsBetween(ofA, ofB)) <= PASSAGE_MS
    );
  });
  if (!isInOrder) return null;
  return isAInFront ? { front: a, back: b } : { front: b, back: a };
}

/**
 * The record of a connection that ended with a RST, as `twin` shows it: the same connection on the other side of an address
 * translation, where the RST's sender is. If the twin lacks that RST, and shows besides that the connection went on, or that
 * the data which the RST answers never came through, the RST was made in between. Otherwise the same record.
 */
export function seenWithTwin(record: ConnectionRecord, twin: ConnectionRecord): ConnectionRecord {
  const { firstEnd } = record;
  const pair = areTranslated(record, twin);
  if (pair === null || firstEnd?.how !== 'rst' || firstEnd.forged === 'certain') return record;
  const { by, mark } = firstEnd;
  const isNearSender = twin === (by === 'client' ? pair.front : pair.back);
  if (!isNearSender || twin.tcp[by].rst !== null) return record;
  const other = by === 'client' ? 'server' : 'client';
  const goesOn = twin.last.packet > mark.packet && millisecondsBetween(mark, twin.last) > PASSAGE_MS;
  const isAnswerToLost = twin.tcp[other].streamBytes < record.tcp[other].streamBytes;
  if (!goesOn && !isAnswerToLost) return record;
  return { ...record, firstEnd: { ...firstEnd, forged: 'certain', absentFrom: twin.id } };
}

function haveSameAddresses(a: ConnectionRecord, b: ConnectionRecord): boolean {
  return (['client', 'server'] as const).every(
    (role) => a[role].address === b[role].address && a[role].port === b[role].port,
  );
}

/** The packets of which both records know, the SYN first. */
function twinsOf(a: ConnectionRecord, b: ConnectionRecord): readonly Twins[] {
  const twins: Twins[] = [];
  const add = (from: Role, ofA: PacketMark | null | undefined, ofB: PacketMark | null | undefined) => {
    if (ofA && ofB) twins.push({ from, a: ofA, b: ofB });
  };
  add('client', a.tcp.client.syn, b.tcp.client.syn);
  add('server', a.tcp.server.syn, b.tcp.server.syn);
  add('client', a.upgrade?.request, b.upgrade?.request);
  add('server', a.upgrade?.response, b.upgrade?.response);
  for (const role of ['client', 'server'] as const) {
    const [ofA, ofB] = [a.tcp[role], b.tcp[role]];
    if (ofA.streamBytes === ofB.streamBytes) add(role, ofA.lastByte, ofB.lastByte);
    add(role, ofA.fin, ofB.fin);
  }
  return twins;
}

/** The two records of a connection that a translation shows twice, each with what the other one says of it; null where they are none. */
export function translatedPair(
  a: ConnectionRecord,
  b: ConnectionRecord,
): Translation<ConnectionRecord> | null {
  const pair = areTranslated(a, b);
  if (pair === null) return null;
  const { front, back } = pair;
  const [inFront, behind] = [front.server, back.server];
  return {
    front: { ...seenWithTwin(front, back), translated: { twin: back.id, side: 'front', inFront, behind } },
    back: { ...seenWithTwin(back, front), translated: { twin: front.id, side: 'back', inFront, behind } },
  };
}
