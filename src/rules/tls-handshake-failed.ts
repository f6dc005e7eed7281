/** tls-handshake-failed: TLS did not come about. Who gave up, after which message, and with which alert, if any. */
import { formatDuration } from '../basics/format-duration.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import type { ConnectionRecord, FirstEnd, Role } from '../connection/record.ts';
import { describeCertificate } from '../judgement/certificate-dates.ts';
import { fill } from '../judgement/fill.ts';
import type { EvidenceValue, Finding, OptionValues, Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import {
  alertText,
  isAboutCertificate,
  isAboutClientCertificate,
  isFarewell,
  mayBeRetried,
} from '../judgement/tls-alerts.ts';
import { watchedUntil } from '../judgement/watched-until.ts';
import { quoted, relativeTo } from '../judgement/wording.ts';
import { markOf, type PacketMark } from '../tcp/packet-mark.ts';
import type { TlsAlert, TlsFacts } from '../tls/facts.ts';

const MESSAGES = {
  alert:
    'The {by} ended the TLS handshake{name} with the alert {alert}{when} (packet {packet}){after}: {meaning}.{certificate}',
  'hidden-alert':
    'In the place of its Finished the client sent an encrypted record of the size of an alert{when} (packet {packet}), and ended the connection{name}: it refused something that the server had sent, most often the certificate.',
  'hidden-server-alert':
    'When the client had finished the TLS handshake{name}, the server sent one encrypted record, of the size of an alert{when} (packet {packet}), and ended the connection: it refused something that the client had sent, most often because it wants a certificate of the client.',
  ended:
    'The {by} ended the connection{name} with {how}{when} (packet {packet}){after}: the TLS handshake was not complete, and no alert says why.{certificate}',
  left: 'The client completed the TLS handshake{name}, and ended the connection at once with {how}{when} (packet {packet}), without a byte inside.{certificate}',
  silent: 'The server did not answer the ClientHello{name} (packet {hello}): {waited}.',
  stalled: 'The TLS handshake{name} did not go on{after}: {waited}.',
} as const;

const OPTIONS = {
  probeMs: {
    default: 1000,
    unit: 'ms',
    description:
      'a client that sends only a ClientHello and leaves without an alert, on a connection that lasts less than this, may be a probe',
  },
  waitMs: {
    default: 5000,
    unit: 'ms',
    description:
      'a handshake that is not complete after this, on a connection that is still open, has failed',
  },
} as const;

type Options = OptionValues<typeof OPTIONS>;

export const tlsHandshakeFailed: Rule<typeof OPTIONS> = {
  id: 'tls-handshake-failed',
  title: 'The TLS handshake failed',
  severity: 'error',
  section: 'Opening handshake',
  place: 16,
  verdict: 'tls-failed',
  // "left" is told of a handshake that was complete.
  verdictKinds: ['alert', 'hidden-alert', 'hidden-server-alert', 'ended', 'silent', 'stalled'],
  isVerdict: true,
  explainsEnd: 20,
  isAboutTls: true,
  spec: 'RFC 8446 §4, §6; RFC 5246 §7.2, §7.3',
  requires: ['both-directions', 'every-packet'],
  options: OPTIONS,
  messages: MESSAGES,
  check(record, context, options) {
    const { tls } = record;
    // Without the ClientHello it is not certain that the handshake belongs to this connection's beginning.
    if (tls?.hello === undefined || tls.hello === null || record.plainAnswer !== null) return null;
    if ((record.upgrade?.response ?? null) !== null) return null;
    const isWhole = record.tcp.client.gapBytes + record.tcp.server.gapBytes === 0;
    const alert = refusalOf(tls);
    // The rest of the handshake may be missing, and the alert come long after it.
    if (alert !== null && !isWhole && !isOfHandshake(alert)) return null;
    if (alert !== null) return ofAlert(alert, record, tls, context);
    // What packets were cut of may hold an alert, or the rest of the handshake: sizes and order of records say nothing then.
    if (!isWhole) return null;
    if (tls.hiddenAlert !== null && record.firstEnd !== null)
      return ofHiddenAlert(tls.hiddenAlert, record, tls, context);
    if (tls.completed !== null) {
      return ofHiddenServerAlert(record, tls, context) ?? ofLeft(tls.completed, record, tls, context);
    }
    return ofEnd(record, tls, context, options);
  },
};

/** The alert with which the handshake ended; null where there is none. */
function refusalOf({ alerts, completed }: TlsFacts): TlsAlert | null {
  return (
    alerts.find(
      ({ level, description, from, mark }) =>
        level === 'fatal' &&
        !isFarewell(description) &&
        (completed === null ||
          mark.packet < completed.packet ||
          (from === 'server' && isAboutClientCertificate(description))),
    ) ?? null
  );
}

/** It is in clear, so its sender had no keys yet, or it is about a certificate: whatever is missing, it ended a handshake. */
function isOfHandshake({ isDecrypted, description }: TlsAlert): boolean {
  return !isDecrypted || isAboutCertificate(description);
}

/** Up to TLS 1.2 there is no alert of its own for a client that has no certificate (RFC 5246 §7.4.6). */
function nameOfAlert(
  { from, description }: TlsAlert,
  { asksClientCertificate, lastMessage }: TlsFacts,
): string {
  const isAfterClient = lastMessage?.from === 'client' && lastMessage.name !== 'ClientHello';
  const isMeant = from === 'server' && description === 'handshake_failure' && asksClientCertificate === true;
  return isMeant && isAfterClient ? 'certificate_required' : description;
}

function ofAlert(alert: TlsAlert, record: ConnectionRecord, tls: TlsFacts, context: RuleContext): Finding {
  const { from, description, mark } = alert;
  const { meaning, advice } = alertText(nameOfAlert(alert, tls), from);
  const isRetried = mayBeRetried(description) && context.tlsNeighbours.nextSucceeded(record);
  return {
    kind: 'alert',
    severity: isRetried ? 'info' : severityIn(record, context),
    headline: `TLS failed: the ${from} sent ${description}${nameOf(tls)}`,
    message: fill(MESSAGES.alert, {
      by: from,
      name: nameOf(tls),
      alert: description,
      when: whenOf(tls, mark, context),
      packet: mark.packet,
      after: afterMessage(tls, mark),
      meaning,
      certificate: certificateOf(tls, context),
    }),
    advice: isRetried ? 'The next try of the client succeeded: nothing need be done.' : advice,
    packets: packetsOf(tls, mark),
    at: markOf(mark),
    evidence: {
      by: from,
      how: 'alert',
      alert: description,
      code: alert.code,
      ...evidenceOf(tls, mark, context),
    },
  };
}

function ofHiddenAlert(
  mark: PacketMark,
  record: ConnectionRecord,
  tls: TlsFacts,
  context: RuleContext,
): Finding {
  return {
    kind: 'hidden-alert',
    severity: severityIn(record, context),
    headline: `TLS failed: the client refused what the server sent, most often the certificate${nameOf(tls)}`,
    message: fill(MESSAGES['hidden-alert'], {
      name: nameOf(tls),
      when: whenOf(tls, mark, context),
      packet: mark.packet,
    }),
    advice:
      'TLS 1.3 encrypts the alert: the log of the client names it, and so does wscap with the keys of the connection (docs/tls.md). Look at the chain, the names and the dates of the certificate: openssl s_client -connect HOST:PORT -servername NAME -showcerts.',
    packets: packetsOf(tls, mark),
    at: markOf(mark),
    evidence: { by: 'client', how: 'alert', alert: null, code: null, ...evidenceOf(tls, mark, context) },
  };
}

/** In TLS 1.3 the server can refuse a client's certificate only when the client takes the handshake for complete. */
function ofHiddenServerAlert(record: ConnectionRecord, tls: TlsFacts, context: RuleContext): Finding | null {
  const { firstEnd } = record;
  const { server } = tls.look;
  const burst = server.lastBurst;
  if (tls.version !== '1.3' || tls.keys === 'found' || tls.isResumed === true) return null;
  // A server that asked for no certificate has nothing to refuse here: it closes the connection.
  if (tls.asksClientCertificate !== true) return null;
  if (firstEnd?.by !== 'server' || burst === null || server.records !== 1) return null;
  if (burst.plainBytes !== ALERT_BYTES || millisecondsBetween(burst.first, firstEnd.mark) > AT_ONCE_MS)
    return null;
  const since = tls.completed ?? burst.first;
  if (Math.abs(millisecondsBetween(since, burst.first)) > AT_ONCE_MS) return null;
  const { first } = burst;
  return {
    kind: 'hidden-server-alert',
    severity: severityIn(record, context),
    headline: `TLS failed${nameOf(tls)}: the server refused what the client sent, most often because it wants a certificate of the client`,
    message: fill(MESSAGES['hidden-server-alert'], {
      name: nameOf(tls),
      when: whenOf(tls, first, context),
      packet: first.packet,
    }),
    advice:
      'TLS 1.3 encrypts the alert: the log of the server names it, and so does wscap with the keys of the connection (docs/tls.md). Look at whether the server asks for a certificate of the client (nginx: ssl_verify_client), and which one the client presents.',
    packets: [first.packet, firstEnd.mark.packet],
    at: markOf(first),
    evidence: { by: 'server', how: 'alert', alert: null, code: null, ...evidenceOf(tls, first, context) },
  };
}

/** Programs that look at the certificate only now (Node) leave like this where they don't accept it, and so do probes. */
function ofLeft(
  completed: PacketMark,
  record: ConnectionRecord,
  tls: TlsFacts,
  context: RuleContext,
): Finding | null {
  const { firstEnd, upgrade } = record;
  const { client } = tls.look;
  if (firstEnd?.by !== 'client' || upgrade !== null || !context.hasTimes) return null;
  // One record of the size of an alert is the client's close_notify.
  const hasSpoken =
    client.records > 1 || (client.records === 1 && client.lastBurst?.plainBytes !== ALERT_BYTES);
  if (hasSpoken || millisecondsBetween(completed, firstEnd.mark) > AT_ONCE_MS) return null;
  const { how, mark } = firstEnd;
  return {
    kind: 'left',
    severity: 'info',
    message: fill(MESSAGES.left, {
      name: nameOf(tls),
      how: how.toUpperCase(),
      when: whenOf(tls, mark, context),
      packet: mark.packet,
      certificate: certificateOf(tls, context),
    }),
    advice: `${PROBE_ADVICE} ${LATE_CHECK_ADVICE}`,
    packets: packetsOf(tls, mark),
    at: markOf(mark),
    evidence: { by: 'client', how, alert: null, code: null, ...evidenceOf(tls, mark, context) },
  };
}

const PROBE_ADVICE =
  'That may be a probe: a health check, or a scan, that only looks whether the port speaks TLS.';
const LATE_CHECK_ADVICE =
  'A client that does not accept the certificate, and says so to nobody, looks the same (Node): look at the error that it shows.';

/** RFC 8446 §6. */
const ALERT_BYTES = 2;
/** What follows within this time is the same event. */
const AT_ONCE_MS = 1000;

/** Nobody sent an alert that could be seen. */
function ofEnd(
  record: ConnectionRecord,
  tls: TlsFacts,
  context: RuleContext,
  options: Options,
): Finding | null {
  const { firstEnd } = record;
  const isSilent = record.tcp.server.streamBytes === 0;
  if (firstEnd === null) return ofWaiting(record, tls, context, options, isSilent);
  // What was sent before that RST or FIN is not in the capture, and may be an alert.
  if (firstEnd.followsUnseen || firstEnd.missingBefore > 1) return null;
  const waitedMs = millisecondsBetween(tls.hello!.mark, firstEnd.mark);
  if (firstEnd.by === 'client' && isSilent && context.hasTimes && waitedMs >= options.probeMs) {
    return waited(
      'silent',
      `the client gave up ${formatDuration(waitedMs)} later with ${firstEnd.how.toUpperCase()} (packet ${firstEnd.mark.packet})`,
      firstEnd.mark,
      record,
      tls,
      context,
    );
  }
  return ended(firstEnd, record, tls, context, options);
}

function ended(
  firstEnd: FirstEnd,
  record: ConnectionRecord,
  tls: TlsFacts,
  context: RuleContext,
  { probeMs }: Options,
): Finding {
  const { by, how, mark } = firstEnd;
  const isProbe = by === 'client' && hasOnlyHello(tls) && isShort(record, mark, probeMs, context);
  const isRetried = by === 'client' && context.tlsNeighbours.nextSucceeded(record);
  return {
    kind: 'ended',
    severity: isProbe || isRetried ? 'info' : severityIn(record, context),
    headline: `TLS failed: the ${by} ended the connection${nameOf(tls)} without an alert`,
    message: fill(MESSAGES.ended, {
      by,
      name: nameOf(tls),
      how: how.toUpperCase(),
      when: whenOf(tls, mark, context),
      packet: mark.packet,
      after: afterMessage(tls, mark),
      certificate: by === 'client' ? certificateOf(tls, context) : '',
    }),
    advice: adviceOnEnd(by, tls, isProbe, isRetried),
    packets: packetsOf(tls, mark),
    at: markOf(mark),
    evidence: { by, how, alert: null, code: null, ...evidenceOf(tls, mark, context) },
  };
}

function adviceOnEnd(by: Role, tls: TlsFacts, isProbe: boolean, isRetried: boolean): string {
  if (isRetried) return 'The next try of the client succeeded: nothing need be done.';
  if (isProbe) return `${PROBE_ADVICE} ${LATE_CHECK_ADVICE}`;
  if (by === 'client') {
    return 'Look at the error of the client: some end the connection without an alert where they do not accept the certificate, or when a limit of time is over.';
  }
  return tls.serverHello === null
    ? 'The server, or something before it, did not like the ClientHello, or did not expect TLS on this port: look at its log, at what terminates TLS, and at firewalls that judge by the server name.'
    : 'Look at the log of the server at that time: a process that crashed or was restarted, or something before it that ends connections.';
}

function ofWaiting(
  record: ConnectionRecord,
  tls: TlsFacts,
  context: RuleContext,
  { waitMs }: Options,
  isSilent: boolean,
): Finding | null {
  if (!context.hasTimes || record.endedBy !== 'capture-ended') return null;
  const until = watchedUntil(record, context);
  const since = isSilent ? tls.hello!.mark : record.last;
  const ms = millisecondsBetween(since, until.mark);
  if (ms < waitMs) return null;
  const text = `${formatDuration(ms)} later, at ${until.text}, nothing had come`;
  return waited(isSilent ? 'silent' : 'stalled', text, until.mark, record, tls, context);
}

function waited(
  kind: 'silent' | 'stalled',
  text: string,
  mark: PacketMark,
  record: ConnectionRecord,
  tls: TlsFacts,
  context: RuleContext,
): Finding {
  const hello = tls.hello!.mark;
  return {
    kind,
    severity: severityIn(record, context),
    headline:
      kind === 'silent'
        ? `TLS failed: the server never answered the ClientHello${nameOf(tls)}`
        : `TLS failed: the handshake${nameOf(tls)} stopped half-way`,
    message: fill(MESSAGES[kind], {
      name: nameOf(tls),
      hello: hello.packet,
      after: afterMessage(tls, mark),
      waited: text,
    }),
    advice:
      kind === 'silent'
        ? `Look at whether port ${record.server.port} speaks TLS at all, whether a large ClientHello arrives there whole (the path MTU; a capture at the server shows it), and at what stands before the server.`
        : 'Look at what was sent last, and whether it arrived: large packets with certificates are lost where the path MTU is too small and ICMP is dropped.',
    packets: packetsOf(tls, mark),
    at: markOf(hello),
    evidence: { by: 'server', how: 'silence', alert: null, code: null, ...evidenceOf(tls, mark, context) },
  };
}

/** Of other ports than those of WebSockets it is information, where the capture shows such ports. */
function severityIn({ server }: ConnectionRecord, { webSocketPorts }: RuleContext): Finding['severity'] {
  return webSocketPorts.size === 0 || webSocketPorts.has(server.port) ? 'error' : 'info';
}

/** The client sent nothing behind its ClientHello. */
function hasOnlyHello({ lastMessage, hello }: TlsFacts): boolean {
  return (
    lastMessage === null || lastMessage.from === 'server' || lastMessage.mark.packet === hello?.mark.packet
  );
}

function isShort(
  { first }: ConnectionRecord,
  end: PacketMark,
  probeMs: number,
  { hasTimes }: RuleContext,
): boolean {
  return !hasTimes || millisecondsBetween(first, end) < probeMs;
}

/** " for example.org", or nothing. */
function nameOf({ hello }: TlsFacts): string {
  const name = hello?.serverName ?? null;
  return name === null ? '' : ` for ${quoted(name)}`;
}

/** ", 12 ms after the ClientHello". */
function whenOf({ hello }: TlsFacts, at: PacketMark, { hasTimes }: RuleContext): string {
  return hasTimes && hello !== null ? `, ${relativeTo(hello.mark, at)} the ClientHello` : '';
}

/** ", after the server's Certificate (packet 6)". */
function afterMessage({ lastMessage, hello }: TlsFacts, at: PacketMark): string {
  if (lastMessage === null || lastMessage.mark.packet > at.packet) return '';
  const { from, name, mark } = lastMessage;
  // The sentence counts from it already.
  if (name === 'ClientHello' && mark.packet === hello?.mark.packet) return '';
  return `, after the ${name} of the ${from} (packet ${mark.packet})`;
}

function certificateOf({ certificate, hello }: TlsFacts, { hasTimes }: RuleContext): string {
  return certificate === null
    ? ''
    : ` ${describeCertificate(certificate, hasTimes ? (hello?.mark ?? null) : null)}`;
}

function packetsOf({ hello }: TlsFacts, mark: PacketMark): number[] {
  const first = hello?.mark.packet ?? mark.packet;
  return first === mark.packet ? [first] : [Math.min(first, mark.packet), Math.max(first, mark.packet)];
}

function evidenceOf(tls: TlsFacts, at: PacketMark, { hasTimes }: RuleContext): Record<string, EvidenceValue> {
  const { hello, version, cipher, lastMessage, certificate } = tls;
  return {
    afterMs: hasTimes && hello !== null ? millisecondsBetween(hello.mark, at) : null,
    lastMessage: lastMessage === null ? null : `${lastMessage.from} ${lastMessage.name}`,
    serverName: hello?.serverName ?? null,
    version,
    cipher,
    offeredVersions: hello?.versions.join(', ') ?? null,
    notBefore: certificate?.notBefore ?? null,
    notAfter: certificate?.notAfter ?? null,
  };
}
