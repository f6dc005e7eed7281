/**
 * Finds where the end of a WebSocket began, if the WebSocket was captured on several legs. Client, proxies
 * and backend are nodes in a row; leg 0 lies between node 0 (the client) and node 1, and so on. Of all legs,
 * one ends first. The node that ended it is the origin, unless the next leg contradicts that.
 */
import type { ConnectionRecord, Role } from '../connection/record.ts';
import { formatDuration } from '../basics/format-duration.ts';
import type { SeenResponse } from '../http/upgrade-exchange.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { Ending } from './ending.ts';

export interface Leg {
  readonly id: number;
  readonly record: ConnectionRecord;
  readonly response: SeenResponse;
  /** Who ended the leg first, how and when. */
  readonly by: Role;
  readonly how: Ending['how'];
  readonly end: PacketMark;
}

/** What to add to the anomalies about the end of one leg. */
export interface Origin {
  readonly message: string;
  /** null: the rule's own advice stays. */
  readonly advice: string | null;
  /** null where a proxy began the end, on both of its legs. */
  readonly originConnection: number | null;
  readonly endedByProxy: boolean;
}

/** `legs` from the client to the backend, two at least. Legs of which nothing certain can be said are left out. */
export function describeOrigin(legs: readonly Leg[]): Map<Leg, Origin> {
  const earliest = legs.reduce((first, leg) => (leg.end.packet < first.end.packet ? leg : first));
  const node = legs.indexOf(earliest) + (earliest.by === 'server' ? 1 : 0);
  if (node === legs.length) return beganAtBackend(earliest, legs);
  if (node === 0) return beganAtClient(earliest, legs);
  const [front, back] = [legs[node - 1]!, legs[node]!];
  // The proxy closed one leg and the far end closed the other: which of them began is not certain.
  if (front.by !== 'server' || back.by !== 'client') return new Map();
  return new Map([
    ...passedToClient(front, legs.slice(0, node - 1)),
    [front, beganAtProxy('server', `connection ${back.id}, its leg to the backend`, back)],
    [back, beganAtProxy('client', `connection ${front.id}, its leg to the client`, front)],
    ...passedToBackend(back, legs.slice(node + 1)),
  ]);
}

function beganAtBackend(origin: Leg, legs: readonly Leg[]): Map<Leg, Origin> {
  const others = passedToClient(origin, legs.slice(0, -1));
  const { address, port } = origin.record.server;
  return withOrigin(origin, others, 'before', `${address} port ${port}`);
}

function beganAtClient(origin: Leg, legs: readonly Leg[]): Map<Leg, Origin> {
  const others = passedToBackend(origin, legs.slice(1));
  return withOrigin(origin, others, 'behind', `the client ${origin.record.client.address}`);
}

function withOrigin(origin: Leg, others: Map<Leg, Origin>, side: string, where: string): Map<Leg, Origin> {
  if (others.size === 0) return others;
  const ids = [...others.keys()].map(({ id }) => id).join(' and ');
  const same = others.size === 1 ? `Connection ${ids} is` : `Connections ${ids} are`;
  const message = `${same} the same WebSocket seen ${side} a proxy: the close began here, at ${where}.`;
  return new Map([
    ...others,
    [origin, { message, advice: null, originConnection: origin.id, endedByProxy: false }],
  ]);
}

/** The legs in front of the origin on which a proxy passed the end on, the nearest first. */
function passedToClient(origin: Leg, inFront: readonly Leg[]): Map<Leg, Origin> {
  const backend = `its leg to the backend, the backend had closed`;
  return passedOn(origin, inFront.toReversed(), 'server', backend);
}

/** The same for the legs behind the origin. */
function passedToBackend(origin: Leg, behind: readonly Leg[]): Map<Leg, Origin> {
  return passedOn(origin, behind, 'client', 'its leg to the client, the client had closed');
}

function passedOn(origin: Leg, legs: readonly Leg[], by: Role, event: string): Map<Leg, Origin> {
  const passed = new Map<Leg, Origin>();
  for (const leg of legs) {
    if (leg.by !== by) break;
    const lagMs = millisecondsBetween(origin.end, leg.end);
    // No lag: the capture has no times, or its times are too coarse.
    const before = lagMs === 0 ? 'before' : `${formatDuration(lagMs)} before`;
    passed.set(leg, {
      message: `It did not begin here: this ${by} is a proxy, and on connection ${origin.id}, ${event} ${before} (packet ${origin.end.packet}).`,
      advice: `Look at connection ${origin.id}.`,
      originConnection: origin.id,
      endedByProxy: false,
    });
  }
  return passed;
}

/** `role` is the proxy's on this leg; `other` its other leg. */
function beganAtProxy(role: Role, otherLeg: string, other: Leg): Origin {
  const how = other.how === 'close' ? 'a Close' : other.how.toUpperCase();
  return {
    message: `This ${role} is a proxy, and the proxy closed both legs: this one, and ${otherLeg}, with ${how} in packet ${other.end.packet}.`,
    advice:
      'Look at the timeouts of that proxy, and at its log at that time: neither the client nor the backend had closed.',
    originConnection: null,
    endedByProxy: true,
  };
}
