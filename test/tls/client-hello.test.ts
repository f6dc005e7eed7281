import { describe, expect, it } from 'vitest';
import { isClientHello, readClientHello, recordLength } from '../../src/tls/client-hello.ts';
import { HELLO } from '../helpers/client-hello.ts';

describe('readClientHello', () => {
  it('reads the server name and the protocols that are offered', () => {
    expect(isClientHello(HELLO)).toBe(true);
    expect(recordLength(HELLO)).toBe(HELLO.length);
    expect(readClientHello(HELLO)).toMatchObject({ serverName: 'api.example.com', alpn: ['h2', 'http/1.1'] });
  });

  it('never throws where it is cut, and never invents a name', () => {
    for (let length = 0; length < HELLO.length; length++) {
      const { serverName, alpn } = readClientHello(HELLO.subarray(0, length));
      expect('api.example.com'.startsWith(serverName ?? '')).toBe(true);
      expect(['', 'h2', 'h2,http/1.1'].some((all) => all.startsWith(alpn.join()))).toBe(true);
    }
  });

  it('says nothing of another handshake message', () => {
    const other = HELLO.slice();
    other[5] = 2;
    expect(isClientHello(other)).toBe(false);
    expect(readClientHello(other)).toMatchObject({ serverName: null, alpn: [] });
  });
});
