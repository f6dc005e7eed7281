import { describe, expect, it } from 'vitest';
import {
  closedText,
  enderText,
  endpointText,
  frameTexts,
  NO_BREAK_SPACE,
  targetText,
  upgradeText,
} from '../../src/report/connection-text.ts';
import { escapeText } from '../../src/report/escape.ts';
import type { ConnectionReport } from '../../src/report/model.ts';
import { sampleClose, sampleConnection, sampleTraffic, sampleUpgrade } from './sample-report.ts';

const spaced = (text: string) => text.replaceAll(NO_BREAK_SPACE, ' ');
const closed = (changes: Partial<ConnectionReport>) =>
  spaced(closedText(sampleConnection(changes), escapeText));
const silent = { clientToServer: sampleTraffic(), serverToClient: sampleTraffic() };

describe('endpointText', () => {
  it('puts brackets around IPv6 only', () => {
    expect(endpointText({ address: '10.0.0.1', port: 80 }, escapeText)).toBe('10.0.0.1:80');
    expect(endpointText({ address: '2001:db8::1', port: 80 }, escapeText)).toBe('[2001:db8::1]:80');
  });
});

describe('targetText', () => {
  const target = (changes: Parameters<typeof sampleUpgrade>[0]) =>
    targetText(sampleConnection({ upgrade: sampleUpgrade(changes) }), escapeText);

  it('joins host and path', () => {
    expect(target({})).toBe('localhost:8080/chat?room=1');
  });

  it('leaves an absolute target alone', () => {
    expect(target({ target: 'http://example.com/chat' })).toBe('http://example.com/chat');
  });

  it('says what is known where one is missing', () => {
    expect(target({ host: null })).toBe('/chat?room=1');
    expect(target({ host: null, target: null })).toBe('–');
    expect(targetText(sampleConnection({ upgrade: null }), escapeText)).toBe('–');
  });

  it('escapes wire text', () => {
    expect(target({ host: 'evil\u001b[2J', target: '/\u202e' })).toBe('evil\\x1b[2J/\\u{202e}');
  });
});

describe('upgradeText', () => {
  const upgrade = (changes: Parameters<typeof sampleUpgrade>[0]) =>
    spaced(upgradeText(sampleConnection({ upgrade: sampleUpgrade(changes) })));

  it('gives the status and how long it took', () => {
    expect(upgrade({})).toBe('101 in 1.4 ms');
    expect(upgrade({ status: 403, latencyMs: null })).toBe('403');
  });

  it('tells an upgrade without an answer from one that was not captured', () => {
    expect(upgrade({ status: null, responsePacket: null, latencyMs: null })).toBe('no answer');
    expect(upgradeText(sampleConnection({ upgrade: null, opening: 'inferred' }))).toBe('not captured');
    expect(upgradeText(sampleConnection({ upgrade: null, opening: null }))).toBe('–');
  });
});

describe('frameTexts', () => {
  it('counts frames of every kind by direction', () => {
    const traffic = {
      clientToServer: sampleTraffic({ text: 1000, ping: 200, close: 34 }),
      serverToClient: sampleTraffic({ binary: 2, continuation: 3, pong: 4, reserved: 1 }),
    };
    expect(frameTexts(sampleConnection({ traffic }))).toEqual(['↑ 1,234', '↓ 10']);
  });
});

describe('closedText', () => {
  it('says who ended TCP, how, and how long after the 101', () => {
    expect(closed({ traffic: silent, close: sampleClose() })).toBe('server FIN 0.657 ms after the 101');
    expect(closed({ traffic: silent, close: sampleClose({ firstBy: 'client', how: 'rst' }) })).toBe(
      'client RST 0.657 ms after the 101',
    );
  });

  it('says that a FIN rode on the packet of the 101', () => {
    expect(closed({ traffic: silent, close: sampleClose({ afterUpgradeMs: 0 }) })).toBe(
      'server FIN together with the 101',
    );
  });

  it('says of an end that was captured before the 101 how long before', () => {
    expect(
      closed({ traffic: silent, close: sampleClose({ afterUpgradeMs: -0.25 }) }).replaceAll('\u00a0', ' '),
    ).toBe('server FIN captured 0.25 ms before the 101');
  });

  it('names who began the closing handshake', () => {
    const close = sampleClose({ clientCode: 1000, serverCode: 1000, clean: true });
    expect(closed({ close: { ...close, frameFirstBy: 'client' } })).toBe(
      'client Close 1000, answered, server FIN first',
    );
    expect(closed({ close: { ...close, frameFirstBy: 'server' } })).toBe(
      'server Close 1000, answered, server FIN first',
    );
  });

  it('gives both codes where they differ, in the order in which they were sent', () => {
    const close = sampleClose({ clientCode: 1000, serverCode: 1008, serverReason: 'expired', clean: true });
    expect(closed({ close: { ...close, frameFirstBy: 'server' } })).toBe(
      'server Close 1008 “expired”, client Close 1000, server FIN first',
    );
  });

  it('gives the time where only one side sent a Close', () => {
    const traffic = { clientToServer: sampleTraffic({ close: 1 }), serverToClient: sampleTraffic() };
    expect(closed({ traffic, close: sampleClose({ clientCode: 1001 }) })).toBe(
      'client Close 1001, server FIN 0.657 ms after the 101',
    );
  });

  it('tells a Close without a code from none', () => {
    const traffic = { clientToServer: sampleTraffic(), serverToClient: sampleTraffic({ close: 1 }) };
    expect(closed({ traffic, close: sampleClose() })).toBe(
      'server Close without code, server FIN 0.657 ms after the 101',
    );
  });

  it('escapes and cuts a reason', () => {
    const close = sampleClose({ clientCode: 4001, clientReason: `\u001b${'x'.repeat(200)}`, how: null });
    const traffic = { clientToServer: sampleTraffic({ close: 1 }), serverToClient: sampleTraffic() };
    const text = closed({ traffic, close });
    expect(text).toMatch(/^client Close 4001 “\\x1bx+…x+”$/);
    expect(text.length).toBeLessThan(70);
  });

  it('does not claim that a connection is open when its end was not captured', () => {
    expect(closed({ close: null, verdict: 'open' })).toBe('still open');
    expect(closed({ close: null, verdict: 'unknown' })).toBe('no end captured');
  });
});

it('names no sender of a RST that its side did not send', () => {
  const close = sampleClose({ how: 'rst', forged: 'certain' });
  expect(spaced(closedText(sampleConnection({ close, traffic: silent }), escapeText))).toBe(
    'RST in the name of the server 0.657 ms after the 101',
  );
});

it('a RST whose sender did not know the connection comes in the name of a side', () => {
  const close = sampleClose({ how: 'rst', firstBy: 'client', bareReset: true });
  expect(enderText(close)).toBe('RST in the name of the client');
});

it.each([
  [12592, '00', 'server Close with the text “1000” for a code'],
  [13360, '01 not allowed', 'server Close with the text “4001 not allowed” for a code'],
  [12592, 'ab', 'server Close 12592 “ab”'],
  [1000, '00', 'server Close 1000 “00”'],
])('a code that is written as text is shown as that text: %i %s', (serverCode, serverReason, text) => {
  const close = sampleClose({ how: null, frameFirstBy: 'server', serverCode, serverReason });
  const connection = sampleConnection({ close, verdict: 'closed' });
  expect(closedText(connection, (each) => each)).toContain(text);
});
