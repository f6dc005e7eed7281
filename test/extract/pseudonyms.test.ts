import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortMap } from '../../src/extract/port-map.ts';
import { Pseudonyms } from '../../src/extract/pseudonyms.ts';

const KEY = new TextEncoder().encode('key');
const OTHER_KEY = new TextEncoder().encode('another key');

describe('Pseudonyms', () => {
  it('gives a word a pseudonym of the same length, the same each time, and never that of another word', () => {
    const pseudonyms = new Pseudonyms(KEY);
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 2, maxLength: 30 }), { maxLength: 20 }), (words) => {
        const results = words.map((word) => pseudonyms.word(word));
        results.forEach((result, index) => {
          expect(result).toMatch(/^[a-z]+$/);
          expect(result).toHaveLength(words[index]!.length);
          expect(pseudonyms.word(words[index]!)).toBe(result);
        });
        expect(new Set(results).size).toBe(words.length);
      }),
    );
  });

  it('depends on the key', () => {
    expect(new Pseudonyms(KEY).word('secret-word')).toBe(new Pseudonyms(KEY).word('secret-word'));
    expect(new Pseudonyms(KEY).word('secret-word')).not.toBe(new Pseudonyms(OTHER_KEY).word('secret-word'));
  });

  it('keeps short payloads apart: all of one and of two bytes', () => {
    const pseudonyms = new Pseudonyms(KEY);
    const ones = new Set(
      Array.from({ length: 256 }, (_, value) => pseudonyms.permute(Uint8Array.of(value))[0]),
    );
    expect(ones.size).toBe(256);
    const twos = new Set(
      Array.from({ length: 4096 }, (_, value) =>
        Buffer.from(pseudonyms.permute(Uint8Array.of(value >> 8, value))).readUInt16BE(0),
      ),
    );
    expect(twos.size).toBe(4096);
  });

  it('gives payloads of any length replacements that differ where the payloads differ', () => {
    const pseudonyms = new Pseudonyms(KEY);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 125 }), fc.nat(), (payload, place) => {
        const result = Buffer.from(pseudonyms.permute(payload));
        expect(result).toHaveLength(payload.length);
        expect(result.equals(pseudonyms.permute(payload))).toBe(true);
        if (payload.length === 0) return;
        const other = payload.slice();
        other[place % payload.length]! ^= 1;
        expect(result.equals(pseudonyms.permute(other))).toBe(false);
      }),
    );
  });

  it('keeps a masking key of 0, and never makes another key 0', () => {
    const pseudonyms = new Pseudonyms(KEY);
    expect(pseudonyms.mask(0)).toBe(0);
    expect(pseudonyms.mask(0x12345678)).not.toBe(0);
    expect(pseudonyms.mask(0x12345678)).not.toBe(0x12345678);
  });

  it('makes hardware addresses locally administered, and keeps group addresses', () => {
    const pseudonyms = new Pseudonyms(KEY);
    const card = Uint8Array.of(0, 0x1b, 0x21, 1, 2, 3);
    expect(pseudonyms.hardwareAddress(card)[0]).toBe(2);
    expect(Buffer.from(pseudonyms.hardwareAddress(card)).includes(Buffer.from([1, 2, 3]))).toBe(false);
    const broadcast = new Uint8Array(6).fill(0xff);
    expect(pseudonyms.hardwareAddress(broadcast)).toEqual(broadcast);
    expect(pseudonyms.hardwareAddress(new Uint8Array(6))).toEqual(new Uint8Array(6));
  });
});

describe('PortMap', () => {
  it('is a permutation of all ports that keeps those of servers, and those below 1024', () => {
    const kept = new Set([8080, 9000, 40_000]);
    const map = new PortMap(new Pseudonyms(KEY), kept);
    const ports = Array.from({ length: 65_536 }, (_, port) => port).filter(
      (port) => port < 2000 || port % 17 === 0 || kept.has(port),
    );
    const results = ports.map((port) => map.map(port));
    expect(new Set(results).size).toBe(ports.length);
    ports.forEach((port, index) => {
      if (port < 1024 || kept.has(port)) expect(results[index]).toBe(port);
      else expect(results[index]! >= 32_768).toBe(port >= 32_768);
      if (!kept.has(port)) expect(kept.has(results[index]!)).toBe(false);
    });
  });
});
