/** What each server port of a capture speaks, and how often: a few facts of every connection, summed up. */
import { otherOf } from '../../basics/direction.ts';
import type { Onlooker } from '../../connection/onlooker.ts';
import type { InventoryReport, ServerProtocol, ServerReport } from '../../report/model.ts';
import type { TcpConnection } from '../../tcp/tcp-connection.ts';
import { ConnectionLook, type LookedAt, type LookTaker } from './connection-look.ts';

/**
 * One for each server and protocol. Of more, those of which nothing but SYNs is known make room for others.
 * @bound servers in a report's inventory: {count}
 */
export const MAX_SERVERS = 200;
/** @bound server names, and protocols offered, kept of a server: {count} */
const MAX_NAMES = 8;
/** Of such servers a scan finds thousands. */
const PLAIN: ReadonlySet<ServerProtocol> = new Set<ServerProtocol>(['refused', 'unanswered', 'silent']);

export class Inventory implements LookTaker {
  readonly #servers = new Set<ServerReport>();
  /** The same by address. A list is looked through, because a text made of address, port and protocol costs more. */
  readonly #byAddress = new Map<string, ServerReport[]>();
  #omitted = 0;

  /** @returns what looks on while the connection is followed */
  look(connection: TcpConnection): Onlooker {
    return new ConnectionLook(connection, this);
  }

  /** By their first packets. */
  report(): InventoryReport {
    const servers = [...this.#servers].sort(
      (a, b) => a.firstPacket - b.firstPacket || a.lastPacket - b.lastPacket,
    );
    return { servers, omitted: this.#omitted };
  }

  looked(looked: LookedAt): void {
    const { connection, server: direction } = looked;
    const entry = this.#entry(looked);
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
    if (looked.hello !== null) {
      const { serverName, alpn } = looked.hello;
      if (serverName !== null) addTo(entry.serverNames, serverName);
      for (const offered of alpn) addTo(entry.alpn, offered);
    }
    entry.firstPacket = Math.min(entry.firstPacket, connection.first.packet);
    entry.lastPacket = Math.max(entry.lastPacket, connection.lastPacket);
  }

  /** null where there is no room. */
  #entry({ connection, server: direction, protocol }: LookedAt): ServerReport | null {
    const server = connection.endpoint(direction);
    const atAddress = this.#byAddress.get(server.address);
    const known = atAddress?.find((each) => each.server.port === server.port && each.protocol === protocol);
    if (known !== undefined) return known;
    if (this.#servers.size >= MAX_SERVERS && !this.#makeRoom(protocol)) return null;
    const { packet } = connection.first;
    const entry: ServerReport = {
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
      firstPacket: packet,
      lastPacket: packet,
    };
    this.#servers.add(entry);
    const entries = this.#byAddress.get(server.address);
    if (entries === undefined) this.#byAddress.set(server.address, [entry]);
    else entries.push(entry);
    return entry;
  }

  #makeRoom(protocol: ServerProtocol): boolean {
    if (PLAIN.has(protocol)) return false;
    for (const entry of this.#servers) {
      if (PLAIN.has(entry.protocol)) {
        this.#remove(entry);
        return true;
      }
    }
    return false;
  }

  #remove(entry: ServerReport): void {
    const { address } = entry.server;
    this.#servers.delete(entry);
    this.#omitted += entry.connections;
    const rest = this.#byAddress.get(address)?.filter((each) => each !== entry) ?? [];
    if (rest.length > 0) this.#byAddress.set(address, rest);
    else this.#byAddress.delete(address);
  }
}

function addTo(names: string[], name: string): void {
  if (names.length < MAX_NAMES && !names.includes(name)) names.push(name);
}
