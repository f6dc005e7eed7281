/** Contents that replace contents: an endpoint finds the same faults in them. */
import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { constants, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  deflateByte,
  deflateEnd,
  deflateFault,
  type DeflateFault,
} from '../../src/extract/deflate-filler.ts';
import { Utf8Filler } from '../../src/extract/utf8-filler.ts';
import { Inflater } from '../../src/websocket/inflater.ts';

function filled(bytes: Uint8Array): Uint8Array {
  const filler = new Utf8Filler();
  return bytes.map((byte) => filler.next(byte));
}

/** Bytes near to UTF-8: characters, and pieces and neighbours of them. */
const NEARLY_TEXT = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 3 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          'c080',
          'e08080',
          'e0a080',
          'ed9fbf',
          'eda080',
          'f0808080',
          'f4908080',
          'f48fbfbf',
          'e282',
          'f09f98',
          '80',
          'ff',
          'c2',
        )
        .map((hex) => Buffer.from(hex, 'hex')),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Uint8Array.from(Buffer.concat(parts)));

describe('Utf8Filler', () => {
  it('turns UTF-8 into UTF-8, and other bytes into bytes that are not UTF-8', () => {
    fc.assert(
      fc.property(NEARLY_TEXT, (bytes) => {
        expect(isUtf8(filled(bytes))).toBe(isUtf8(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('is right at every place where a text may be cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), (text) => {
        const bytes = Buffer.from(text);
        const replacement = filled(bytes);
        for (let end = 0; end <= bytes.length; end++) {
          expect(isUtf8(replacement.subarray(0, end))).toBe(isUtf8(bytes.subarray(0, end)));
        }
      }),
    );
  });
});

function message(length: number, fault: DeflateFault | null): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, index) => deflateByte(index));
  const end = deflateEnd(length);
  bytes.set(end, length - end.length);
  if (fault !== null) bytes.set(deflateFault(fault, length) ?? []);
  return bytes;
}

/** What zlib makes of messages in one context: their lengths, or the error. */
function inflated(windowBits: number, messages: readonly Uint8Array[]): (string | null)[] {
  let text = '';
  const inflater = new Inflater(windowBits, {
    inflated: (bytes, end) => {
      text += Buffer.from(bytes.subarray(0, end)).toString('latin1');
      return true;
    },
    reopened: () => true,
  });
  const results = messages.map((bytes) => {
    text = '';
    const isOk = inflater.write(bytes, 0, bytes.length) === 'ok' && inflater.finish() === 'ok';
    return isOk ? text : inflater.error;
  });
  inflater.close();
  return results;
}

describe('a deflate stream in place of another', () => {
  it('inflates at every length, one after the other in one context', () => {
    const lengths = [...Array.from({ length: 300 }, (_, index) => index + 1), 65_535, 70_000];
    const results = inflated(
      15,
      lengths.map((length) => message(length, null)),
    );
    // Compared by length: a difference of megabytes helps nobody.
    expect(results.map((text) => text?.length)).toEqual(lengths.map((length) => Math.max(0, length - 2)));
    expect(results.every((text) => /^x*$/.test(text ?? '-'))).toBe(true);
    expect(
      inflateRawSync(Buffer.concat([message(9, null), Buffer.from('0000ffff', 'hex')]), {
        finishFlush: constants.Z_SYNC_FLUSH,
      }).toString(),
    ).toBe('xxxxxxx');
  });

  it.each([8, 9, 12, 15])('fails as it is asked to, with a window of %i bits', (windowBits) => {
    for (const length of [4, 5, 6, 200]) {
      expect(inflated(windowBits, [message(length, 'far-back')])).toEqual(['invalid distance too far back']);
      expect(inflated(windowBits, [message(20, null), message(length, 'far-back')])[1]).toBe(
        'invalid distance too far back',
      );
    }
    for (const length of [1, 2, 3, 4, 200]) {
      expect(inflated(windowBits, [message(length, 'other')])).toEqual(['invalid block type']);
    }
  });

  it('inflates to bytes that are not UTF-8, where that is asked for', () => {
    for (const length of [3, 4, 5, 200]) {
      const [text] = inflated(15, [message(length, 'not-utf8')]);
      expect(text).toBe(`\x80${'x'.repeat(length - 3)}`);
    }
  });

  it('has no fault where there is no room for one', () => {
    expect(deflateFault('not-utf8', 2)).toBeNull();
    expect(deflateFault('other', 0)).toBeNull();
    expect(deflateFault('far-back', 0)).toBeNull();
  });
});
