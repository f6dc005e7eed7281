/**
 * Rewrites lines of a head (RFC 9112 §3-5) in as many bytes, each line as it comes: whole, or cut by the
 * capture.
 */
import { STATUS_CODES } from 'node:http';
import { HEADER_NAMES, METHODS } from './known-words.ts';
import { rewriteTarget, rewriteValue } from './header-values.ts';
import type { Pseudonyms } from './pseudonyms.ts';

const REQUEST_LINE = /^(\S+)( +)(\S(?:.*\S)?)( +)(HTTP\/\d\.\d)(\s*)$/s;
const STATUS_LINE = /^(HTTP\/\d\.\d +\d{3})(?:( +)(.*))?$/s;
/** The same lines without their end. */
const CUT_REQUEST_LINE = /^([A-Za-z]+)( +)(\S*)(.*)$/s;
const CUT_STATUS_LINE = /^(HTTP\/\d\.\d +\d{3})(.*)$/s;
/** A request line that ends inside its method, or behind it. */
const METHOD_START = /^[A-Za-z_-]+$/;
/** A status line that ends before its status. */
const SHORT_START = /^(?:H|HT|HTT|HTTP|HTTP\/|HTTP\/\d|HTTP\/\d\.|HTTP\/\d\.\d *\d{0,2})$/;

/** With these bytes a line is taken for the beginning of a head before it is whole. */
const FALSE_START = /^(?:HTTP\/1\.|(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT) )/;
/** Replaces bytes that are not read: no method, no status line and no frame begins with it. */
const CONTENT = '\xff';

const PHRASES: ReadonlySet<string> = new Set([
  ...Object.values(STATUS_CODES).filter((phrase) => phrase !== undefined),
  'WebSocket Protocol Handshake',
  'Web Socket Protocol Handshake',
  'Connection established',
]);

export function rewriteStartLine(line: string, pseudonyms: Pseudonyms): string {
  const status = STATUS_LINE.exec(line);
  if (status !== null) {
    const [, start = '', space = '', phrase = ''] = status;
    return start + space + rewritePhrase(phrase);
  }
  const request = REQUEST_LINE.exec(line);
  if (request === null) return rewriteCutStartLine(line, pseudonyms);
  const [, method = '', space = '', target = '', secondSpace = '', version = '', rest = ''] = request;
  return rewriteMethod(method) + space + rewriteTarget(target, pseudonyms) + secondSpace + version + rest;
}

/** Rewrites a start line whose end is missing. */
function rewriteCutStartLine(line: string, pseudonyms: Pseudonyms): string {
  const status = CUT_STATUS_LINE.exec(line);
  if (status !== null) return status[1]! + fill(status[2]!);
  const request = CUT_REQUEST_LINE.exec(line);
  if (request === null) {
    if (SHORT_START.test(line)) return line;
    // It still begins like a request.
    return METHOD_START.test(line) ? rewriteMethod(line) : '.'.repeat(line.length);
  }
  const [, method = '', space = '', target = '', rest = ''] = request;
  return rewriteMethod(method) + space + rewriteTarget(target, pseudonyms) + fill(rest);
}

/**
 * What other protocols say of themselves in their first bytes, and what names nobody: a TLS alert, the header of an HTTP/2
 * frame, a status line without a version.
 */
const OTHER_START =
  /^(?:\x15\x03[\x00-\x04]\x00\x02..|\x00..[\x04\x07].\x00{4}|HTTP \d{3} [A-Za-z ]{1,40}(?=\r?\n)|SSH-\d\.\d)/s;

/** Rewrites bytes that began like a head but are not one, so that they still begin like one. */
export function rewriteFalseStart(text: string): string {
  const other = OTHER_START.exec(text)?.[0] ?? '';
  const start = FALSE_START.exec(text)?.[0] ?? (isPhrase(other) ? other : '');
  return start + CONTENT.repeat(text.length - start.length);
}

/** Nothing but known words: those of a status line. */
function isPhrase(start: string): boolean {
  return !start.startsWith('HTTP ') || PHRASES.has(start.slice('HTTP 101 '.length));
}

/** A line with a chunk's size (RFC 9112 §7.1): the size stays, its extensions go. */
export function rewriteChunkSize(line: string): string {
  const [digits = ''] = /^[0-9a-fA-F]*/.exec(line) ?? [];
  return digits + line.slice(digits.length).replaceAll(/[^;\r\n]/g, 'x');
}

function rewriteMethod(method: string): string {
  return METHODS.has(method.toLowerCase()) ? method : method.replaceAll(/[^_-]/g, 'X');
}

function rewritePhrase(phrase: string): string {
  return PHRASES.has(phrase.trimEnd()) ? phrase : fill(phrase);
}

export interface HeaderLine {
  readonly text: string;
  /** In lower case; a folded line that follows continues its value. */
  readonly name: string;
}

/** @param previous the name of the line before this one, '' for none */
export function rewriteHeaderLine(line: string, previous: string, pseudonyms: Pseudonyms): HeaderLine {
  if (/^[ \t]/.test(line) && previous !== '') {
    return { text: trimmed(line, (value) => rewriteValue(previous, value, pseudonyms)), name: previous };
  }
  const colon = line.indexOf(':');
  if (colon < 0) return { text: fill(line), name: previous };
  const name = line.slice(0, colon).trim();
  const lower = name.toLowerCase();
  const newName = trimmed(line.slice(0, colon), (text) =>
    HEADER_NAMES.has(lower) ? text : pseudonymOfName(text, pseudonyms),
  );
  const value = trimmed(line.slice(colon + 1), (text) => rewriteValue(lower, text, pseudonyms));
  return { text: `${newName}:${value}`, name: lower === '' ? previous : lower };
}

/** A name that begins like a private header, and is not one that has a meaning. */
function pseudonymOfName(name: string, pseudonyms: Pseudonyms): string {
  const word = pseudonyms.word(name.toLowerCase());
  const result = name.length < 4 ? word : `x-${word.slice(2)}`;
  return HEADER_NAMES.has(result) ? fill(result) : result;
}

/** Rewrites the text between the outer white space; white space inside is part of that text. */
function trimmed(text: string, rewrite: (inner: string) => string): string {
  const inner = text.trim();
  if (inner === '') return text;
  const at = text.indexOf(inner);
  return text.slice(0, at) + rewrite(inner) + text.slice(at + inner.length);
}

function fill(text: string): string {
  return text.replaceAll(/[^\r\n \t]/g, 'x');
}
