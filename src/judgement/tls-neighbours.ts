/**
 * What the other TLS connections of one client to one server name say about one of them: whether its next try succeeded, whether
 * they all ended alike, whether one of them looks like a WebSocket. Complete when the capture is over.
 */
import { millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';
import type { ConnectionRecord } from '../connection/record.ts';
import { endedAfterAnswer } from './sealed-ending.ts';
import { looksLikeWebSocket, offersOnlyHttp1, sealedTls } from './sealed.ts';

/** The connections of one client to one server port and name. */
export interface TlsGroup {
  readonly connections: number;
  /** Handshakes were complete, and what followed could be followed to the end. */
  readonly ended: number;
  /** Of these: the server ended them right after an answer of the size of a 101. */
  readonly endedAfterAnswer: number;
  /** One of them carried a second record of the size of a request, or went on for longer than that. */
  readonly hasSecondRequest: boolean;
  readonly looksLikeWebSocket: boolean;
}

export interface TlsNeighbours {
  group(record: ConnectionRecord): TlsGroup | null;
  /** Whether the client's next connection to that port and name, within some seconds, completed its handshake. */
  nextSucceeded(record: ConnectionRecord): boolean;
  /** The client speaks HTTP/2 with that name over another connection: like a browser that also opens a WebSocket. */
  speaksHttp2Elsewhere(record: ConnectionRecord): boolean;
}

export const NO_TLS_NEIGHBOURS: TlsNeighbours = {
  group: () => null,
  nextSucceeded: () => false,
  speaksHttp2Elsewhere: () => false,
};

/**
 * Of further clients and server names nothing is remembered.
 * @bound clients and server names whose TLS connections are remembered: {count}
 */
const MAX_GROUPS = 4096;
/**
 * Of further connections only the counts go on.
 * @bound TLS connections of one client and server name whose times are remembered: {count}
 */
const MAX_MEMBERS = 256;
/** A client that tries again does it within this time. */
const NEXT_TRY_MS = 30_000;

interface Member {
  readonly id: number;
  readonly first: Timestamp;
  /** As far as the capture shows. */
  readonly hasSucceeded: boolean;
}

class Group {
  connections = 0;
  ended = 0;
  endedAfterAnswer = 0;
  hasSecondRequest = false;
  looksLikeWebSocket = false;
  readonly members: Member[] = [];
}

export class TlsLog implements TlsNeighbours {
  readonly #windowMs: number;
  readonly #groups = new Map<string, Group>();
  /** Clients and server names between which HTTP/2 was offered. */
  readonly #http2 = new Set<string>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(record: ConnectionRecord): void {
    const { tls } = record;
    if (tls === null) return;
    if (tls.hello?.alpn.includes('h2') === true && this.#http2.size < MAX_GROUPS) {
      this.#http2.add(nameKeyOf(record));
    }
    const group = this.#groupFor(keyOf(record));
    if (group === null) return;
    group.connections++;
    const isComplete = tls.completed !== null;
    if (group.members.length < MAX_MEMBERS)
      group.members.push({
        id: record.id,
        first: record.first,
        hasSucceeded: isComplete || wentOnUnseen(record),
      });
    if (sealedTls(record) === null || !isComplete) return;
    const end = endedAfterAnswer(record, this.#windowMs);
    if (record.firstEnd !== null) group.ended++;
    if (end !== null) group.endedAfterAnswer++;
    if (tls.look.requestsAfterAnswer > 0) group.hasSecondRequest = true;
    if (looksLikeWebSocket(tls)) group.looksLikeWebSocket = true;
  }

  group(record: ConnectionRecord): TlsGroup | null {
    return this.#groups.get(keyOf(record)) ?? null;
  }

  nextSucceeded(record: ConnectionRecord): boolean {
    const { members } = this.#groups.get(keyOf(record)) ?? { members: [] };
    return members.some(({ id, first, hasSucceeded }) => {
      const ms = millisecondsBetween(record.first, first);
      return hasSucceeded && id !== record.id && ms >= 0 && ms <= NEXT_TRY_MS;
    });
  }

  speaksHttp2Elsewhere(record: ConnectionRecord): boolean {
    const { tls } = record;
    return tls !== null && offersOnlyHttp1(tls) && this.#http2.has(nameKeyOf(record));
  }

  #groupFor(key: string): Group | null {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= MAX_GROUPS) return null;
    const group = new Group();
    this.#groups.set(key, group);
    return group;
  }
}

/** The server took the ClientHello, nobody refused anything, and the rest of the handshake is not all in the capture. */
function wentOnUnseen({ tls, tcp, endedBy }: ConnectionRecord): boolean {
  if (
    tls?.serverHello === undefined ||
    tls.serverHello === null ||
    tls.alerts.length > 0 ||
    tls.hiddenAlert !== null
  )
    return false;
  return tcp.client.gapBytes + tcp.server.gapBytes > 0 || endedBy === 'capture-ended';
}

function keyOf({ client, server, tls }: ConnectionRecord): string {
  return `${client.address} ${server.address} ${server.port} ${tls?.hello?.serverName ?? ''}`;
}

/** Large sites have several addresses, and a browser uses more than one. */
function nameKeyOf({ client, server, tls }: ConnectionRecord): string {
  return `${client.address} ${tls?.hello?.serverName ?? server.address} ${server.port}`;
}
