/** The report's view of what is known of a connection's TLS. */
import { formatTimestamp, millisecondsBetween } from '../basics/timestamp.ts';
import type { TlsFacts } from '../tls/facts.ts';
import type { RecordHeartbeat } from '../tls/record-heartbeat.ts';
import type { CloseNotifyReport, TlsReport } from './model.ts';

export function buildTls(tls: TlsFacts, heartbeat: RecordHeartbeat | null, hasTimes: boolean): TlsReport {
  const { hello, completed, certificate, look } = tls;
  return {
    version: tls.version,
    cipher: tls.cipher,
    serverName: hello?.serverName ?? null,
    alpn: tls.alpn,
    alpnOffered: [...(hello?.alpn ?? [])],
    versionsOffered: [...(hello?.versions ?? [])],
    resumed: tls.isResumed,
    keys: tls.keys,
    unsupported: tls.unsupported,
    handshakeMs:
      hasTimes && hello !== null && completed !== null ? millisecondsBetween(hello.mark, completed) : null,
    certificate: certificate === null ? null : { ...certificate, names: [...certificate.names] },
    alerts: tls.alerts.map(({ from, level, description, mark }) => ({
      from,
      level,
      description,
      packet: mark.packet,
      at: formatTimestamp(mark),
    })),
    records: {
      clientToServer: { records: look.client.records, bytes: look.client.bytes },
      serverToClient: { records: look.server.records, bytes: look.server.bytes },
    },
    heartbeat:
      heartbeat === null
        ? null
        : {
            from: heartbeat.from,
            intervalMs: hasTimes ? heartbeat.intervalMs : null,
            sent: heartbeat.sent,
            answered: heartbeat.answered,
            lastUnansweredPacket: heartbeat.unanswered?.last.packet ?? null,
          },
  };
}

/** The first close_notify of either side; null where none was seen. */
export function firstCloseNotify(tls: TlsFacts | null): Pick<CloseNotifyReport, 'from' | 'packet'> | null {
  const { client = null, server = null } = tls?.closeNotify ?? {};
  if (client !== null && (server === null || client.packet <= server.packet)) {
    return { from: 'client', packet: client.packet };
  }
  return server === null ? null : { from: 'server', packet: server.packet };
}
