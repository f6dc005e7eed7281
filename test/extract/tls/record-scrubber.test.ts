import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { PortMap } from '../../../src/extract/port-map.ts';
import { Pseudonyms } from '../../../src/extract/pseudonyms.ts';
import type { Endpoints } from '../../../src/extract/proxy-header.ts';
import type { HelloFacts } from '../../../src/extract/tls/hello-scrubber.ts';
import { RecordScrubber } from '../../../src/extract/tls/record-scrubber.ts';
import { AddressMap } from '../../../src/redact/address-map.ts';
import { concat } from '../../helpers/pcap-builder.ts';
import { text } from '../../helpers/packet-bytes.ts';
import { conversationsIn, type Conversation } from './streams.ts';

const KEY = text('a key');

function endpoints(): Endpoints {
  const pseudonyms = new Pseudonyms(KEY);
  return { pseudonyms, addresses: new AddressMap(KEY), ports: new PortMap(pseudonyms, new Set()) };
}

type Step = { readonly direction: 0 | 1 } & ({ readonly bytes: Uint8Array } | { readonly gap: number });

/** What becomes of the bytes of each direction. */
function scrubbed(steps: readonly Step[], cut: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes]) {
  const ends = endpoints();
  const facts: HelloFacts = { isTls13: false, version: 0 };
  const out: [Uint8Array[], Uint8Array[]] = [[], []];
  const sides = ([0, 1] as const).map(
    (direction) => new RecordScrubber(ends, facts, (bytes) => out[direction].push(bytes.slice())),
  );
  for (const step of steps) {
    const side = sides[step.direction]!;
    if ('gap' in step) side.gap(step.gap);
    else for (const piece of cut(step.bytes)) side.push(piece, 0, piece.length);
  }
  for (const side of sides) side.end();
  return out.map((pieces) => Buffer.from(concat(pieces)));
}

const byteByByte = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));
const original = ({ pieces }: Conversation, direction: 0 | 1) =>
  Buffer.from(concat(pieces.filter((piece) => piece.direction === direction).map(({ bytes }) => bytes)));

describe.each(['fixtures/wss/node-tls12.pcap', 'fixtures/wss/node-tls13.pcap', 'fixtures/wss/chromium.pcap'])(
  'a conversation of %s',
  (path) => {
    let conversations: Conversation[];
    beforeAll(async () => {
      conversations = await conversationsIn(path);
    });

    it('keeps its length and the headers of its records', () => {
      for (const conversation of conversations) {
        const out = scrubbed(conversation.pieces);
        for (const direction of [0, 1] as const) {
          const before = original(conversation, direction);
          expect(out[direction]).toHaveLength(before.length);
          for (let at = 0; at < before.length; at += 5 + before.readUInt16BE(at + 3)) {
            expect(out[direction]!.subarray(at, at + 5)).toEqual(before.subarray(at, at + 5));
          }
        }
      }
    });

    it('holds no eight bytes of what was encrypted, of randoms, keys and names', () => {
      for (const conversation of conversations) {
        const out = scrubbed(conversation.pieces);
        for (const direction of [0, 1] as const) {
          const before = original(conversation, direction);
          for (let at = 0; at < before.length; at += 5 + before.readUInt16BE(at + 3)) {
            const [type, length] = [before[at], before.readUInt16BE(at + 3)];
            if (type !== 23 && !(type === 22 && before[at + 5]! > 20)) continue;
            for (let from = at + 5; from + 8 <= at + 5 + length; from += 8) {
              expect(out[0]!.includes(before.subarray(from, from + 8))).toBe(false);
              expect(out[1]!.includes(before.subarray(from, from + 8))).toBe(false);
            }
          }
          // The hello's random, and its session id.
          if (before.length === 0) continue;
          expect(out[direction]!.includes(before.subarray(11, 43))).toBe(false);
          expect(out[direction]!.includes('localhost.test')).toBe(false);
        }
      }
    });

    it('becomes the same byte by byte, in random pieces, and in every run', () => {
      for (const conversation of conversations.slice(0, 2)) {
        const whole = scrubbed(conversation.pieces);
        expect(scrubbed(conversation.pieces, byteByByte)).toEqual(whole);
        fc.assert(
          fc.property(fc.integer({ min: 1, max: 700 }), (size) => {
            const cut = (bytes: Uint8Array) =>
              Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
                bytes.subarray(index * size, (index + 1) * size),
              );
            expect(scrubbed(conversation.pieces, cut)).toEqual(whole);
          }),
          { numRuns: 20, seed: 5 },
        );
      }
    });

    it('keeps its length at every truncation, and with a gap anywhere', () => {
      const pieces = conversations[0]!.pieces.slice(0, 6);
      const total = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: total }), fc.integer({ min: 0, max: 400 }), (at, gap) => {
          let left = at;
          const steps: Step[] = [];
          const expected = [0, 0];
          for (const { direction, bytes } of pieces) {
            const kept = Math.min(left, bytes.length);
            left -= kept;
            const missing = kept < bytes.length ? Math.min(gap, bytes.length - kept) : 0;
            steps.push({ direction, bytes: bytes.subarray(0, kept) });
            if (missing > 0) steps.push({ direction, gap: missing });
            if (gap > 0) steps.push({ direction, bytes: bytes.subarray(kept + missing) });
            expected[direction]! += gap > 0 ? bytes.length - missing : kept;
          }
          expect(scrubbed(steps).map(({ length }) => length)).toEqual(expected);
        }),
        { numRuns: 300, seed: 5 },
      );
    });
  },
);

it('keeps the length of any bytes', () => {
  const header = fc
    .tuple(fc.constantFrom(20, 21, 22, 23), fc.constantFrom(1, 3), fc.integer({ min: 0, max: 300 }))
    .map(([type, version, length]) => Uint8Array.of(22, 3, version, length >> 8, length & 255, type));
  const part = fc.oneof(header, fc.uint8Array({ maxLength: 80 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const steps = parts.map((bytes): Step => ({ direction: 0, bytes }));
      const length = parts.reduce((sum, bytes) => sum + bytes.length, 0);
      expect(scrubbed(steps)[0]).toHaveLength(length);
      expect(scrubbed(steps, byteByByte)[0]).toEqual(scrubbed(steps)[0]);
    }),
    { numRuns: 400, seed: 5 },
  );
});

describe('what is not encrypted', () => {
  const record = (type: number, content: Uint8Array) =>
    concat([Uint8Array.of(type, 3, 3, content.length >> 8, content.length & 255), content]);

  it('keeps alerts', () => {
    const alert = record(21, Uint8Array.of(2, 48));
    expect(scrubbed([{ direction: 1, bytes: alert }])[1]).toEqual(Buffer.from(alert));
  });

  it('keeps the status line of an answer that is no TLS, and fills its words', () => {
    const answer = text('HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nX-Who: alice\r\n\r\n<p>alice');
    expect(scrubbed([{ direction: 1, bytes: answer }])[1]!.toString('latin1')).toBe(
      'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nX-Who: xxxxx\r\n\r\n<x>xxxxx',
    );
  });

  it('fills what is neither text nor TLS', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
    expect([...scrubbed([{ direction: 1, bytes }])[1]!]).toEqual(Array(7).fill(0xff));
  });

  it('fills a message that is too long, and one in too many pieces', () => {
    const long = concat([record(22, Uint8Array.of(1, 8, 0, 0, 65, 65)), record(22, text('AAAA'))]);
    expect(scrubbed([{ direction: 0, bytes: long }])[0]!.includes('AA')).toBe(false);
    const empty = concat([
      record(22, Uint8Array.of(1, 0, 1, 0, 65)),
      ...Array<Uint8Array>(5000).fill(record(22, text(''))),
    ]);
    expect(scrubbed([{ direction: 0, bytes: empty }])[0]).toHaveLength(empty.length);
  });
});
