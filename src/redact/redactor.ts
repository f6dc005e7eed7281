/**
 * Removes from a report what the user must not pass on: report in, report out, no other input. docs/reports.md says
 * what is hidden and what stays.
 *
 * Two passes. The first learns the secrets from the places where they are known to stand (headers, targets, close
 * reasons). The second also finds them where they are quoted: in the timeline, in the messages of rules, on other
 * connections.
 */
import type {
  AnomalyReport,
  CaptureReport,
  ConnectionReport,
  Endpoint,
  HeaderLine,
  InventoryReport,
  RedactionReport,
  Report,
  ReportNote,
  TimelineEntry,
  TlsReport,
  TunnelReport,
  UpgradeReport,
} from '../report/model.ts';
import { AddressMap } from './address-map.ts';
import { AddressReplacer } from './address-replacer.ts';
import { redactHeader, redactSubprotocols } from './header-secrets.ts';
import { PayloadMarks } from './payload-marks.ts';
import { SecretLedger } from './secret-ledger.ts';
import { redactBody, redactText } from './text-secrets.ts';
import { redactUrl } from './url-secrets.ts';

export interface RedactOptions {
  /** Hide cookies, credentials, values of queries and the like. */
  readonly secrets: boolean;
  /** Replace real addresses by addresses of the documentation ranges. */
  readonly addresses: boolean;
  /**
   * With a key, equal values get the same marks, and addresses the same replacements, in all reports made with it;
   * null: numbered.
   */
  readonly key: Uint8Array | null;
}

/** The report without what the options hide. The same report and options give the same result. */
export function redactReport(report: Report, options: RedactOptions): Report {
  const redactor = new Redactor(options);
  for (const connection of report.connections) redactor.learn(connection);
  redactor.learnAnomalies(report);
  return redactor.report(report);
}

/** For reports that are built connection by connection: hides the secrets that have been learned so far. */
export class Redactor {
  readonly #ledger: SecretLedger | null;
  readonly #addresses: AddressReplacer | null;
  readonly #payloads: PayloadMarks | null;
  readonly #options: RedactOptions;

  constructor(options: RedactOptions) {
    this.#options = options;
    this.#ledger = options.secrets ? new SecretLedger(options.key) : null;
    this.#payloads = options.secrets ? new PayloadMarks(options.key) : null;
    this.#addresses = options.addresses
      ? new AddressReplacer(new AddressMap(options.key ?? new Uint8Array(0)))
      : null;
  }

  /** Learns the secrets that a connection holds. */
  learn(connection: ConnectionReport): void {
    this.#endpoint(connection.client);
    this.#endpoint(connection.server);
    for (const tunnel of connection.tunnels ?? []) this.#tunnel(tunnel);
    const ledger = this.#ledger;
    if (ledger === null) return;
    for (const { name, value } of headersOf(connection)) {
      if (/^sec-websocket-(?:key|accept)$/i.test(name)) ledger.publish(value);
      else redactHeader(name, value, ledger);
    }
    const { upgrade, close } = connection;
    redactUrl(upgrade?.target ?? '', ledger);
    redactBody(upgrade?.body?.text ?? '', ledger);
    redactText(close?.clientReason ?? '', ledger);
    redactText(close?.serverReason ?? '', ledger);
    for (const { detail } of connection.timeline) if (detail !== undefined) redactText(detail, ledger);
  }

  /** Learns secrets that only the findings of rules quote; call it after all connections have been learned. */
  learnAnomalies({ connections, anomalies }: Report): void {
    for (const anomaly of [...connections.flatMap((each) => each.anomalies), ...anomalies]) {
      publishExpected(anomaly, this.#ledger);
      this.#anomaly(anomaly);
    }
  }

  report(report: Report): Report {
    return {
      ...report,
      captures: report.captures.map((capture) => this.#capture(capture)),
      ...(report.inventory === undefined ? {} : { inventory: this.inventory(report.inventory) }),
      connections: report.connections.map((connection) => this.connection(connection)),
      anomalies: report.anomalies.map((anomaly) => this.#anomaly(anomaly)),
      notes: report.notes.map((note) => this.#note(note)),
      redaction: this.summary(),
    };
  }

  connection(connection: ConnectionReport): ConnectionReport {
    // Field by field: a spread would read `timeline`, a getter that builds the timeline when it is read.
    const timeline = (): TimelineEntry[] => connection.timeline.map((entry) => this.#timelineEntry(entry));
    const { close, activity, tunnels, tls } = connection;
    const redacted = {
      ...(tunnels === undefined ? {} : { tunnels: tunnels.map((tunnel) => this.#tunnel(tunnel)) }),
      ...(tls === undefined ? {} : { tls: this.#tls(tls) }),
      client: this.#endpoint(connection.client),
      server: this.#endpoint(connection.server),
      upgrade: connection.upgrade === null ? null : this.#upgrade(connection.upgrade),
      close:
        close === null
          ? null
          : {
              ...close,
              clientReason: this.#wire(close.clientReason),
              serverReason: this.#wire(close.serverReason),
            },
      anomalies: connection.anomalies.map((anomaly) => this.#anomaly(anomaly)),
      notes: connection.notes.map((note) => this.#note(note)),
      ...(activity === undefined || this.#payloads === null
        ? {}
        : { activity: this.#payloads.redact(activity) }),
    };
    return Object.defineProperties({} as ConnectionReport, {
      ...Object.getOwnPropertyDescriptors(connection),
      ...Object.getOwnPropertyDescriptors(redacted),
      timeline: { get: timeline, enumerable: true, configurable: true },
    });
  }

  #tls(tls: TlsReport): TlsReport {
    const { certificate } = tls;
    return {
      ...tls,
      serverName: this.#wire(tls.serverName),
      certificate:
        certificate === null
          ? null
          : {
              ...certificate,
              subject: this.#wire(certificate.subject),
              issuer: this.#wire(certificate.issuer),
              names: certificate.names.map((name) => this.#wire(name)),
            },
    };
  }

  /** Redacts the value of a header line. */
  header(name: string, value: string): string {
    return this.#quoted(this.#ledger === null ? value : redactHeader(name, value, this.#ledger));
  }

  /** Redacts a request target, or a part of one that begins with "/", "?" or "&". */
  target(target: string): string {
    return this.#quoted(this.#ledger === null ? target : redactUrl(target, this.#ledger));
  }

  /** Redacts text as it was on the wire, or a sentence that quotes such text. */
  text(text: string): string {
    return this.#prose(text);
  }

  inventory({ servers, omitted }: InventoryReport): InventoryReport {
    return {
      servers: servers.map((entry) => ({
        ...entry,
        server: this.#endpoint(entry.server),
        serverNames: entry.serverNames.map((name) => this.#wire(name)),
        alpn: entry.alpn.map((name) => this.#wire(name)),
      })),
      omitted,
    };
  }

  endpoint(endpoint: Endpoint): Endpoint {
    return this.#endpoint(endpoint);
  }

  capture(capture: CaptureReport): CaptureReport {
    return this.#capture(capture);
  }

  /** What was hidden so far. */
  summary(): RedactionReport {
    const { secrets, addresses, key } = this.#options;
    return { secrets, addresses, keyed: key !== null, values: this.#ledger?.size ?? 0 };
  }

  #upgrade(upgrade: UpgradeReport): UpgradeReport {
    const header = (name: string, value: string | null) => (value === null ? null : this.header(name, value));
    const lines = (headers: readonly HeaderLine[]) =>
      headers.map(({ name, value }) => ({ name: this.#quoted(name), value: this.header(name, value) }));
    return {
      ...upgrade,
      method: this.#quoted(upgrade.method),
      target: upgrade.target === null ? null : this.target(upgrade.target),
      host: header('host', upgrade.host),
      subprotocol: header('sec-websocket-protocol', upgrade.subprotocol),
      extensions: header('sec-websocket-extensions', upgrade.extensions),
      requestHeaders: lines(upgrade.requestHeaders),
      responseHeaders: lines(upgrade.responseHeaders),
      // Reports of an earlier version have none.
      ...(upgrade.body ? { body: { ...upgrade.body, text: this.#body(upgrade.body.text) } } : {}),
    };
  }

  #body(text: string): string {
    return this.#quoted(this.#ledger === null ? text : redactBody(text, this.#ledger));
  }

  #timelineEntry(entry: TimelineEntry): TimelineEntry {
    return entry.detail === undefined ? entry : { ...entry, detail: this.#wire(entry.detail) };
  }

  #anomaly<T extends AnomalyReport>(anomaly: T): T {
    const evidence = Object.entries(anomaly.evidence).map(([name, value]) => [
      name,
      this.#evidence(name, value),
    ]);
    return {
      ...anomaly,
      message: this.#prose(anomaly.message),
      advice: this.#prose(anomaly.advice),
      ...(anomaly.headline === undefined ? {} : { headline: this.#prose(anomaly.headline) }),
      evidence: Object.fromEntries(evidence) as AnomalyReport['evidence'],
    };
  }

  #evidence(name: string, value: AnomalyReport['evidence'][string]): AnomalyReport['evidence'][string] {
    if (Array.isArray(value))
      return value.map((item) => (typeof item === 'string' ? this.#prose(item) : item));
    if (typeof value !== 'string') return value;
    const isList = name === 'offered' || name === 'subprotocol';
    return this.#prose(isList && this.#ledger !== null ? redactSubprotocols(value, this.#ledger) : value);
  }

  #note<T extends ReportNote>(note: T): T {
    return { ...note, message: this.#prose(note.message) };
  }

  #capture(capture: CaptureReport): CaptureReport {
    return {
      ...capture,
      path: this.#ledger?.replaceIn(capture.path) ?? capture.path,
      notes: capture.notes.map((note) => this.#note(note)),
    };
  }

  #tunnel(tunnel: TunnelReport): TunnelReport {
    const layers = tunnel.layers.map((layer) => ({
      ...layer,
      source: this.#address(layer.source),
      destination: this.#address(layer.destination),
    }));
    return { ...tunnel, layers };
  }

  #address(address: string | null): string | null {
    return address === null ? null : (this.#addresses?.address(address) ?? address);
  }

  #endpoint({ address, port }: Endpoint): Endpoint {
    return { address: this.#addresses?.address(address) ?? address, port };
  }

  /** Redacts text as it was on the wire. */
  #wire<T extends string | null>(text: T): T {
    return this.#quoted(
      text === null || this.#ledger === null ? text : (redactText(text, this.#ledger) as T),
    );
  }

  /** Redacts sentences. Quoted values are replaced first, since a quote may be cut short (`token=abc…`). */
  #prose(text: string): string {
    const known = this.#quoted(text);
    return this.#ledger === null ? known : redactText(known, this.#ledger);
  }

  #quoted<T extends string | null>(text: T): T {
    if (text === null) return text;
    const withoutSecrets = this.#ledger?.replaceIn(text) ?? text;
    return (this.#addresses?.text(withoutSecrets) ?? withoutSecrets) as T;
  }
}

function headersOf({ upgrade }: ConnectionReport): readonly HeaderLine[] {
  return upgrade === null ? [] : [...upgrade.requestHeaders, ...upgrade.responseHeaders];
}

/** The key and the accept values prove that an accept is wrong, so they stay, although they look like tokens. */
function publishExpected({ evidence }: AnomalyReport, ledger: SecretLedger | null): void {
  for (const name of ['key', 'accept', 'expected']) {
    const value = evidence[name];
    if (typeof value === 'string') ledger?.publish(value);
  }
}
