/**
 * Of an X.509 certificate (RFC 5280 §4.1) what people look for: for whom it is, by whom, for which names, from when to when.
 * It checks nothing: whoever was shown the certificate has done that. A certificate that can't be read gives null.
 */
import { latin1 } from '#platform/text';
import { formatIPv4, formatIPv6 } from '../basics/ip-address.ts';
import {
  derAt,
  derContents,
  derInside,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  SET,
  type DerElement,
} from './der.ts';
import type { CertificateFacts } from './facts.ts';

/**
 * More names of a certificate are left out.
 * @bound names read of a certificate: {count}
 */
const MAX_NAMES = 50;
/**
 * More parts of a subject or an issuer are left out.
 * @bound parts read of a name in a certificate: {count}
 */
const MAX_PARTS = 16;
/**
 * A longer value of a subject, an issuer or a name is cut.
 * @bound characters kept of a value in a certificate: {count}
 */
const MAX_VALUE = 255;
/** Of a certificate's fields and extensions no more are looked at. */
const MAX_FIELDS = 64;

/** RFC 5280 §4.1.2: tags that stand beside the universal ones. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** RFC 5280 §4.2.1.6. */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const SUBJECT_ALT_NAME = '551d11';
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const UTF8_STRING = 0x0c;
const BMP_STRING = 0x1e;

/** By the bytes of the object identifier in hexadecimal digits (RFC 4514 §3, RFC 5280 §A.1). */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '550403': 'CN',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '55040a': 'O',
  '55040b': 'OU',
  '550405': 'serialNumber',
  '2a864886f70d010901': 'emailAddress',
  '0992268993f22c64010119': 'DC',
};

/** @param der the certificate, as the message Certificate carries it; bytes behind it don't count */
export function readCertificate(der: Uint8Array): CertificateFacts | null {
  const certificate = derAt(der, 0, der.length);
  const [signed] = certificate?.tag === SEQUENCE ? derInside(certificate, 1) : [];
  if (signed?.tag !== SEQUENCE) return null;
  const fields = derInside(signed, MAX_FIELDS);
  // The version is left out of certificates of version 1.
  if (fields[0]?.tag === VERSION) fields.shift();
  const [, , issuer, validity, subject] = fields;
  if (issuer?.tag !== SEQUENCE || validity?.tag !== SEQUENCE || subject?.tag !== SEQUENCE) return null;
  const [from, until] = derInside(validity, 2);
  const notBefore = timeOf(from);
  const notAfter = timeOf(until);
  if (notBefore === null || notAfter === null) return null;
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    names: alternativeNames(fields.find(({ tag }) => tag === EXTENSIONS)),
    notBefore,
    notAfter,
  };
}

/** "C=DE, O=Example, CN=localhost", in the order of the certificate. */
function nameOf(name: DerElement): string {
  const parts: string[] = [];
  for (const set of derInside(name, MAX_PARTS)) {
    if (set.tag !== SET) continue;
    for (const attribute of derInside(set, MAX_PARTS - parts.length)) {
      const [type, value] = derInside(attribute, 2);
      if (type?.tag !== OBJECT_IDENTIFIER || value === undefined) continue;
      const id = digitsOf(derContents(type).subarray(0, MAX_FIELDS));
      parts.push(`${ATTRIBUTES[id] ?? 'OID'}=${escaped(textOf(value))}`);
    }
  }
  return parts.join(', ');
}

/** DNS names and addresses (RFC 5280 §4.2.1.6). */
function alternativeNames(extensions: DerElement | undefined): string[] {
  const [list] = extensions === undefined ? [] : derInside(extensions, 1);
  if (list?.tag !== SEQUENCE) return [];
  for (const extension of derInside(list, MAX_FIELDS)) {
    const [id, ...rest] = derInside(extension, 3);
    // A flag may stand in between: whether the extension is critical.
    const value = rest.at(-1);
    if (id?.tag !== OBJECT_IDENTIFIER || digitsOf(derContents(id).subarray(0, 4)) !== SUBJECT_ALT_NAME)
      continue;
    if (value?.tag !== OCTET_STRING) return [];
    const names = derAt(value.bytes, value.start, value.end);
    return names?.tag === SEQUENCE ? derInside(names, MAX_NAMES).flatMap(generalName) : [];
  }
  return [];
}

function generalName(name: DerElement): string[] {
  const bytes = derContents(name);
  if (name.tag === DNS_NAME) return [latin1(bytes.subarray(0, MAX_VALUE))];
  if (name.tag !== IP_ADDRESS) return [];
  if (bytes.length === 4) return [formatIPv4(wordAt(bytes, 0))];
  return bytes.length === 16 ? [formatIPv6([0, 4, 8, 12].map((at) => wordAt(bytes, at)))] : [];
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** RFC 5280 §4.1.2.4: strings are UTF-8, or of older kinds that are read byte by byte. */
function textOf(value: DerElement): string {
  const bytes = derContents(value).subarray(0, 4 * MAX_VALUE);
  let text: string;
  if (value.tag === UTF8_STRING) text = new TextDecoder('utf-8').decode(bytes);
  else if (value.tag === BMP_STRING) text = bmpText(bytes);
  else text = latin1(bytes);
  return text.slice(0, MAX_VALUE);
}

/** RFC 4514 §2.4: so that a value can't look like further parts. */
function escaped(value: string): string {
  return value.replaceAll(/[,+"\\<>;]/g, String.raw`\$&`);
}

/** Two bytes a character. */
function bmpText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    text += String.fromCharCode((bytes[at]! << 8) | bytes[at + 1]!);
  }
  return text;
}

/** RFC 5280 §4.1.2.5: "YYMMDDHHMMSSZ" up to 2049, "YYYYMMDDHHMMSSZ" from then on. */
function timeOf(element: DerElement | undefined): string | null {
  if (element === undefined) return null;
  const text = latin1(derContents(element).subarray(0, MAX_FIELDS));
  const isShort = element.tag === UTC_TIME;
  if (!isShort && element.tag !== GENERALIZED_TIME) return null;
  const parts = (
    isShort ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if (parts === null) return null;
  const [, written = '', month, day, hour, minute, second] = parts;
  const year = isShort ? `${Number(written) < 50 ? '20' : '19'}${written}` : written;
  return `${year}-${month!}-${day!}T${hour!}:${minute!}:${second!}Z`;
}

function digitsOf(bytes: Uint8Array): string {
  let digits = '';
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0');
  return digits;
}
