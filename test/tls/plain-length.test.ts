import { expect, test } from 'vitest';
import { plainLength, recordOverhead } from '../../src/tls/plain-length.ts';

// An empty ping has 2 bytes, and is 19, 26, 18 … bytes long in a record.
test.each([
  ['1.3', 'TLS_AES_128_GCM_SHA256', 19, 2],
  ['1.3', 'TLS_AES_128_CCM_8_SHA256', 11, 2],
  ['1.2', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 26, 2],
  ['1.2', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 18, 2],
  ['1.2', 'TLS_RSA_WITH_AES_128_CCM_8', 18, 2],
  // 16 of IV, 20 of MAC, and up to 11 bytes in the first block beside the byte of padding.
  ['1.2', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 48, 11],
  ['1.0', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 32, 11],
  ['1.2', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', 80, 15],
  ['1.2', 'TLS_RSA_WITH_RC4_128_MD5', 18, 2],
])('in TLS %s with %s a record of %d bytes holds at most %d', (version, cipher, length, plain) => {
  expect(plainLength(length, recordOverhead(version, cipher)!)).toBe(plain);
});

test.each([null, '0x1234', 'TLS_RSA_WITH_UNKNOWN'])('nothing is said of the suite %s', (cipher) => {
  expect(recordOverhead('1.2', cipher)).toBeNull();
});

test('a record that is too short holds nothing', () => {
  expect(plainLength(3, { bytes: 17, block: 1 })).toBe(0);
});
