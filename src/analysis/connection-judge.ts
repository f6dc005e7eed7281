/**
 * Takes each connection when it is over: lets the engine judge it, counts it, hands its report on, and keeps
 * its trace for the rules over the whole capture.
 */
import type { Severity } from '../basics/severity.ts';
import type { Verdict } from '../basics/verdict.ts';
import { ActivityCollector } from '../connection/activity/activity-collector.ts';
import type { ConnectionEvents, SkipReason } from '../connection/connection-events.ts';
import type { ConnectionRecord, TranslatedFacts } from '../connection/record.ts';
import { buildConnection, isUneventful, type TunnelsOf } from '../report/build.ts';
import type { ConnectionReport } from '../report/model.ts';
import type { CaptureAnomaly } from '../judgement/capture-rule.ts';
import { traceOf } from '../judgement/connection-trace.ts';
import { RuleEngine } from '../judgement/engine.ts';
import type { Judgement } from '../judgement/judgement.ts';
import { LegWindow } from '../judgement/leg-window.ts';
import { NeighbourLog } from '../judgement/neighbours.ts';
import { isOfInterest, mayBeTold } from '../judgement/sealed-interest.ts';
import { sealedTls } from '../judgement/sealed.ts';
import { TlsLog } from '../judgement/tls-neighbours.ts';
import { hasOriginToName } from '../judgement/proxy-legs.ts';
import type { Anomaly } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { SameWebSockets, type SamePair } from '../judgement/same-web-socket.ts';
import type { RuleSettings } from '../judgement/settings.ts';
import { TraceStore } from '../judgement/trace-store.ts';
import { TwinWindow } from '../judgement/twin-window.ts';
import { verdictOf } from '../judgement/verdict.ts';
import { CAPTURE_RULES, RULES } from '../rules/index.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';

/**
 * The most connections whose records are kept until the capture is over: those without a byte, and those of which the
 * server hung up without an answer.
 * @bound connections without a byte that are judged: {count}
 */
export const MAX_UNOPENED = 20_000;

/**
 * TLS connections that can't be read, and may be of interest, wait for the end of the capture; further ones are judged at once.
 * @bound TLS connections without keys that wait for the end of the capture: {count}
 */
const MAX_SEALED = 20_000;

export interface JudgeOptions {
  readonly windowMs: number;
  readonly ports: readonly number[];
  readonly rules: RuleSettings;
  /** Collect what passes over each WebSocket, for reports that draw it. */
  readonly activity: boolean;
  /** Default: nothing was in a tunnel. */
  readonly tunnelsOf?: TunnelsOf;
  /** Asked before each connection is judged. Default: times are what they seem to be. */
  readonly areTimesInvented?: () => boolean;
  /** Packets so far were made of printed lines without bytes. Default: none was. */
  readonly lacksBytes?: () => boolean;
  /** How connections end is not in the input. Default: it is. */
  readonly lacksEnds?: () => boolean;
  /** Default: the report of every connection is wanted. */
  readonly counts?: CountsOnly;
  /** Of the capture's clock, as sentences name it. Default: not known, and left out. */
  readonly zone?: () => string;
}

/**
 * Asked of a connection without findings and notes before its report is made: true where its number and verdict are
 * enough, and no report is wanted.
 */
export type CountsOnly = (id: number, verdict: Verdict) => boolean;

interface Judged {
  readonly record: ConnectionRecord;
  readonly anomalies: readonly Anomaly[];
  readonly judgement: Judgement;
  readonly verdict: Verdict;
}

export class ConnectionJudge implements ConnectionEvents {
  upgradeRequests = 0;
  webSocketConnections = 0;
  /** WebSockets: one that was captured on several connections counts once. */
  webSockets = 0;
  /** Connections without a byte that were left out for want of room. */
  unopenedOmitted = 0;
  /** Findings, as they are shown. */
  readonly anomalies: Record<Severity, number> = { error: 0, warning: 0, info: 0 };

  readonly #skips = new Map<SkipReason, number>();
  readonly #onConnection: (connection: ConnectionReport) => void;
  readonly #engine: RuleEngine;
  /** The context, as far as it is known by now. */
  readonly #context: { -readonly [Fact in keyof RuleContext]: RuleContext[Fact] };
  /** Ports named by the user, and those on which an upgrade was seen so far. */
  readonly #webSocketPorts: Set<number>;
  readonly #traces = new TraceStore();
  /**
   * Whether a connection that never sent a byte matters is known only at the end, and what the other connections say
   * about one that the server dropped.
   */
  #unopened: ConnectionRecord[] = [];
  /** Those in TLS that can't be read, and may be of interest. */
  #sealed: ConnectionRecord[] = [];
  readonly #neighbours = new NeighbourLog();
  readonly #tlsNeighbours: TlsLog;
  readonly #legs: LegWindow<Judged>;
  readonly #same = new SameWebSockets();
  readonly #twins = new TwinWindow((record) => {
    this.#judge(record);
  });
  /** The rules that spoke on connections in front of an address translation, until the connection behind it has come. */
  readonly #inFront = new Map<number, readonly string[]>();
  readonly #activities: ActivityCollector | null;
  readonly #tunnelsOf: TunnelsOf;
  readonly #counts: CountsOnly | null;
  readonly #areTimesInvented: () => boolean;
  readonly #lacksBytes: () => boolean;
  readonly #lacksEnds: () => boolean;
  readonly #zone: () => string;
  #lacksTimes = false;
  #lacksClock = false;

  constructor(
    {
      windowMs,
      ports,
      rules,
      activity,
      tunnelsOf = () => [],
      counts,
      areTimesInvented = () => false,
      lacksBytes = () => false,
      lacksEnds = () => false,
      zone = () => '',
    }: JudgeOptions,
    onConnection: (connection: ConnectionReport) => void,
  ) {
    this.#activities = activity ? new ActivityCollector(this) : null;
    this.#onConnection = onConnection;
    this.#tunnelsOf = tunnelsOf;
    this.#counts = counts ?? null;
    this.#areTimesInvented = areTimesInvented;
    this.#lacksBytes = lacksBytes;
    this.#lacksEnds = lacksEnds;
    this.#zone = zone;
    this.#webSocketPorts = new Set(ports);
    this.#tlsNeighbours = new TlsLog(windowMs);
    this.#context = {
      windowMs,
      webSocketPorts: this.#webSocketPorts,
      namedPorts: new Set(ports),
      hasTimes: true,
      lacksBytes: false,
      captureEnds: [],
      neighbours: this.#neighbours,
      tlsNeighbours: this.#tlsNeighbours,
      otherLeg: () => undefined,
    };
    this.#engine = new RuleEngine({ rules: RULES, captureRules: CAPTURE_RULES }, rules);
    this.#legs = new LegWindow(({ record, judgement, verdict }, anomalies) => {
      this.#report(record, judgement, verdict, anomalies);
    });
  }

  /** Connections that were left alone, by reason. */
  get skips(): ReadonlyMap<SkipReason, number> {
    return this.#skips;
  }

  /** Connections that are the same WebSocket. */
  get samePairs(): readonly SamePair[] {
    return this.#same.pairs;
  }

  /** The events for one connection, which calls them with its record. */
  events(): ConnectionEvents {
    return this.#activities?.events() ?? this;
  }

  record(seen: ConnectionRecord): void {
    const isOpen = seen.endedBy === 'capture-ended' && seen.firstEnd === null;
    const record: ConnectionRecord = isOpen && this.#lacksEnds() ? { ...seen, endedBy: 'not-shown' } : seen;
    this.#neighbours.add(record);
    this.#tlsNeighbours.add(record);
    if (!mayBeTold(record, this.#context)) return;
    if (sealedTls(record) !== null) {
      // What the client's other connections say is known at the end.
      if (this.#sealed.length < MAX_SEALED) this.#sealed.push(record);
      else this.#judge(record);
      return;
    }
    if (record.upgrade === null && record.opening === null) {
      // A scan could leave millions of them.
      if (this.#unopened.length < MAX_UNOPENED) this.#unopened.push(record);
      else this.unopenedOmitted++;
      return;
    }
    this.#webSocketPorts.add(record.server.port);
    if (wasDropped(record) && this.#unopened.length < MAX_UNOPENED) this.#unopened.push(record);
    else this.#twins.add(record);
  }

  /** As sentences name it; null where packets carry no times. */
  get zone(): string | null {
    return this.#context.hasTimes && !this.#lacksClock ? this.#zone() : null;
  }

  /** Times count from a packet, and are no times of a clock. */
  lacksClock(): void {
    this.#lacksClock = true;
  }

  /** From now on packets carry no times. */
  lacksTimes(): void {
    this.#lacksTimes = true;
  }

  /** Connections that come now were open when the capture ended; for `ends` see {@link RuleContext}. */
  captureEnded(ends: readonly PacketMark[]): void {
    this.#context.captureEnds = ends;
  }

  skipped(reason: SkipReason): void {
    this.#skips.set(reason, (this.#skips.get(reason) ?? 0) + 1);
  }

  carriesBytes(): void {
    this.#neighbours.carryBytes = true;
  }

  upgradeRequested(): void {
    this.upgradeRequests++;
  }

  /** The capture is over: hands on what was kept back. Returns what the rules over the whole capture say. */
  end(): CaptureAnomaly[] {
    for (const record of this.#unopened) this.#judge(record);
    this.#unopened = [];
    for (const record of this.#sealed) this.#judge(record);
    this.#sealed = [];
    this.#twins.flush();
    this.#legs.flush();
    this.#context.hasTimes = this.#hasTimes();
    const legs = new Map(
      this.#same.pairs.flatMap(({ front, back }) => [[front, back] as const, [back, front] as const]),
    );
    this.#context.otherLeg = (id) => legs.get(id);
    const found = this.#engine.judgeCapture(this.#traces, this.#context);
    for (const { severity } of found) this.anomalies[severity]++;
    return found;
  }

  #hasTimes(): boolean {
    return !this.#lacksTimes && !this.#areTimesInvented();
  }

  #judge(record: ConnectionRecord): void {
    this.#context.hasTimes = this.#hasTimes();
    this.#context.lacksBytes = this.#lacksBytes();
    const judgement = this.#engine.judge(record, this.#context);
    const { anomalies } = judgement;
    if (!isReported(record, anomalies, this.#context)) return;
    const { translated } = record;
    // Behind an address translation it is the same connection once more.
    const isAgain = translated?.side === 'back';
    if (record.opening !== null) {
      this.webSocketConnections++;
      if (!isAgain && !this.#same.add(record)) this.webSockets++;
    }
    if (!isAgain) this.#traces.add(traceOf(record, anomalies));
    const verdict = verdictOf(record, judgement);
    if (translated !== null)
      this.#report(record, judgement, verdict, this.#underFront(record, translated, anomalies));
    else if (hasOriginToName(anomalies)) this.#legs.add({ record, anomalies, judgement, verdict });
    else this.#report(record, judgement, verdict, anomalies);
  }

  /** What was said of the connection in front of an address translation is not said again of the one behind it. */
  #underFront(
    { id }: ConnectionRecord,
    { side, twin }: TranslatedFacts,
    anomalies: readonly Anomaly[],
  ): readonly Anomaly[] {
    if (side === 'front') {
      this.#inFront.set(
        id,
        anomalies.map(({ rule }) => rule),
      );
      return anomalies;
    }
    const said = this.#inFront.get(twin) ?? [];
    this.#inFront.delete(twin);
    return anomalies.map((anomaly) =>
      said.includes(anomaly.rule) ? { ...anomaly, follows: { rule: anomaly.rule, id: twin } } : anomaly,
    );
  }

  #report(
    record: ConnectionRecord,
    judgement: Judgement,
    verdict: Verdict,
    anomalies: readonly Anomaly[],
  ): void {
    const shown = this.#engine.present(
      anomalies === judgement.anomalies ? judgement : { ...judgement, anomalies },
      record.id,
    );
    for (const { severity } of shown.anomalies) this.anomalies[severity]++;
    const activity = this.#activities?.take(record.id);
    if (this.#counts !== null && isUneventful(record, shown) && this.#counts(record.id, verdict)) return;
    const { hasTimes, lacksBytes } = this.#context;
    this.#onConnection(
      buildConnection(record, shown, verdict, activity, this.#tunnelsOf, this.zone, hasTimes, lacksBytes),
    );
  }
}

/**
 * The server ended it without an answer to its upgrade request, or refused it in a way for which a backend, or a proxy that
 * dropped a header, may be the reason: what the other connections say about that is known later.
 */
function wasDropped({ upgrade, opening, firstEnd }: ConnectionRecord): boolean {
  if (opening !== null || upgrade === null) return false;
  if (upgrade.response === null) return firstEnd?.by === 'server';
  const { status } = upgrade.response.head;
  return status === 400 || status === 404 || status === 426 || status >= 500;
}

/** A connection on which no WebSocket opened, and none was asked for, is reported only where there is something to tell. */
function isReported(record: ConnectionRecord, anomalies: readonly Anomaly[], context: RuleContext): boolean {
  if (record.upgrade !== null || record.opening !== null || isOfInterest(record, context)) return true;
  // What is wrong with the network below ordinary HTTPS is not asked for.
  return sealedTls(record) === null
    ? anomalies.length > 0
    : anomalies.some(({ meta }) => meta.isAboutTls === true);
}
