import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extension } from 'ws';
import { deflateParameters, parseExtensions } from '../../src/websocket/extensions.ts';

/** "name; a; b=1", for the eye. */
const shown = (value: string) =>
  parseExtensions(value).map(({ name, parameters }) =>
    [name, ...[...parameters].map(([key, text]) => (text === null ? key : `${key}=${text}`))].join('; '),
  );

describe('a header', () => {
  test.each([
    ['', []],
    [' , ;, ', []],
    ['permessage-deflate', ['permessage-deflate']],
    ['Permessage-Deflate; Client_Max_Window_Bits', ['permessage-deflate; client_max_window_bits']],
    ['a;b=1;c="2", d', ['a; b=1; c=2', 'd']],
    ['a; b="x,y;z", c', ['a; b=x,y;z', 'c']],
    [String.raw`a; b="say \"hi\"", c`, ['a; b=say "hi"', 'c']],
    ['\ta ;\tb = 1 ,c', ['a; b=1', 'c']],
    ['a; b=', ['a; b=']],
    ['a; b="open, c', ['a; b="open, c']],
    ['a; ; b', ['a; b']],
  ])('%j', (value, expected) => {
    expect(shown(value)).toEqual(expected);
  });
});

describe('permessage-deflate', () => {
  const NO = { noContextTakeover: false, windowBits: 15 };
  const agreed = (value: string) => deflateParameters(parseExtensions(value));

  test.each([
    ['permessage-deflate', NO, NO],
    ['x-other, permessage-deflate', NO, NO],
    ['permessage-deflate; server_no_context_takeover', NO, { ...NO, noContextTakeover: true }],
    ['permessage-deflate; client_no_context_takeover', { ...NO, noContextTakeover: true }, NO],
    ['permessage-deflate; server_max_window_bits=8', NO, { ...NO, windowBits: 8 }],
    ['permessage-deflate; client_max_window_bits="12"', { ...NO, windowBits: 12 }, NO],
    [
      'permessage-deflate; client_max_window_bits=9; server_max_window_bits=10; client_no_context_takeover',
      { noContextTakeover: true, windowBits: 9 },
      { ...NO, windowBits: 10 },
    ],
  ])('%s', (value, client, server) => {
    expect(agreed(value)).toEqual({ client, server });
  });

  test.each([
    '',
    'x-webkit-deflate-frame',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; client_max_window_bits=7',
    'permessage-deflate; client_max_window_bits=16',
    'permessage-deflate; client_max_window_bits=010',
    'permessage-deflate; server_max_window_bits=1e1',
    'permessage-deflate; server_max_window_bits=""',
  ])('%j agrees to nothing that is known', (value) => {
    expect(agreed(value)).toBeNull();
  });
});

/** As `ws` gives it: by name, and the last value of each parameter. */
function byWs(value: string): Map<string, Map<string, string | null>[]> | null {
  try {
    const parsed = Object.entries(extension.parse(value));
    return new Map(
      parsed.map(([name, mentions]) => [
        name,
        mentions.map(
          (parameters) =>
            new Map(
              Object.entries(parameters).map(([key, values]) => {
                const last = values.at(-1)!;
                return [key, last === true ? null : last];
              }),
            ),
        ),
      ]),
    );
  } catch {
    return null;
  }
}

test('what ws accepts is read as ws reads it', () => {
  const piece = fc.constantFrom(
    ...[
      'permessage-deflate',
      'server_max_window_bits',
      'x',
      'y2',
      '10',
      ';',
      ';',
      ',',
      '=',
      '"',
      '\\',
      ' ',
      '\t',
    ],
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const value = pieces.join('');
      const theirs = byWs(value);
      if (theirs === null) return;
      accepted++;
      const ours = new Map<string, ReadonlyMap<string, string | null>[]>();
      for (const { name, parameters } of parseExtensions(value)) {
        ours.set(name, [...(ours.get(name) ?? []), parameters]);
      }
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 30_000 },
  );
  expect(accepted).toBeGreaterThan(300);
});

test('any text at all is read, each of its truncations too, and nothing is made up', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (value) => {
      for (let length = 0; length <= value.length; length++) {
        const text = value.slice(0, length);
        for (const { name, parameters } of parseExtensions(text)) {
          expect(name).not.toBe('');
          expect(text.toLowerCase()).toContain(name);
          for (const key of parameters.keys()) expect(text.toLowerCase()).toContain(key);
        }
      }
    }),
  );
});
