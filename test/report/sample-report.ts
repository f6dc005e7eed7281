/** Hand-made reports for the tests of the formats: one of each kind of connection. */
import type {
  AnomalyReport,
  CaptureReport,
  CloseReport,
  ConnectionReport,
  CrossAnomalyReport,
  DirectionTraffic,
  FrameCounts,
  Report,
  UpgradeReport,
} from '../../src/report/model.ts';

export function sampleCapture(changes: Partial<CaptureReport> = {}): CaptureReport {
  return {
    path: 'dump.pcap',
    format: 'pcap',
    compression: null,
    linkTypes: ['EN10MB'],
    timestampResolution: 'us',
    packets: 24,
    bytes: 3412,
    firstPacketAt: '2024-05-01T10:00:00.123456000Z',
    lastPacketAt: '2024-05-01T10:00:12.423456000Z',
    durationMs: 12300,
    notes: [],
    ...changes,
  };
}

export function sampleUpgrade(changes: Partial<UpgradeReport> = {}): UpgradeReport {
  return {
    requestPacket: 4,
    responsePacket: 6,
    method: 'GET',
    target: '/chat?room=1',
    host: 'localhost:8080',
    httpVersion: '1.1',
    status: 101,
    latencyMs: 1.42,
    accept: 'valid',
    subprotocol: null,
    extensions: null,
    requestHeaders: [{ name: 'Host', value: 'localhost:8080' }],
    body: null,
    responseHeaders: [{ name: 'Server', value: 'aiohttp' }],
    ...changes,
  };
}

export function sampleTraffic(frames: Partial<FrameCounts> = {}): DirectionTraffic {
  return {
    frames: { text: 0, binary: 0, continuation: 0, close: 0, ping: 0, pong: 0, reserved: 0, ...frames },
    messages: frames.text ?? 0,
    payloadBytes: 0,
    segments: 1,
    retransmissions: 0,
    outOfOrder: 0,
    gapBytes: 0,
  };
}

export function sampleClose(changes: Partial<CloseReport> = {}): CloseReport {
  return {
    frameFirstBy: null,
    firstBy: 'server',
    how: 'fin',
    packet: 8,
    afterUpgradeMs: 0.657,
    forged: null,
    notify: null,
    clientCode: null,
    clientReason: null,
    serverCode: null,
    serverReason: null,
    clean: false,
    ...changes,
  };
}

export function sampleAnomaly(changes: Partial<AnomalyReport> = {}): AnomalyReport {
  return {
    rule: 'handshake-close',
    kind: 'no-frame',
    severity: 'error',
    message:
      'The server answered 101 in packet 6 and sent FIN 0.657 ms later in packet 8, with no frame from either side. ' +
      'The handler behind the upgrade failed or returned at once: look at the log of "aiohttp" at that moment.',
    advice: '',
    packets: [6, 8],
    at: '2024-05-01T10:00:00.130000000Z',
    explain: `wscap explain ${changes.rule ?? 'handshake-close'}`,
    evidence: { afterUpgradeMs: 0.657, server: 'aiohttp' },
    follows: null,
    ...changes,
  };
}

/** A finding over several connections. */
export function sampleAcross(
  connections: number[],
  changes: Partial<CrossAnomalyReport> = {},
): CrossAnomalyReport {
  return {
    ...sampleAnomaly(changes),
    connections,
    refs: connections.map(String),
    followers: [],
    ...changes,
  };
}

/** A clean connection; `changes` makes it another. */
export function sampleConnection(changes: Partial<ConnectionReport> = {}): ConnectionReport {
  return {
    id: 0,
    ref: String(changes.id ?? 0),
    client: { address: '127.0.0.1', port: 54321 },
    server: { address: '127.0.0.1', port: 8080 },
    firstPacket: 1,
    lastPacket: 12,
    openedAt: '2024-05-01T10:00:00.123456000Z',
    durationMs: 3210,
    verdict: 'clean',
    opening: 'handshake',
    lifecycle: [{ state: 'open', packet: 6, at: '2024-05-01T10:00:00.124876000Z' }],
    upgrade: sampleUpgrade(),
    traffic: {
      clientToServer: sampleTraffic({ text: 3, close: 1 }),
      serverToClient: sampleTraffic({ text: 12, close: 1 }),
    },
    close: sampleClose({
      frameFirstBy: 'client',
      firstBy: 'client',
      afterUpgradeMs: 3200,
      clientCode: 1000,
      serverCode: 1000,
      clean: true,
    }),
    heartbeat: null,
    timeline: [],
    anomalies: [],
    notes: [],
    ...changes,
  };
}

export function handshakeClose(changes: Partial<ConnectionReport> = {}): ConnectionReport {
  return sampleConnection({
    verdict: 'handshake-close',
    durationMs: 2.4,
    traffic: { clientToServer: sampleTraffic(), serverToClient: sampleTraffic() },
    close: sampleClose(),
    anomalies: [sampleAnomaly()],
    ...changes,
  });
}

/** Wraps connections, counting what the totals say of them. */
export function sampleReport(connections: ConnectionReport[], changes: Partial<Report> = {}): Report {
  const anomalies = { error: 0, warning: 0, info: 0 };
  for (const { severity } of [...connections, ...[changes]].flatMap((each) => each.anomalies ?? [])) {
    anomalies[severity]++;
  }
  return {
    schema: 'wscap/report@1',
    tool: { name: 'wscap', version: '0.1.0' },
    options: { windowMs: 100, reader: 'wscap', ports: [], rules: {} },
    captures: [sampleCapture()],
    totals: {
      packets: 24,
      tcpConnections: connections.length,
      upgradeRequests: connections.length,
      webSocketConnections: connections.filter(({ upgrade }) => upgrade?.status === 101).length,
      webSockets: connections.filter(({ upgrade }) => upgrade?.status === 101).length,
      anomalies,
    },
    connections,
    anomalies: [],
    notes: [],
    ...changes,
  };
}
