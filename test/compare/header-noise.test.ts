import { describe, expect, it } from 'vitest';
import { compareHeaders } from '../../src/compare/compare-headers.ts';
import { headerNoise } from '../../src/compare/header-noise.ts';
import type { HeaderLine } from '../../src/report/model.ts';

const HOSTS = { good: 'chat.example.com', bad: 'chat.beta.example.com' };

describe('headerNoise', () => {
  it.each([
    ['sec-websocket-key', 'a', 'b', 'a new key for every handshake'],
    ['date', 'x', 'y', 'the time'],
    ['host', 'a.example', 'b.example', 'each environment has its own'],
    ['cookie', 'sid=1; theme=dark', 'theme=light; sid=2', 'values of the same cookies'],
    ['set-cookie', 'sid=1; Path=/; Secure', 'sid=2; secure; path=/', 'values of the same cookies'],
    ['set-cookie', 'sid=1; Max-Age=1', 'sid=2; Max-Age=9', 'values of the same cookies'],
    ['authorization', 'Bearer a', 'Bearer b', 'credentials of the same kind (bearer)'],
    ['x-forwarded-for', '192.0.2.1', '192.0.2.9', 'addresses'],
    ['origin', 'https://chat.example.com', 'https://chat.beta.example.com', 'follows the host'],
    ['origin', 'https://www.example.com', 'https://www.beta.example.com', 'follows the host'],
    ['x-build', '2024-05-01T10:00:00Z', '2024-05-02T11:00:00Z', 'the time'],
    [
      'x-thing',
      '550e8400-e29b-41d4-a716-446655440000',
      '0b8e7b8c-5d0f-4d3e-9a55-0c6e3d9c1f00',
      'tokens or ids',
    ],
    ['user-agent', 'Chrome/130.0.1', 'Chrome/131.0.0', 'another version'],
  ])('says of %s: %s and %s that it is %4$s', (name, good, bad, noise) => {
    expect(headerNoise(name, good, bad, HOSTS)).toBe(noise);
    expect(headerNoise(name, bad, good, { good: HOSTS.bad, bad: HOSTS.good })).toBe(noise);
  });

  it.each([
    ['cookie', 'sid=1', 'sid=1; beta=1'],
    ['set-cookie', 'sid=1; Secure', 'sid=2'],
    ['set-cookie', 'sid=1; SameSite=Lax', 'sid=1; SameSite=None'],
    ['authorization', 'Bearer a', 'Basic b'],
    ['origin', 'https://chat.example.com', 'https://chat.example.org'],
    ['origin', 'https://chat.example.com', 'http://chat.beta.example.com'],
    ['server', 'nginx/1.22', 'nginx/1.25'],
    ['user-agent', 'Chrome/130', 'Firefox/130'],
    ['connection', 'Upgrade', 'close'],
    ['x-limit', '10', '20'],
  ])('lets %s count: %s and %s', (name, good, bad) => {
    expect(headerNoise(name, good, bad, HOSTS)).toBeNull();
  });
});

describe('compareHeaders', () => {
  const lines = (text: string): HeaderLine[] =>
    text.split('\n').map((line) => ({ name: line.split(': ')[0]!, value: line.split(': ')[1]! }));
  const compare = (good: string, bad: string) =>
    compareHeaders(
      'response',
      { headers: lines(good), packet: 6 },
      { headers: lines(bad), packet: 7 },
      HOSTS,
      false,
    );

  it('compares by name, whatever the case, and lists of tokens as lists', () => {
    const { differences, same } = compare(
      'Connection: keep-alive, Upgrade\nUpgrade: WebSocket\nServer: a',
      'connection: Upgrade, Keep-Alive\nupgrade: websocket\nserver: a',
    );
    expect(same).toEqual(['connection', 'upgrade', 'server']);
    expect(differences).toMatchObject([
      { field: 'order and case of headers', noise: 'has no meaning in HTTP' },
    ]);
  });

  it('says which side lacks a line, with the packet of the other', () => {
    expect(compare('Server: a\nX-Accel-Buffering: no', 'Server: a').differences).toEqual([
      {
        section: 'response',
        field: 'header x-accel-buffering',
        good: { value: 'no', packet: 6 },
        bad: { value: null, packet: null },
        noise: null,
      },
    ]);
  });

  it('joins lines of one name', () => {
    expect(compare('Via: a\nVia: b', 'Via: a, b').differences).toMatchObject([
      { noise: 'has no meaning in HTTP' },
    ]);
    expect(compare('Set-Cookie: a=1\nSet-Cookie: b=1', 'Set-Cookie: a=1').differences[0]).toMatchObject({
      good: { value: 'a=1\nb=1' },
      noise: null,
    });
  });

  it('leaves to the negotiation what was agreed on', () => {
    expect(compare('Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b').differences).toEqual([]);
  });
});
