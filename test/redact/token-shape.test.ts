import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { looksLikeToken } from '../../src/redact/token-shape.ts';

describe('looksLikeToken', () => {
  it.each([
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
    '550e8400-e29b-41d4-a716-446655440000',
    'd41d8cd98f00b204e9800998ecf8427e',
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'EQVFYjIQzlioGBMeHSbqmMKrrDpxNXAejSOZVGSs',
    'DxnPqQahuveyyPgBSgxXbNtcxPWxIbRa',
    'c2VjcmV0LXRva2VuLWluLWJhc2U2NA==',
  ])('takes %s for one', (text) => {
    expect(looksLikeToken(text)).toBe(true);
  });

  it.each([
    '',
    'chat',
    'graphql-transport-ws',
    'actioncable-v1-json',
    'json.reliable.webpubsub.azure.v1',
    'v4.channel.k8s.io',
    'MyCustomSubProtocolName',
    'JSONRPCoverHTTPS',
    'getOrCreateSessionByUserId',
    'doItInOrderOrGoHome',
    'permessage-deflate',
    'client_max_window_bits=15',
    '2023-11-14T22:13:20.101Z',
    'swoole-http-server',
    'application/vnd.example.chat.v2+json',
    'conference-room-number-12',
  ])('takes %s for a name', (text) => {
    expect(looksLikeToken(text)).toBe(false);
  });

  it('knows nearly all random strings of 24 characters and more', () => {
    const isKnown = (_: unknown, i: number) => {
      const random = createHash('sha512').update(String(i)).digest();
      return looksLikeToken(random.toString(i % 2 === 0 ? 'base64url' : 'hex').slice(0, 24 + (i % 30)));
    };
    expect(Array.from({ length: 2000 }, isKnown).filter((known) => !known).length).toBeLessThan(3);
  });
});
