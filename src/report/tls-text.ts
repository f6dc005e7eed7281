/** What is known of a connection's TLS, in a few lines of plain text. Names come from the wire: `safe` escapes them. */
import { formatDuration } from '../basics/format-duration.ts';
import { countOf, listOf } from './format-count.ts';
import type { TlsCertificateReport, TlsReport } from './model.ts';

type Safe = (text: string) => string;

const SHOWN_NAMES = 5;
const SHOWN_ALERTS = 4;

const KEYS: Readonly<Record<TlsReport['keys'], string>> = {
  found: 'read with its keys',
  missing: 'no keys: what is inside can not be seen',
  wrong: 'its keys do not fit: what is inside can not be seen',
  unsupported: 'not decrypted',
  late: 'the handshake was not captured: what is inside can not be seen',
};

/** "TLS 1.3, TLS_AES_128_GCM_SHA256, example.org, ALPN http/1.1 offered; no keys: …". */
export function tlsText(tls: TlsReport, safe: Safe): string {
  const { version, cipher, serverName, resumed, keys, unsupported } = tls;
  const parts = [
    version === null ? 'TLS without a ServerHello' : `TLS ${version}`,
    ...(cipher === null ? [] : [cipher]),
    ...(serverName === null ? ['no server name'] : [`server name ${safe(serverName)}`]),
    alpnText(tls, safe),
    ...(resumed === true ? ['resumed'] : []),
    ...(tls.handshakeMs === null ? [] : [`handshake ${formatDuration(tls.handshakeMs)}`]),
  ];
  // Where no handshake came about, nothing is inside.
  if (tls.handshakeMs === null && keys === 'missing') return parts.join(', ');
  const reason = unsupported === null ? KEYS[keys] : `not decrypted: ${safe(unsupported)}`;
  return `${parts.join(', ')}; ${reason}`;
}

/** The same, with the certificate, the alerts and what the sizes of records show. */
export function tlsLines(tls: TlsReport, safe: Safe): string[] {
  const { certificate, alerts, heartbeat, keys, records } = tls;
  const lines = [tlsText(tls, safe)];
  if (certificate !== null) lines.push(certificateText(certificate, safe));
  if (alerts.length > 0) {
    const shown = alerts.map(
      ({ from, description, packet }) => `${safe(description)} of the ${from} (packet ${packet})`,
    );
    lines.push(`Alerts: ${listOf(shown, SHOWN_ALERTS)}`);
  }
  if (keys === 'found') return lines;
  const { clientToServer: up, serverToClient: down } = records;
  if (up.records + down.records > 0) {
    lines.push(
      `Records: ${countOf(up.records, 'record')} from the client, ${countOf(down.records, 'record')} from the server`,
    );
  }
  if (heartbeat !== null) lines.push(heartbeatText(heartbeat));
  return lines;
}

function alpnText({ alpn, alpnOffered }: TlsReport, safe: Safe): string {
  const offered = alpnOffered.length === 0 ? 'no ALPN' : `offers ${safe(alpnOffered.join(', '))}`;
  return alpn === null ? offered : `${offered}, ${safe(alpn)} chosen`;
}

function certificateText(
  { subject, issuer, names, notBefore, notAfter }: TlsCertificateReport,
  safe: Safe,
): string {
  const whom = names.length === 0 ? subject : `${subject} (${listOf(names, SHOWN_NAMES)})`;
  return `Certificate: ${safe(whom)}, issued by ${safe(issuer)}, valid from ${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`;
}

/** "Heartbeat, by the sizes of records: the server asks every 25 s, 8 of 9 answered, not the one in packet 55". */
function heartbeatText({
  from,
  intervalMs,
  sent,
  answered,
  lastUnansweredPacket,
}: NonNullable<TlsReport['heartbeat']>): string {
  const every = intervalMs === null ? '' : ` every ${formatDuration(intervalMs)}`;
  const last = lastUnansweredPacket === null ? '' : `, not the one in packet ${lastUnansweredPacket}`;
  return `Heartbeat, by the sizes of records: the ${from} asks${every}, ${answered} of ${sent} answered${last}`;
}
