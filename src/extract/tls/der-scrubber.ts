/**
 * Rewrites a certificate, or other DER (ITU-T X.690), in place: tags and lengths stay, and so do algorithms, the ids of attributes and
 * extensions, and days of validity. Names, numbers, keys and signatures become others. What is no DER is replaced whole.
 */
import { latin1 } from '#platform/text';
import { derAt, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE } from '../../tls/der.ts';
import type { Endpoints } from '../proxy-header.ts';
import { rewriteName } from './names.ts';

const BOOLEAN = 1;
const INTEGER = 2;
const BIT_STRING = 3;
const NULL = 5;
const ENUMERATED = 10;
const UTC_TIME = 23;
const GENERALIZED_TIME = 24;
/** UTF8String, NumericString, PrintableString, T61String, IA5String, VisibleString. */
const TEXTS: ReadonlySet<number> = new Set([12, 18, 19, 20, 22, 26]);
/** BMPString: two bytes a character. */
const WIDE_TEXT = 30;
const CONSTRUCTED = 0x20;
const CONTEXT = 0x80;
/** subjectAltName's iPAddress: an address, and in constraints a mask behind it. */
const IP_ADDRESS = CONTEXT | 7;
/** RFC 5280 needs about ten. */
const MAX_DEPTH = 24;

/** In hex: arcs that everybody uses. Others may name a company: 1.3.6.1.4.1 and a number. */
const COMMON_ARCS: readonly string[] = [
  '55', // 2.5: attributes, extensions
  '2a8648', // 1.2.840: RSA, ECDSA, PKCS
  '2b06010505', // 1.3.6.1.5.5: extensions, purposes
  '2b06010401d679', // 1.3.6.1.4.1.11129: certificate transparency
  '2b8104', // 1.3.132: curves
  '2b65', // 1.3.101: Ed25519
  '2b0e03', // 1.3.14.3: SHA-1
  '6086480165', // 2.16.840.1.101: SHA-2
  '67810c', // 2.23.140: CA/Browser forum
  '0992268993f22c64', // 0.9.2342.19200300.100: domainComponent, userid
];
const UNUSED_BITS = 1;
/** A key usage, or another set of flags. */
const LONGEST_FLAGS = 3;
const EXPONENTS: readonly string[] = ['\x03', '\x11', '\x01\x00\x01'];
/** "991231" and "19991231": what follows is the time of day. */
const DATE_LENGTH: Readonly<Record<number, number>> = { [UTC_TIME]: 6, [GENERALIZED_TIME]: 8 };

/** Rewrites everything from `start` to `end`. */
export function scrubDer(bytes: Uint8Array, start: number, end: number, endpoints: Endpoints): void {
  scrubAll(bytes, start, end, endpoints, 0);
}

function scrubAll(bytes: Uint8Array, start: number, end: number, endpoints: Endpoints, depth: number): void {
  let times = 0;
  for (let at = start; at < end;) {
    const element = depth > MAX_DEPTH ? null : derAt(bytes, at, end);
    if (element === null) {
      replace(bytes, at, end, endpoints);
      return;
    }
    if (element.tag in DATE_LENGTH) scrubTime(bytes, element.start, element.end, element.tag, times++ > 0);
    else if ((element.tag & CONSTRUCTED) !== 0)
      scrubAll(bytes, element.start, element.end, endpoints, depth + 1);
    else scrubPrimitive(element.tag, bytes, element.start, element.end, endpoints, depth);
    at = element.end;
  }
}

function scrubPrimitive(
  tag: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  endpoints: Endpoints,
  depth: number,
): void {
  const length = end - start;
  if (tag === BOOLEAN || tag === NULL || tag === ENUMERATED) {
    if (length > 1) replace(bytes, start, end, endpoints);
  } else if (tag === INTEGER) scrubInteger(bytes, start, end, endpoints);
  else if (tag === OBJECT_IDENTIFIER) scrubIdentifier(bytes, start, end, endpoints);
  else if (tag === BIT_STRING) {
    if (length <= LONGEST_FLAGS) return;
    const from = start + UNUSED_BITS;
    if (isWhole(bytes, from, end)) scrubAll(bytes, from, end, endpoints, depth + 1);
    // The point of a curve begins with its form.
    else replace(bytes, bytes[from] === 4 ? from + 1 : from, end, endpoints);
  } else if (tag === OCTET_STRING) {
    if (isWhole(bytes, start, end)) scrubAll(bytes, start, end, endpoints, depth + 1);
    else replace(bytes, start, end, endpoints);
  } else if (tag === IP_ADDRESS && [4, 8, 16, 32].includes(length)) {
    const size = length === 4 || length === 8 ? 4 : 16;
    bytes.set(endpoints.addresses.mapBytes(new Uint8Array(bytes.subarray(start, start + size))), start);
  } else if (tag === WIDE_TEXT) {
    for (let at = start; at + 1 < end; at += 2) bytes.set([0, 0x78], at);
  } else if (TEXTS.has(tag) || ((tag & CONTEXT) !== 0 && isPrintable(bytes, start, end))) {
    rewriteName(bytes, start, end, endpoints.pseudonyms);
  } else replace(bytes, start, end, endpoints);
}

/** A version or an exponent stays; a serial number or a modulus becomes another one with as many bytes. */
function scrubInteger(bytes: Uint8Array, start: number, end: number, endpoints: Endpoints): void {
  const isKnown = end - start <= 1 || EXPONENTS.includes(latin1(bytes, start, end));
  if (isKnown) return;
  const first = bytes[start]!;
  replace(bytes, start, end, endpoints);
  // A leading zero stands only in front of a set bit; any other number is positive and has no leading zero.
  bytes[start] = first === 0 ? 0 : (bytes[start]! & 0x7f) | 0x40;
  if (first === 0) bytes[start + 1]! |= 0x80;
}

/** Of a company's own id nothing but its length stays. */
function scrubIdentifier(bytes: Uint8Array, start: number, end: number, endpoints: Endpoints): void {
  let hex = '';
  for (let at = start; at < end; at++) hex += bytes[at]!.toString(16).padStart(2, '0');
  if (COMMON_ARCS.some((arc) => hex.startsWith(arc))) return;
  const before = new Uint8Array(bytes.subarray(start, end));
  replace(bytes, start, end, endpoints);
  // Which bytes go on is kept: so it is an id again. No part may begin with 0x80.
  for (let at = start; at < end; at++) {
    bytes[at] = (before[at - start]! & 0x80) | (bytes[at]! & 0x7f) | 1;
  }
}

/** A day stays; the time of the day, which finds a certificate in public logs, becomes that of the day's begin or end. */
function scrubTime(bytes: Uint8Array, start: number, end: number, tag: number, isEnd: boolean): void {
  const text = latin1(bytes, start, end);
  const date = DATE_LENGTH[tag]!;
  const isTime = /^\d+Z$/.test(text) && text.length === date + 7;
  const time = isTime ? text.slice(0, date) + (isEnd ? '235959Z' : '000000Z') : '0'.repeat(text.length);
  for (let at = start; at < end; at++) bytes[at] = time.charCodeAt(at - start);
}

function replace(bytes: Uint8Array, start: number, end: number, { pseudonyms }: Endpoints): void {
  bytes.set(pseudonyms.permute(bytes.subarray(start, end)), start);
}

/** It holds one element of DER, and nothing else. */
function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  const element = derAt(bytes, start, end);
  if (element?.end !== end) return false;
  // A hash may begin with anything.
  return element.tag === SEQUENCE || element.tag === OCTET_STRING || element.tag === BIT_STRING;
}

function isPrintable(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! < 0x20 || bytes[at]! > 0x7e) return false;
  return end > start;
}
