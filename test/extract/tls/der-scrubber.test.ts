import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { PortMap } from '../../../src/extract/port-map.ts';
import { Pseudonyms } from '../../../src/extract/pseudonyms.ts';
import { scrubDer } from '../../../src/extract/tls/der-scrubber.ts';
import { AddressMap } from '../../../src/redact/address-map.ts';
import { text } from '../../helpers/packet-bytes.ts';
import { concat } from '../../helpers/pcap-builder.ts';
import { conversationsIn } from './streams.ts';

const KEY = text('a key');
const pseudonyms = new Pseudonyms(KEY);
const endpoints = {
  pseudonyms,
  addresses: new AddressMap(KEY),
  ports: new PortMap(pseudonyms, new Set()),
};

function scrubbed(der: Uint8Array): Uint8Array {
  const copy = new Uint8Array(der);
  scrubDer(copy, 0, copy.length, endpoints);
  return copy;
}

const element = (tag: number, content: Uint8Array | readonly number[]) =>
  Uint8Array.of(tag, content.length, ...content);

describe('a certificate of a recording', () => {
  let der: Buffer;
  beforeAll(async () => {
    const [conversation] = await conversationsIn('fixtures/wss/node-tls12.pcap');
    const server = Buffer.from(
      concat(conversation!.pieces.filter(({ direction }) => direction === 1).map(({ bytes }) => bytes)),
    );
    // Message 11, the length of the list, the length of the first one.
    const at = server.findIndex(
      (byte, index) =>
        byte === 0x0b && server.readUIntBE(index + 1, 3) === server.readUIntBE(index + 4, 3) + 3,
    );
    der = server.subarray(at + 10, at + 10 + server.readUIntBE(at + 7, 3));
  });

  it('is still a certificate, with the same key type and days, and other names, numbers and keys', () => {
    const [before, after] = [new X509Certificate(der), new X509Certificate(scrubbed(der))];
    expect(after.subject.split('\n').map((line) => line.split('=')[0])).toEqual(
      before.subject.split('\n').map((line) => line.split('=')[0]),
    );
    expect(after.subject).toHaveLength(before.subject.length);
    expect(after.subject).not.toBe(before.subject);
    expect(after.issuer).not.toBe(before.issuer);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(after.serialNumber).toHaveLength(before.serialNumber.length);
    expect(after.subjectAltName).not.toBe(before.subjectAltName);
    const day = (time: string) => time.replace(/ \d\d:\d\d:\d\d /, ' ');
    expect(day(after.validFrom)).toBe(day(before.validFrom));
    expect(after.validFrom).toContain(' 00:00:00 ');
    expect(day(after.validTo)).toBe(day(before.validTo));
    expect(after.validTo).toContain(' 23:59:59 ');
  });

  it('holds no long part of what it was but algorithms and the ids of extensions', () => {
    const after = Buffer.from(scrubbed(der));
    expect(after).toHaveLength(der.length);
    const same = after.filter((byte, at) => byte === der[at]).length;
    expect(same).toBeLessThan(der.length * 0.6);
    for (const word of new X509Certificate(der).subject.matchAll(/=(.*)/g)) {
      expect(after.includes(word[1]!)).toBe(false);
    }
  });

  it('becomes the same each time, also where it is cut', () => {
    expect(scrubbed(der)).toEqual(scrubbed(der));
    for (let length = 0; length < der.length; length += 7) {
      expect(scrubbed(der.subarray(0, length))).toHaveLength(length);
    }
  });
});

describe('an element', () => {
  it.each([
    ['true', element(1, [255])],
    ['null', element(5, [])],
    ['a version', element(2, [2])],
    ['the exponent 65537', element(2, [1, 0, 1])],
    ['the id of a common extension', element(6, [0x55, 0x1d, 0x11])],
    ['a key usage', element(3, [5, 0xa0])],
  ])('stays where it is %s', (_, der) => {
    expect(scrubbed(der)).toEqual(der);
  });

  it('becomes another one where it is a number, positive and as long', () => {
    const [long, padded] = [element(2, [0x12, 0x34, 0x56, 0x78]), element(2, [0, 0x92, 0x34, 0x56])];
    expect(scrubbed(long)).not.toEqual(long);
    expect(scrubbed(long)[2]! & 0xc0).toBe(0x40);
    expect(
      scrubbed(padded)
        .slice(2, 4)
        .map((byte) => byte & 0x80),
    ).toEqual(Uint8Array.of(0, 0x80));
  });

  it('becomes another id where it is that of a company', () => {
    const der = element(6, [0x2b, 6, 1, 4, 1, 0x82, 0x37, 21, 7]);
    const after = scrubbed(der);
    expect(after).not.toEqual(der);
    expect([...after.slice(2)].map((byte) => byte & 0x80)).toEqual(
      [...der.slice(2)].map((byte) => byte & 0x80),
    );
  });

  it('keeps the dots of a host name, and its wildcard', () => {
    expect(Buffer.from(scrubbed(element(0x82, text('*.example.com')))).toString('latin1', 2)).toMatch(
      /^\*\.[a-z]{7}\.[a-z]{3}$/,
    );
  });

  it('is the same name in a certificate as in a hello', () => {
    const [one, two] = [element(0x82, text('shop.example.com')), element(12, text('SHOP.example.com'))];
    expect(scrubbed(one).slice(2)).toEqual(scrubbed(two).slice(2));
  });

  it('has an address of the documentation ranges in place of an address', () => {
    expect([...scrubbed(element(0x87, [10, 1, 2, 3]))].slice(2, 4)).toEqual([192, 0]);
  });

  it('has no time of the day', () => {
    const times = concat([element(23, text('240102030405Z')), element(24, text('20250102030405Z'))]);
    expect(Buffer.from(scrubbed(element(0x30, times))).toString('latin1')).toContain('240102000000Z');
    expect(Buffer.from(scrubbed(element(0x30, times))).toString('latin1')).toContain('20250102235959Z');
  });
});

it('keeps the length of any bytes, however deep', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(scrubbed(bytes)).toHaveLength(bytes.length);
    }),
    { numRuns: 500, seed: 9 },
  );
  let deep: Uint8Array = element(12, text('alice'));
  for (let depth = 0; depth < 50; depth++) deep = element(0x30, deep);
  expect(Buffer.from(scrubbed(deep)).includes('alice')).toBe(false);
});
