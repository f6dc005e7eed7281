/** Hashes and AES by Node and by noble: published vectors, and the same of any bytes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as aesOfNode from '../../src/platform/node/aes.ts';
import * as sha1OfNode from '../../src/platform/node/sha1.ts';
import * as sha256OfNode from '../../src/platform/node/sha256.ts';
import * as aesOfWeb from '../../src/platform/web/aes.ts';
import * as sha1OfWeb from '../../src/platform/web/sha1.ts';
import * as sha256OfWeb from '../../src/platform/web/sha256.ts';
import { hex } from '../helpers/pcap-builder.ts';

const digits = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.each([
  ['Node', { ...aesOfNode, ...sha1OfNode, ...sha256OfNode }],
  ['the web', { ...aesOfWeb, ...sha1OfWeb, ...sha256OfWeb }],
])('by %s', (_, platform) => {
  test('SHA-1 in base64 (RFC 6455 §1.3), of Latin-1', () => {
    expect(platform.sha1OfLatin1('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11')).toBe(
      's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    );
    // printf '\xe9' | sha1sum
    expect(platform.sha1OfLatin1('\xe9')).toBe(
      Buffer.from('1599e9fa41ec68c80230491902786bee889f5bcb', 'hex').toString('base64'),
    );
  });

  test('SHA-256 (FIPS 180-2, B.1)', () => {
    expect(digits(platform.sha256(ascii('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  test('HMAC-SHA-256 (RFC 4231, cases 2 and 6)', () => {
    expect(digits(platform.hmacSha256(ascii('Jefe'), ascii('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    const longKey = new Uint8Array(131).fill(0xaa);
    const text = ascii('Test Using Larger Than Block-Size Key - Hash Key First');
    expect(digits(platform.hmacSha256(longKey, text))).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
  });

  test('AES-128 (FIPS 197, C.1), block after block', () => {
    const encrypt = platform.aes128(hex('000102030405060708090a0b0c0d0e0f'));
    const block = hex('00112233445566778899aabbccddeeff');
    for (let i = 0; i < 3; i++) {
      expect(digits(encrypt(block))).toBe('69c4e0d86a7b0430d8cdb78070b4c55a');
    }
    expect(digits(block)).toBe('00112233445566778899aabbccddeeff');
  });
});

test('both say the same of any bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, bytes, block, block, (key, text, aesKey, plain) => {
      const latin1 = Buffer.from(text).toString('latin1');
      expect(sha1OfWeb.sha1OfLatin1(latin1)).toBe(sha1OfNode.sha1OfLatin1(latin1));
      expect(digits(sha256OfWeb.sha256(text))).toBe(digits(sha256OfNode.sha256(text)));
      expect(digits(sha256OfWeb.hmacSha256(key, text))).toBe(digits(sha256OfNode.hmacSha256(key, text)));
      expect(digits(aesOfWeb.aes128(aesKey)(plain))).toBe(digits(aesOfNode.aes128(aesKey)(plain)));
    }),
  );
});
