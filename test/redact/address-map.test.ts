import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressMap } from '../../src/redact/address-map.ts';
import { addressBytes, addressText } from '../../src/redact/address-text.ts';

const KEYS = [new Uint8Array(0), Uint8Array.from([1, 2, 3])];
const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
/** Addresses that share long prefixes, as those of one capture do. */
const family = (length: 4 | 16) =>
  fc
    .tuple(
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.array(fc.tuple(fc.nat(length * 8 - 1), fc.nat(length * 8 - 1)), { maxLength: 20 }),
    )
    .map(([first, flips]) => {
      // Not loopback, multicast or broadcast, which stay.
      if (length === 4) first[0] = 10;
      else first[0] = 0x20;
      const all = [first];
      for (const flip of flips) {
        const next = Uint8Array.from(all.at(-1)!);
        for (const bit of flip) if (bit > 7) next[bit >> 3]! ^= 1 << (bit & 7);
        all.push(next);
      }
      return all;
    });

function isDocumentation(text: string): boolean {
  return /^(192\.0\.2|198\.51\.100|203\.0\.113|198\.1[89]\.\d+|2(4\d|5[0-5])\.\d+\.\d+)\.\d+$|^2001:db8:/.test(
    text,
  );
}

function sharedBits(a: Uint8Array, b: Uint8Array): number {
  const bits = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const [left, right] = [bits(a), bits(b)];
  const differs = Array.from(left).findIndex((bit, i) => bit !== right[i]);
  return differs < 0 ? left.length : differs;
}

describe('AddressMap', () => {
  it('gives the first network the first documentation range, and its first host number 1', () => {
    const map = new AddressMap();
    expect(
      ['10.1.2.3', '10.1.2.3', '10.1.2.4', '172.16.0.9', '8.8.8.8', '9.9.9.9'].map((a) => map.mapText(a)),
    ).toEqual(['192.0.2.1', '192.0.2.1', '192.0.2.5', '198.51.100.1', '203.0.113.1', '198.18.0.1']);
    expect(['fd00::1', 'fd00::2', '2a00:1450::8a'].map((a) => map.mapText(a))).toEqual([
      '2001:db8::1',
      '2001:db8::3',
      '2001:db8:1::1',
    ]);
  });

  it('leaves alone addresses that name nobody, and text that is not an address', () => {
    const map = new AddressMap();
    for (const text of [
      '127.0.0.1',
      '0.0.0.0',
      '255.255.255.255',
      '224.0.0.251',
      '::',
      '::1',
      'ff02::1',
      'localhost',
      '',
    ])
      expect(map.mapText(text)).toBe(text);
  });

  it('replaces an IPv4 address in IPv6 as that address', () => {
    const map = new AddressMap();
    expect(map.mapText('10.0.0.7')).toBe('192.0.2.1');
    expect(map.mapText('::ffff:10.0.0.7')).toBe('::ffff:192.0.2.1');
  });

  it('refuses bytes of a length that no address has', () => {
    expect(() => new AddressMap().mapBytes(new Uint8Array(5))).toThrow(RangeError);
  });

  it('depends on the key alone, within a network', () => {
    const [a, b, other] = [Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(2)].map(
      (key) => new AddressMap(key),
    );
    const addresses = Array.from({ length: 16 }, (_, i) => `10.0.0.${i * 11}`);
    const replaced = addresses.map((address) => a!.mapText(address));
    expect(addresses.toReversed().map((address) => b!.mapText(address))).toEqual(replaced.toReversed());
    expect(addresses.map((address) => other!.mapText(address))).not.toEqual(replaced);
  });

  it.each(KEYS.map((key) => [key.length === 0 ? 'no key' : 'a key', key] as const))(
    'keeps addresses apart, networks together and shared bits shared, with %s',
    (_name, key) => {
      fc.assert(
        fc.property(fc.oneof(family(4), family(16)), (addresses) => {
          const map = new AddressMap(key);
          const networkBits = addresses[0]!.length === 4 ? 24 : 48;
          const replaced = addresses.map((address) => map.mapBytes(address));
          for (const [i, a] of addresses.entries()) {
            expect(isDocumentation(addressText(replaced[i]!))).toBe(true);
            expect(map.mapBytes(a)).toEqual(replaced[i]);
            for (const [j, b] of addresses.entries()) {
              const real = sharedBits(a, b);
              const ours = sharedBits(replaced[i]!, replaced[j]!);
              if (real >= networkBits) expect(ours).toBe(real);
              else expect(ours).toBeLessThan(networkBits);
            }
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  it('has room for more networks than there are documentation ranges', () => {
    const map = new AddressMap();
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) seen.add(map.mapText(`10.${i >> 8}.${i & 0xff}.9`));
    expect(seen.size).toBe(2000);
    expect([...seen].every(isDocumentation)).toBe(true);
  });
});

describe('addresses as text', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (bytes) => {
        expect(addressBytes(addressText(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(['', '1.2.3', '1.2.3.256', '::g', 'fe80::1%eth0', '1:2'])('are not %j', (text) => {
    expect(addressBytes(text)).toBeNull();
  });
});
