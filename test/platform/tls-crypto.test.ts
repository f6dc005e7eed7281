import { createCipheriv, randomBytes, type CipherGCMTypes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ofNode from '../../src/platform/node/tls-crypto.ts';
import * as ofWeb from '../../src/platform/web/tls-crypto.ts';

const AEADS: readonly (readonly [ofNode.AeadName, number, number])[] = [
  ['aes-128-gcm', 16, 16],
  ['aes-256-gcm', 32, 16],
  ['aes-128-ccm', 16, 16],
  ['aes-256-ccm', 32, 8],
  ['chacha20-poly1305', 32, 16],
];

function seal(
  name: string,
  tagLength: number,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(name as CipherGCMTypes, key, nonce, { authTagLength: tagLength });
  cipher.setAAD(additional, { plaintextLength: plain.length });
  return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
}

describe.each([
  ['Node', ofNode],
  ['the web', ofWeb],
] as const)('what TLS needs of cryptography, on %s', (_name, platform) => {
  it.each(AEADS)('opens what %s sealed, and nothing that was changed', (name, keyLength, tagLength) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(1000), fc.nat(5), (plain, at, before) => {
        const key = new Uint8Array(randomBytes(keyLength));
        const nonce = new Uint8Array(randomBytes(12));
        const additional = new Uint8Array(randomBytes(13));
        const sealed = seal(name, tagLength, key, nonce, additional, plain);
        const bytes = new Uint8Array(before + sealed.length + 3);
        bytes.set(sealed, before);
        const open = platform.aead(name, key, tagLength);
        const end = before + sealed.length;
        expect([...open(nonce, additional, bytes, before, end)!]).toEqual([...plain]);
        bytes[before + (at % sealed.length)]! ^= 1;
        expect(open(nonce, additional, bytes, before, end)).toBeNull();
        expect(open(nonce, additional, bytes, before, before + 3)).toBeNull();
      }),
      { numRuns: 20 },
    );
  });

  it('decrypts CBC without touching the padding, and makes HMACs of two pieces', () => {
    const key = new Uint8Array(16).fill(7);
    const vector = new Uint8Array(16).fill(9);
    const cipher = createCipheriv('aes-128-cbc', key, vector).setAutoPadding(false);
    const plain = new Uint8Array(32).map((_, at) => at);
    const sealed = new Uint8Array(cipher.update(plain));
    expect([...platform.cbcDecrypt(key, vector, sealed, 0, 32)]).toEqual([...plain]);
    for (const name of ['md5', 'sha1', 'sha256', 'sha384'] as const) {
      const whole = ofNode.hmac(name, key, plain, new Uint8Array(0));
      expect([...platform.hmac(name, key, plain.subarray(0, 5), plain.subarray(5))]).toEqual([...whole]);
    }
  });
});
