import { describe, expect, it } from 'vitest';
import { endingSentence } from '../../../src/report/html/ending-sentence.ts';
import type { ConnectionReport } from '../../../src/report/model.ts';
import {
  handshakeClose,
  sampleClose,
  sampleConnection,
  sampleTraffic,
  sampleUpgrade,
} from '../sample-report.ts';

const sentence = (connection: ConnectionReport) => endingSentence(connection, (text) => text);

describe('endingSentence', () => {
  it.each<[string, ConnectionReport]>([
    [
      'The server ended the connection with FIN 0.657 ms after the 101, without a Close frame.',
      handshakeClose(),
    ],
    [
      'The server ended the connection with FIN together with the 101, without a Close frame.',
      handshakeClose({ close: sampleClose({ afterUpgradeMs: 0 }) }),
    ],
    [
      'Closed cleanly 3.2 s after the 101: client Close 1000, answered by the server; the client sent FIN first.',
      sampleConnection(),
    ],
    [
      'The server ended the connection with RST 9.1 s after the 101. Close frames: server Close 1011 “boom”, unanswered.',
      sampleConnection({
        verdict: 'abnormal',
        traffic: { clientToServer: sampleTraffic(), serverToClient: sampleTraffic({ close: 1 }) },
        close: sampleClose({
          frameFirstBy: 'server',
          how: 'rst',
          afterUpgradeMs: 9100,
          serverCode: 1011,
          serverReason: 'boom',
        }),
      }),
    ],
    [
      'The server refused the upgrade with status 403.',
      sampleConnection({ verdict: 'rejected', upgrade: sampleUpgrade({ status: 403 }) }),
    ],
    [
      'The server never answered the upgrade request; the client ended the connection with RST.',
      sampleConnection({
        verdict: 'unanswered',
        upgrade: sampleUpgrade({ status: null, responsePacket: null }),
        close: sampleClose({ firstBy: 'client', how: 'rst', afterUpgradeMs: null }),
      }),
    ],
    ['Still open when the capture ended.', sampleConnection({ verdict: 'open', close: null })],
    ['How it ended is not in the capture.', sampleConnection({ verdict: 'unknown', close: null })],
  ])('says: %s', (expected, connection) => {
    expect(sentence(connection)).toBe(expected);
  });
});
