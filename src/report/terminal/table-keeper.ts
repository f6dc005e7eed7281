/**
 * Keeps what the table will need of each connection, when the connection is handed on: a capture may hold a million,
 * and a table shows a few. Connections that may be drawn in full are kept whole; most are kept without their heads
 * and timeline; beyond a bound, connections without a finding are only counted.
 */
import { copyOfText } from '#platform/text';
import type { ConnectionReport, DirectionTraffic, UpgradeReport, Verdict } from '../model.ts';

/**
 * This many connections with findings of each rule, and this many without any, are kept whole: those with the lowest
 * numbers.
 */
const WHOLE_OF_RULE = 12;
/**
 * Beyond this many, connections without findings and notes are only counted.
 * @bound connections without a finding that the table keeps: {count}; more are counted
 */
const MAX_KEPT = 2000;
/** Texts that are stored once, however many connections share them. */
const MAX_TEXTS = 10_000;

const NO_FINDING = '';

interface Whole {
  readonly connection: ConnectionReport;
  /** Index in the list of all kept connections. */
  readonly index: number;
  /** For how many rules it is among the first. */
  reasons: number;
}

export class TableKeeper {
  readonly #bound: number;
  readonly #kept: ConnectionReport[] = [];
  /** The connections kept whole, by rule. */
  readonly #whole = new Map<string, Whole[]>();
  readonly #texts = new Map<string, string>();

  constructor(bound: number = MAX_KEPT) {
    this.#bound = bound;
  }

  add(connection: ConnectionReport): void {
    const { id, verdict, anomalies, notes } = connection;
    const index = this.#kept.length;
    const rules = anomalies.length === 0 ? [NO_FINDING] : new Set(anomalies.map(({ rule }) => rule));
    const whole: Whole = { connection, index, reasons: 0 };
    for (const rule of rules) this.#consider(rule, whole);
    if (whole.reasons > 0) this.#kept.push(connection);
    else if (index >= this.#bound && anomalies.length === 0 && notes.length === 0) {
      this.#kept.push(onlyCounted(id, verdict));
    } else this.#kept.push(this.#lean(connection));
  }

  /**
   * If {@link add} would keep nothing of a connection without findings and notes but its number and verdict, counts
   * it and returns true: then its report need not be built.
   */
  counts(id: number, verdict: Verdict): boolean {
    const first = this.#whole.get(NO_FINDING);
    if (this.#kept.length < this.#bound || first === undefined || first.length < WHOLE_OF_RULE) return false;
    if (first.at(-1)!.connection.id > id) return false;
    this.#kept.push(onlyCounted(id, verdict));
    return true;
  }

  /** Sorted by number. */
  connections(): ConnectionReport[] {
    return this.#kept.sort((a, b) => a.id - b.id);
  }

  /** Keeps a connection whole if it is among the first of this rule; then another one may no longer be. */
  #consider(rule: string, whole: Whole): void {
    const first = this.#whole.get(rule) ?? [];
    if (first.length === 0) this.#whole.set(rule, first);
    const last = first.at(-1);
    if (first.length >= WHOLE_OF_RULE && last !== undefined && last.connection.id < whole.connection.id)
      return;
    whole.reasons++;
    first.push(whole);
    first.sort((a, b) => a.connection.id - b.connection.id);
    if (first.length <= WHOLE_OF_RULE) return;
    const gone = first.pop()!;
    if (--gone.reasons === 0 && gone !== whole) this.#kept[gone.index] = this.#lean(gone.connection);
  }

  #lean(connection: ConnectionReport): ConnectionReport {
    const {
      id,
      ref,
      sameAs,
      firstPacket,
      lastPacket,
      openedAt,
      durationMs,
      verdict,
      opening,
      traffic,
      close,
    } = connection;
    const { heartbeat, anomalies, notes, tunnels, tls } = connection;
    return {
      id,
      ref,
      ...(sameAs === undefined ? {} : { sameAs }),
      client: { ...connection.client, address: this.#text(connection.client.address) },
      server: { ...connection.server, address: this.#text(connection.server.address) },
      firstPacket,
      lastPacket,
      openedAt,
      durationMs,
      verdict,
      ...(tls === undefined ? {} : { tls }),
      ...(tunnels === undefined ? {} : { tunnels }),
      opening,
      lifecycle: [],
      upgrade: connection.upgrade === null ? null : this.#leanUpgrade(connection.upgrade),
      traffic,
      close,
      heartbeat,
      timeline: [],
      anomalies,
      notes,
    };
  }

  #leanUpgrade(upgrade: UpgradeReport): UpgradeReport {
    return {
      ...upgrade,
      method: this.#textOrNull(upgrade.method),
      target: this.#textOrNull(upgrade.target),
      host: this.#textOrNull(upgrade.host),
      httpVersion: this.#textOrNull(upgrade.httpVersion),
      subprotocol: this.#textOrNull(upgrade.subprotocol),
      extensions: this.#textOrNull(upgrade.extensions),
      requestHeaders: [],
      responseHeaders: [],
    };
  }

  #textOrNull(text: string | null): string | null {
    return text === null ? null : this.#text(text);
  }

  /** Copies the text: a substring of a head would keep the whole head in memory. */
  #text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const copy = copyOfText(text);
    if (this.#texts.size < MAX_TEXTS) this.#texts.set(copy, copy);
    return copy;
  }
}

const NO_FRAMES = { text: 0, binary: 0, continuation: 0, close: 0, ping: 0, pong: 0, reserved: 0 };
const NO_TRAFFIC: DirectionTraffic = {
  frames: NO_FRAMES,
  messages: 0,
  payloadBytes: 0,
  segments: 0,
  retransmissions: 0,
  outOfOrder: 0,
  gapBytes: 0,
};

const NOT_KEPT: Omit<ConnectionReport, 'id' | 'verdict'> = {
  get ref() {
    return String((this as ConnectionReport).id);
  },
  client: { address: '', port: 0 },
  server: { address: '', port: 0 },
  firstPacket: 0,
  lastPacket: 0,
  openedAt: '',
  durationMs: 0,
  opening: null,
  lifecycle: [],
  upgrade: null,
  traffic: { clientToServer: NO_TRAFFIC, serverToClient: NO_TRAFFIC },
  close: null,
  heartbeat: null,
  timeline: [],
  anomalies: [],
  notes: [],
};

/** Only two fields of its own; the rest is shared, since there may be millions of these. */
function onlyCounted(id: number, verdict: Verdict): ConnectionReport {
  return Object.assign(Object.create(NOT_KEPT) as typeof NOT_KEPT, { id, verdict });
}

/** Are only the number and the verdict still known? */
export function isOnlyCounted(connection: ConnectionReport): boolean {
  return Object.getPrototypeOf(connection) === NOT_KEPT;
}
