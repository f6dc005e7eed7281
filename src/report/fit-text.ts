/**
 * Fits escaped text into a number of terminal cells: cut in the middle, or wrapped. Neither splits a grapheme (what a
 * reader sees as one character) or one of our own escapes (`\u{202e}`).
 */
import { displayWidth } from './display-width.ts';

const escapeOrOther = /\\x[\da-f]{2}|\\u\{[\da-f]+\}|[^\\]+|\\/gu;
let segmenter: Intl.Segmenter | undefined;

/** Keeps the beginning and the end, since both matter in a URI or an address. */
export function cutMiddle(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room < 2) return takeWhileFits(unitsOf(text), Math.max(width, 0)).join('');
  const units = unitsOf(text);
  const head = takeWhileFits(units, Math.ceil(room / 2));
  const tail = takeWhileFits(units.slice(head.length).reverse(), room - displayWidth(head.join('')));
  return head.join('') + ellipsis + tail.reverse().join('');
}

/** Keeps whole words from the beginning; a single long word is cut in the middle. */
export function cutAtWord(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  const [first = ''] = wrapText(text, Math.max(room, 1));
  return text.startsWith(`${first} `) ? first + ellipsis : cutMiddle(text, width, ellipsis);
}

/** A UUID, a long number, or what looks random: long, with digits and letters. */
const RANDOM =
  /^(?:\d{6,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=.*\d)(?=.*[a-z])[\w.~-]{12,}|[\w.~-]{20,})$/i;

/** Fits host and path: what is random goes first, then the query, then the host; the path stays as long as it can. */
export function cutTarget(text: string, width: number, ellipsis = '…'): string {
  const [, place = '', query = ''] = /^([^?]*)(.*)$/s.exec(text) ?? [];
  const calmQuery = query.replace(/=([^&]*)/g, (whole, value: string) =>
    RANDOM.test(value) ? `=${ellipsis}` : whole,
  );
  const calmPlace = place
    .split('/')
    .map((part, i) => (i > 0 && RANDOM.test(part) ? ellipsis : part))
    .join('/');
  const slash = calmPlace.indexOf('/');
  const path = slash > 0 ? ellipsis + calmPlace.slice(slash) : calmPlace;
  const cutQuery = query === '' ? '' : `?${ellipsis}`;
  const tries = [text, place + calmQuery, calmPlace + calmQuery, calmPlace + cutQuery, path + cutQuery];
  return tries.find((each) => displayWidth(each) <= width) ?? cutMiddle(path + cutQuery, width, ellipsis);
}

/** Breaks at spaces; a word longer than the line is broken inside. */
export function wrapText(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(trimmed(line));
    const pieces = breakWord(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  if (line !== '') lines.push(trimmed(line));
  return lines;
}

/** Trims spaces only: other white space belongs to the capture's text. */
function trimmed(line: string): string {
  return line.replace(/ +$/, '');
}

/** Breaks exactly where the line is full: no character is lost, not even a space. */
export function breakText(text: string, width: number): string[] {
  const room = Math.max(width, 1);
  if (text.length <= room && displayWidth(text) <= room) return [text];
  const lines: string[] = [];
  // ASCII without backslashes: no wide characters, and no escape of ours that could be split.
  if (/^[\x20-\x5b\x5d-\x7e]*$/.test(text)) {
    for (let at = 0; at < text.length; at += room) lines.push(text.slice(at, at + room));
    return lines;
  }
  let line = '';
  let used = 0;
  for (const unit of unitsOf(text)) {
    const cells = displayWidth(unit);
    // A unit wider than the line gets a line of its own; otherwise it would be lost.
    if (used + cells > room && line !== '') {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += unit;
    used += cells;
  }
  return [...lines, line];
}

function breakWord(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const pieces: string[] = [];
  let rest = unitsOf(word);
  while (rest.length > 0) {
    const fitting = takeWhileFits(rest, width);
    // A unit wider than the line gets a line of its own; otherwise it would be lost.
    const count = Math.max(fitting.length, 1);
    pieces.push(rest.slice(0, count).join(''));
    rest = rest.slice(count);
  }
  return pieces;
}

function takeWhileFits(units: readonly string[], width: number): string[] {
  let used = 0;
  let count = 0;
  for (const unit of units) {
    used += displayWidth(unit);
    if (used > width) break;
    count++;
  }
  return units.slice(0, count);
}

/** Splits text into units that must stay whole: our escapes, and graphemes. */
function unitsOf(text: string): string[] {
  return (text.match(escapeOrOther) ?? []).flatMap((part) =>
    part.length > 1 && part.startsWith('\\') ? [part] : graphemesOf(part),
  );
}

function graphemesOf(text: string): string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return text.split('');
  // Building a segmenter takes tens of milliseconds, so build it only for text that needs one.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
