/** The table of bounds in docs/architecture.md is made from the constants. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boundsOf, drawBounds, findBounds, withBounds } from '../scripts/draw-bounds.mjs';
import { REPOSITORY } from './helpers/captures.ts';

const SOURCES = join(REPOSITORY, 'src');

/** The rooms through which the content of a capture passes. */
const CORE = [
  'capture',
  'carrier',
  'decode',
  'tcp',
  'http',
  'websocket',
  'connection',
  'analysis',
  'judgement',
];

/** Largest values of formats, and what is compared with them: nothing is kept up to these. */
const NO_BOUNDS = [
  'analysis/capture-report.ts MAX_PAUSE_MS',
  'capture/pcapng-reader.ts MAX_READ_BLOCK_LENGTH',
  'capture/pcapng-time.ts MAX_FAST_DECIMAL_EXPONENT',
  'connection/kept-events.ts MAX_LENGTH',
  'http/chunked-body.ts MAX_SIZE_DIGITS',
  'http/head.ts MAX_ROOM',
  'http/sniff.ts MAX_METHOD_LENGTH',
  'judgement/reconnect-series.ts MAX_PAUSE_MS',
  'tcp/stream-reassembler.ts MAX_AHEAD',
  'websocket/extensions.ts MAX_WINDOW_BITS',
  'websocket/frame-parser.ts MAX_HEADER',
  'websocket/frame-sniffer.ts MAX_PLAUSIBLE_LENGTH',
];

/** A constant whose comment says what it bounds. */
const TAGGED = /@bound (?:(?!\*\/)[^])*?\*\/\s*(?:export )?const (MAX_[A-Z\d_]+)/g;

describe('the bounds of a file', () => {
  it('are the constants whose comment says what they bound, with their value', () => {
    const text = `
/** A longer head is given up. @bound head of a request: {bytes} */
export const MAX_HEAD_BYTES: number = 64 * 1024;
/**
 * The oldest are forgotten.
 * @bound requests without an answer: {count}
 */
const MAX_OUTSTANDING = 1 << 12;
/** @bound how long a piece waits: {seconds} */
const MAX_AGE_SECONDS = 30;
/** Of no table. */
const OTHER = 3;`;
    expect(boundsOf(text, 'http/a.ts')).toEqual([
      { what: 'head of a request', amount: '64 KiB', file: 'http/a.ts' },
      { what: 'requests without an answer', amount: '4,096', file: 'http/a.ts' },
      { what: 'how long a piece waits', amount: '30 s', file: 'http/a.ts' },
    ]);
  });

  it('must show their value', () => {
    expect(() => boundsOf('/** @bound frames: some */\nconst MAX = 3;', 'a.ts')).toThrow('a.ts: MAX');
  });

  it('share a row where they bound the same thing', () => {
    const file = 'http/a.ts';
    const table = drawBounds([
      { what: 'head', amount: '64 KiB', file },
      { what: 'head', amount: '1,024 lines', file },
    ]);
    expect(table.split('\n')).toEqual([
      '| what | bound               | where       |',
      '| ---- | ------------------- | ----------- |',
      '| head | 64 KiB, 1,024 lines | `http/a.ts` |',
    ]);
  });
});

describe('docs/architecture.md', () => {
  it('shows the bounds as the constants have them (npm run docs:bounds draws them anew)', () => {
    const page = readFileSync(join(REPOSITORY, 'docs/architecture.md'), 'utf8');
    expect(page).toBe(withBounds(page, drawBounds(findBounds())));
  });

  it('shows every bound on what a capture can make the program keep', () => {
    const named = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && CORE.some((room) => path.startsWith(`${room}/`)))
      .flatMap((path) => {
        const text = readFileSync(join(SOURCES, path), 'utf8');
        const tagged = new Set([...text.matchAll(TAGGED)].map(([, name]) => name));
        return [...text.matchAll(/^(?:export )?const (MAX_[A-Z\d_]+)/gm)]
          .filter(([, name]) => !tagged.has(name))
          .map(([, name]) => `${path} ${name!}`);
      });
    expect(named.sort()).toEqual(NO_BOUNDS.toSorted());
  });
});
