/**
 * What the other connections of a capture say about one that never got an answer: whether its client was served by another
 * one at that moment, and whether a connection behind the server was refused just then.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { headerValue } from '../http/head.ts';
import { millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';

/** A SYN that was answered by RST. */
export interface RefusedLeg {
  readonly client: ConnectionRecord['server'];
  readonly server: ConnectionRecord['server'];
  readonly syn: Timestamp;
  readonly refusal: Timestamp & { readonly packet: number };
}

/** The upgrade request of another connection with the same key. */
export interface OtherLeg {
  readonly packet: number;
  readonly hasUpgrade: boolean;
}

/** Attempts to connect to one server port that got the same answer: a RST, an ICMP message, or none. */
export interface FailedAttempts {
  readonly count: number;
  readonly syns: number;
  /** The connection of the first one. */
  readonly firstId: number;
}

export interface Neighbours {
  /** A connection of the capture carries bytes. Where none does, an attempt that failed is all that there is to tell. */
  readonly carryBytes: boolean;
  /**
   * The attempts to connect to the connection's server port that failed as it did, if none of the capture got
   * through. `leastSyns`: of those without an answer, only what sent so many SYNs counts. null where a connection carries bytes.
   */
  failedAttempts(record: ConnectionRecord, leastSyns: number): FailedAttempts | null;
  /** Whether another connection of this client to the same server port, open at that time, had an answer. */
  wasServed(record: ConnectionRecord, at: Timestamp): boolean;
  /**
   * Whether this host was served on this port by its other address family within 5 s of the connection's first packet: a client
   * that tries ::1 and 127.0.0.1 needs one of them only (RFC 8305).
   */
  wasServedByOtherFamily(record: ConnectionRecord): boolean;
  /**
   * The last refused SYN to another port between the connection's first packet and `until`: that of a forwarder which
   * accepts first and connects to its backend then. null where there is none.
   */
  refusedLeg(record: ConnectionRecord, until: Timestamp): RefusedLeg | null;
  /**
   * The request on the other side of a proxy, if only one of the two has its Upgrade header; null where none is known.
   */
  legWithOtherUpgrade(record: ConnectionRecord): OtherLeg | null;
}

/** For callers that have only one connection. */
export const NO_NEIGHBOURS: Neighbours = {
  carryBytes: true,
  failedAttempts: () => null,
  wasServed: () => false,
  wasServedByOtherFamily: () => false,
  refusedLeg: () => null,
  legWithOtherUpgrade: () => null,
};

/**
 * Beyond it the oldest are forgotten, and a forwarder's end names no backend.
 * @bound refused connections that are remembered: {count}
 */
const MAX_REFUSED = 1024;
/**
 * Of further clients it is not known that they were served.
 * @bound clients of a server port that are remembered: {count}
 */
const MAX_CLIENTS = 4096;
/**
 * Beyond it the last two spans of time become one: the reading is then milder.
 * @bound spans of time remembered of each: {count}
 */
const MAX_SPANS = 16;
/** A forwarder hangs up within this time after its backend refused. */
const REACTION_MS = 250;

/**
 * Beyond it the oldest are forgotten: then no proxy is named.
 * @bound refused upgrades whose keys are remembered: {count}
 */
const MAX_KEYS = 4096;
/** A proxy asks its backend within this time. */
const SAME_UPGRADE_MS = 5000;

/** A refused upgrade. */
interface RefusedUpgrade extends OtherLeg {
  readonly id: number;
  readonly at: Timestamp;
}

/** A client tries its second address within this time. */
const OTHER_FAMILY_MS = 5000;
/**
 * Of further connections on the loopback interface it is not known that they were served.
 * @bound served connections on the loopback interface that are remembered: {count}
 */
const MAX_LOOPBACK = 1024;

/**
 * Attempts beyond it are not counted.
 * @bound failed attempts to connect that are counted together: {count}
 */
const MAX_FAILED = 20_000;

interface Failed {
  readonly id: number;
  readonly syns: number;
  readonly isUnanswered: boolean;
}

interface Span {
  readonly id: number;
  readonly first: Timestamp;
  readonly last: Timestamp;
}

export class NeighbourLog implements Neighbours {
  carryBytes = false;
  readonly #refused: RefusedLeg[] = [];
  /** By server port and answer. */
  readonly #failed = new Map<string, Failed[]>();
  #failedCount = 0;
  /** The answers given, until another attempt comes. */
  readonly #failedAnswers = new Map<string, FailedAttempts>();
  /** By server port and client: two maps, since to make a text of the two for each connection would cost more. */
  readonly #served = new Map<number, Map<string, Span[]>>();
  #servedCount = 0;
  /** Connections that this host itself served, by port: the first ones. */
  readonly #onLoopback = new Map<number, { readonly address: string; readonly first: Timestamp }[]>();
  /** By key. */
  readonly #upgrades = new Map<string, RefusedUpgrade[]>();

  add(record: ConnectionRecord): void {
    if (record.opening === null) this.#addUpgrade(record);
    if (record.opening !== null || (record.upgrade?.response ?? null) !== null) {
      this.#addServed(record);
      this.#addLoopback(record);
      return;
    }
    const { firstEnd, tcp, client, server } = record;
    const { syn } = tcp.client;
    if (syn !== null && tcp.server.syn === null && firstEnd?.followsUnseen !== true) this.#addFailed(record);
    const isRefused = syn !== null && tcp.server.syn === null && firstEnd?.by === 'server';
    if (!isRefused || firstEnd.how !== 'rst') return;
    if (this.#refused.length >= MAX_REFUSED) this.#refused.shift();
    this.#refused.push({ client, server, syn, refusal: firstEnd.mark });
  }

  #addLoopback({ server, first }: ConnectionRecord): void {
    if (!isLoopback(server.address)) return;
    const served = this.#onLoopback.get(server.port);
    if (served === undefined) {
      if (this.#onLoopback.size < MAX_LOOPBACK) {
        this.#onLoopback.set(server.port, [{ address: server.address, first }]);
      }
    } else if (served.length < MAX_LOOPBACK) served.push({ address: server.address, first });
  }

  #addFailed(record: ConnectionRecord): void {
    if (this.carryBytes || this.#failedCount >= MAX_FAILED) return;
    this.#failedCount++;
    this.#failedAnswers.clear();
    const { id, tcp } = record;
    const failed = { id, syns: tcp.client.syns, isUnanswered: answerOf(record) === 'none' };
    const key = attemptKey(record);
    const same = this.#failed.get(key);
    if (same === undefined) this.#failed.set(key, [failed]);
    else same.push(failed);
  }

  failedAttempts(record: ConnectionRecord, leastSyns: number): FailedAttempts | null {
    if (this.carryBytes) return null;
    const key = `${attemptKey(record)} ${leastSyns}`;
    const known = this.#failedAnswers.get(key);
    if (known !== undefined) return known;
    const alike = (this.#failed.get(attemptKey(record)) ?? []).filter(
      ({ syns, isUnanswered }) => !isUnanswered || syns >= leastSyns,
    );
    if (alike.length === 0) return null;
    const answer = {
      count: alike.length,
      syns: alike.reduce((sum, { syns }) => sum + syns, 0),
      firstId: alike.reduce((least, { id }) => Math.min(least, id), Infinity),
    };
    this.#failedAnswers.set(key, answer);
    return answer;
  }

  wasServedByOtherFamily({ server, first }: ConnectionRecord): boolean {
    if (!isLoopback(server.address)) return false;
    return (this.#onLoopback.get(server.port) ?? []).some((served) => {
      const ms = millisecondsBetween(first, served.first);
      return isIpv6(served.address) !== isIpv6(server.address) && ms >= 0 && ms <= OTHER_FAMILY_MS;
    });
  }

  wasServed(record: ConnectionRecord, at: Timestamp): boolean {
    const spans = this.#served.get(record.server.port)?.get(record.client.address) ?? [];
    return spans.some(
      ({ id, first, last }) =>
        id !== record.id && millisecondsBetween(first, at) >= 0 && millisecondsBetween(at, last) >= 0,
    );
  }

  refusedLeg({ first, server }: ConnectionRecord, until: Timestamp): RefusedLeg | null {
    let found: RefusedLeg | null = null;
    for (const leg of this.#refused) {
      const delayMs = millisecondsBetween(leg.refusal, until);
      const isMeanwhile = millisecondsBetween(first, leg.syn) >= 0 && delayMs >= 0 && delayMs <= REACTION_MS;
      if (!isMeanwhile || leg.server.port === server.port) continue;
      if (found === null || millisecondsBetween(found.refusal, leg.refusal) >= 0) found = leg;
    }
    return found;
  }

  legWithOtherUpgrade({ id, upgrade }: ConnectionRecord): OtherLeg | null {
    const request = upgrade?.request ?? null;
    const key = request === null ? null : headerValue(request.head, 'sec-websocket-key');
    if (request === null || key === null) return null;
    const hasUpgrade = request.head.names.includes('upgrade');
    const others = this.#upgrades.get(key) ?? [];
    return (
      others.find(
        (other) =>
          other.id !== id &&
          other.hasUpgrade !== hasUpgrade &&
          Math.abs(millisecondsBetween(other.at, request)) <= SAME_UPGRADE_MS,
      ) ?? null
    );
  }

  #addUpgrade({ id, upgrade }: ConnectionRecord): void {
    const request = upgrade?.request ?? null;
    const key = request === null ? null : headerValue(request.head, 'sec-websocket-key');
    if (request === null || key === null || request.head.isCut) return;
    const hasUpgrade = request.head.names.includes('upgrade');
    const { packet } = request;
    const known = this.#upgrades.get(key) ?? [];
    // A client that repeats its key is a test program.
    if (known.length >= MAX_SPANS) return;
    if (known.length === 0 && this.#upgrades.size >= MAX_KEYS) {
      const [oldest] = this.#upgrades.keys();
      if (oldest !== undefined) this.#upgrades.delete(oldest);
    }
    this.#upgrades.set(key, [...known, { id, packet, hasUpgrade, at: request }]);
  }

  #addServed({ id, first, last, client, server }: ConnectionRecord): void {
    const clients = this.#served.get(server.port);
    const spans = clients?.get(client.address);
    if (spans === undefined) {
      if (this.#servedCount >= MAX_CLIENTS) return;
      this.#servedCount++;
      const firstSpan = [{ id, first, last }];
      if (clients === undefined) this.#served.set(server.port, new Map([[client.address, firstSpan]]));
      else clients.set(client.address, firstSpan);
    } else if (spans.length < MAX_SPANS) {
      spans.push({ id, first, last });
    } else {
      spans[MAX_SPANS - 1] = { id, first: spans[MAX_SPANS - 1]!.first, last };
    }
  }
}

function attemptKey(record: ConnectionRecord): string {
  const { address, port } = record.server;
  return `${address} ${port} ${answerOf(record)}`;
}

/** What came back for a SYN. */
function answerOf({ firstEnd, tcp }: ConnectionRecord): 'rst' | 'icmp' | 'none' {
  if (firstEnd?.by === 'server') return 'rst';
  return tcp.client.undelivered === null ? 'none' : 'icmp';
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
