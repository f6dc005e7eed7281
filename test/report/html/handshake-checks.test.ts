import { describe, expect, it } from 'vitest';
import { handshakeChecks } from '../../../src/report/html/handshake-checks.ts';
import type { HeaderLine } from '../../../src/report/model.ts';
import { sampleUpgrade } from '../sample-report.ts';

const lines = (headers: Record<string, string>): HeaderLine[] =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const request = {
  Host: 'example.com',
  Upgrade: 'WebSocket',
  Connection: 'keep-alive, Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const response = { Upgrade: 'websocket', Connection: 'upgrade' };

const failed = (changes: Parameters<typeof sampleUpgrade>[0]) =>
  handshakeChecks(
    sampleUpgrade({ requestHeaders: lines(request), responseHeaders: lines(response), ...changes }),
  )
    .filter(({ isMet }) => isMet === false)
    .map(({ what, found }) => `${what}: ${found}`);

describe('handshakeChecks', () => {
  it('has nothing to say against a handshake in order', () => {
    expect(failed({})).toEqual([]);
  });

  it('finds what the RFC asks for and is not there', () => {
    expect(failed({ httpVersion: '1.0' })).toEqual(['GET, HTTP/1.1 or newer: GET, HTTP/1.0']);
    expect(failed({ requestHeaders: lines({ ...request, Connection: 'close' }) })).toEqual([
      'Connection: Upgrade: close',
    ]);
    expect(failed({ requestHeaders: lines({ ...request, 'Sec-WebSocket-Key': 'short' }) })).toEqual([
      'Sec-WebSocket-Key, 16 bytes: short',
    ]);
    expect(failed({ accept: 'invalid' })).toEqual(['Sec-WebSocket-Accept matches the key: invalid']);
    expect(failed({ responseHeaders: lines({ ...response, 'Content-Length': '0' }) })).toEqual([
      'No body announced: 0',
    ]);
  });

  it('compares the subprotocol with what was offered', () => {
    const offered = lines({ ...request, 'Sec-WebSocket-Protocol': 'chat, superchat' });
    expect(failed({ requestHeaders: offered })).toEqual(['Subprotocol: offered, none chosen']);
    const chosen = lines({ ...response, 'Sec-WebSocket-Protocol': 'superchat' });
    expect(failed({ requestHeaders: offered, responseHeaders: chosen })).toEqual([]);
    expect(failed({ responseHeaders: chosen })).toEqual(['Subprotocol: superchat']);
  });

  it('says of a refusal only that it is one, and of a missing request nothing', () => {
    expect(failed({ status: 403 })).toEqual(['Status 101: 403']);
    expect(
      handshakeChecks(sampleUpgrade({ requestPacket: null })).some(({ side }) => side === 'request'),
    ).toBe(false);
  });
});
