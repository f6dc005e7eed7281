/** Reports of any connections, as far as check compares them, with wire text of any kind. */
import fc from 'fast-check';
import type { ConnectionReport, Report, Severity, Verdict } from '../../src/report/model.ts';
import {
  sampleAnomaly,
  sampleClose,
  sampleConnection,
  sampleReport,
  sampleTraffic,
  sampleUpgrade,
} from '../report/sample-report.ts';

const VERDICTS: readonly Verdict[] = ['handshake-close', 'rejected', 'abnormal', 'clean', 'open', 'unknown'];
const ROLES = [null, 'client', 'server'] as const;
const RULES = ['handshake-close', 'abnormal-closure', 'slow-upgrade', 'retransmissions'];
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

const wireText = fc.oneof(fc.constantFrom('/', '/chat', '/chat?a=1', '/ws'), fc.string({ unit: 'binary' }));
const code = fc.constantFrom(null, 1000, 1001, 4000);

const anomalies = fc.array(
  fc
    .record({ rule: fc.constantFrom(...RULES), severity: fc.constantFrom(...SEVERITIES) })
    .map((changes) => sampleAnomaly(changes)),
  { maxLength: 3 },
);

const connection: fc.Arbitrary<ConnectionReport> = fc
  .record({
    verdict: fc.constantFrom(...VERDICTS),
    host: fc.constantFrom('localhost:8080', 'ws.example', '10.0.0.1:80', null),
    target: wireText,
    subprotocol: fc.option(wireText),
    status: fc.constantFrom(101, 403, null),
    frameFirstBy: fc.constantFrom(...ROLES),
    firstBy: fc.constantFrom(...ROLES),
    how: fc.constantFrom('fin', 'rst', null),
    clean: fc.boolean(),
    codes: fc.tuple(code, code),
    afterUpgradeMs: fc.constantFrom(null, 0, 0.6, 100, 3000),
    texts: fc.tuple(fc.nat(3), fc.nat(3)),
    hasClose: fc.boolean(),
    anomalies,
  })
  .map(({ verdict, host, target, subprotocol, status, texts, hasClose, codes, anomalies: found, ...close }) =>
    sampleConnection({
      verdict,
      upgrade: sampleUpgrade({ host, target, subprotocol, status }),
      traffic: {
        clientToServer: sampleTraffic({ text: texts[0] }),
        serverToClient: sampleTraffic({ text: texts[1] }),
      },
      close: hasClose ? sampleClose({ ...close, clientCode: codes[0], serverCode: codes[1] }) : null,
      anomalies: found,
    }),
  );

export const anyReport: fc.Arbitrary<Report> = fc
  .tuple(fc.array(connection, { maxLength: 8 }), anomalies)
  .map(([connections, found]) =>
    sampleReport(
      connections.map((each, id) => ({ ...each, id })),
      { anomalies: found.map((anomaly) => ({ ...anomaly, connections: [0], refs: ['0'], followers: [] })) },
    ),
  );
