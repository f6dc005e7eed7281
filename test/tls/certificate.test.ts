import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/tls/certificate.ts';

/** Made with `openssl req -x509`: a self-signed certificate with four kinds of names. */
const CERTIFICATE = Buffer.from(
  'MIICNTCCAdugAwIBAgIUBL5teQOwv0mVbXwIhj9ZMlQq5CcwCgYIKoZIzj0EAwIwTTELMAkGA1UEBhMCREUxHjAcBgNVBAoMFULD' +
    'pGNrZXIgJiBTw7ZobmUsIEx0ZDEKMAgGA1UECwwBeDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTIwMTEzNTM0M1oXDTI2MTIz' +
    'MTEzNTM0M1owTTELMAkGA1UEBhMCREUxHjAcBgNVBAoMFULDpGNrZXIgJiBTw7ZobmUsIEx0ZDEKMAgGA1UECwwBeDESMBAGA1UE' +
    'AwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgva4CuhV7a3bue0Tq3j6t/vFivit0NOB8I5jt+ur4VOjLJpL' +
    'OrAhomRjw9F1VIBDkgBMRrHF0SRKXqf46Q1qQqOBmDCBlTAdBgNVHQ4EFgQU605GAXkGIY/WoJkrkq17knW4rfowHwYDVR0jBBgw' +
    'FoAU605GAXkGIY/WoJkrkq17knW4rfowDwYDVR0TAQH/BAUwAwEB/zBCBgNVHREEOzA5gglsb2NhbGhvc3SCDSouZXhhbXBsZS5v' +
    'cmeHBH8AAAGHECABDbgAAAAAAAAAAAAAAAGBBWFAYi5jMAoGCCqGSM49BAMCA0gAMEUCIDNnCSzjVpBwgB9+ws7/HSbunBLSlPAh' +
    'dC2T36LajULGAiEA5ZwHhVQCRcVUC4V7Fo7cOB2yaUbBIcGRFQFQrRZ/Dho=',
  'base64',
);

describe('a certificate', () => {
  test('is read', () => {
    expect(readCertificate(CERTIFICATE)).toEqual({
      subject: String.raw`C=DE, O=Bäcker & Söhne\, Ltd, OU=x, CN=localhost`,
      issuer: String.raw`C=DE, O=Bäcker & Söhne\, Ltd, OU=x, CN=localhost`,
      names: ['localhost', '*.example.org', '127.0.0.1', '2001:db8::1'],
      notBefore: '2026-12-01T13:53:43Z',
      notAfter: '2026-12-31T13:53:43Z',
    });
  });

  test('has the dates that Node reads', () => {
    const { validFrom, validTo } = new X509Certificate(CERTIFICATE);
    const read = readCertificate(CERTIFICATE)!;
    expect(new Date(read.notBefore)).toEqual(new Date(validFrom));
    expect(new Date(read.notAfter)).toEqual(new Date(validTo));
  });

  test('bytes behind it do not count', () => {
    expect(readCertificate(Buffer.concat([CERTIFICATE, Buffer.alloc(40, 0x30)]))).toEqual(
      readCertificate(CERTIFICATE),
    );
  });
});

describe('what is no certificate', () => {
  test('every truncation gives null', () => {
    for (let length = 0; length < CERTIFICATE.length; length++) {
      expect(readCertificate(CERTIFICATE.subarray(0, length))).toBeNull();
    }
  });

  test('any bytes, and a certificate with any change, give null or bounded facts', () => {
    const changed = fc
      .array(fc.tuple(fc.nat(CERTIFICATE.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = Uint8Array.from(CERTIFICATE);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const read = readCertificate(bytes);
        if (read === null) return;
        expect(read.names.length).toBeLessThanOrEqual(50);
        for (const name of read.names) expect(name.length).toBeLessThanOrEqual(255);
        expect(read.subject.length).toBeLessThan(10_000);
        expect(read.notBefore).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      }),
    );
  });

  test('lengths that lie, and tags of several bytes', () => {
    for (const bytes of [
      [0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0],
      [0x30, 0x80, 0, 0],
      [0x1f, 0x81, 0x01, 0],
      [0x30, 0x89, 1],
    ]) {
      expect(readCertificate(Uint8Array.from(bytes))).toBeNull();
    }
  });
});
