/** What each server port of a capture speaks, and how often: a few facts of every connection, summed up. */
import { otherOf } from '../../basics/direction.ts';
import type { Onlooker } from '../../connection/onlooker.ts';
import type { InventoryReport, ServerProtocol, ServerReport } from '../../report/model.ts';
import type { TcpConnection } from '../../tcp/tcp-connection.ts';
import { ConnectionLook, type LookedAt } from './connection-look.ts';

/**
 * One for each server and protocol. Of more, those of which nothing but SYNs is known make room for others.
 * @bound servers in a report's inventory: {count}
 */
export const MAX_SERVERS = 200;
/** @bound server names, and protocols offered, kept of a server: {count} */
const MAX_NAMES = 8;
/** Of such servers a scan finds thousands. */
const PLAIN: ReadonlySet<ServerProtocol> = new Set<ServerProtocol>(['refused', 'unanswered', 'silent']);

export class Inventory {
  readonly #servers = new Map<string, ServerReport>();
  #omitted = 0;

  /** @returns what looks on while the connection is followed */
  look(connection: TcpConnection): Onlooker {
    return new ConnectionLook(connection, (looked) => {
      this.#add(looked);
    });
  }

  /** By their first packets. */
  report(): InventoryReport {
    const servers = [...this.#servers.values()].sort(
      (a, b) => a.firstPacket - b.firstPacket || a.lastPacket - b.lastPacket,
    );
    return { servers, omitted: this.#omitted };
  }

  #add({ connection, server: direction, protocol, ...looked }: LookedAt): void {
    const server = connection.endpoint(direction);
    const entry = this.#entry(`${server.address} ${server.port} ${protocol}`, protocol, () => ({
      server: { ...server },
      protocol,
      tls: protocol === 'tls',
      connections: 0,
      midStream: 0,
      syns: 0,
      looksLikeWebSocket: false,
      requests: 0,
      upgrades: 0,
      serverNames: [],
      alpn: [],
      firstPacket: connection.first.packet,
      lastPacket: connection.first.packet,
    }));
    if (entry === null) {
      this.#omitted++;
      return;
    }
    entry.connections++;
    if (looked.isMidStream) entry.midStream++;
    if (looked.looksLikeWebSocket) entry.looksLikeWebSocket = true;
    entry.syns += connection.stream(otherOf(direction)).syns;
    entry.requests += looked.requests;
    entry.upgrades += looked.upgrades;
    for (const name of [looked.hello?.serverName ?? null]) if (name !== null) addTo(entry.serverNames, name);
    for (const offered of looked.hello?.alpn ?? []) addTo(entry.alpn, offered);
    entry.firstPacket = Math.min(entry.firstPacket, connection.first.packet);
    entry.lastPacket = Math.max(entry.lastPacket, connection.lastPacket);
  }

  /** null where there is no room. */
  #entry(key: string, protocol: ServerProtocol, make: () => ServerReport): ServerReport | null {
    const known = this.#servers.get(key);
    if (known !== undefined) return known;
    if (this.#servers.size >= MAX_SERVERS && !this.#makeRoom(protocol)) return null;
    const entry = make();
    this.#servers.set(key, entry);
    return entry;
  }

  #makeRoom(protocol: ServerProtocol): boolean {
    if (PLAIN.has(protocol)) return false;
    for (const [key, { protocol: other, connections }] of this.#servers) {
      if (!PLAIN.has(other)) continue;
      this.#servers.delete(key);
      this.#omitted += connections;
      return true;
    }
    return false;
  }
}

function addTo(names: string[], name: string): void {
  if (names.length < MAX_NAMES && !names.includes(name)) names.push(name);
}
