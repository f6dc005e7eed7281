/**
 * Rewrites values of header lines in as many characters. Known headers have a way of their own; the values of
 * others are filled with "x". What a rule compares stays equal or different: hosts, paths, subprotocols,
 * extensions become pseudonyms.
 */
import {
  EXTENSION_WORDS,
  HEADER_NAMES,
  LIST_MEMBERS,
  LOCAL_NAMES,
  MEDIA_WORDS,
  PARAMETER_VALUES,
  PARAMETER_WORDS,
  PATH_WORDS,
  SUBPROTOCOLS,
} from './known-words.ts';
import type { Pseudonyms } from './pseudonyms.ts';

type Rewrite = (value: string, pseudonyms: Pseudonyms) => string;

/** @param name in lower case; `value` without the white space around it */
export function rewriteValue(name: string, value: string, pseudonyms: Pseudonyms): string {
  return (WAYS.get(name) ?? fill)(value, pseudonyms);
}

/** A request's target, in any of its forms (RFC 9112 §3.2). */
export function rewriteTarget(target: string, pseudonyms: Pseudonyms): string {
  if (target === '*') return target;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return rewriteUrl(target, pseudonyms);
  if (/^[^/?#]+:\d{1,5}$/.test(target)) return rewriteHost(target, pseudonyms);
  return rewritePath(target, pseudonyms);
}

function fill(value: string): string {
  return 'x'.repeat(value.length);
}

function only(pattern: RegExp): Rewrite {
  return (value) => (pattern.test(value) ? value : fill(value));
}

/** Members between separators: those that are known stay, others become pseudonyms. */
function members(separators: RegExp, isKnown: (member: string) => boolean): Rewrite {
  return (value, pseudonyms) =>
    value
      .split(separators)
      .map((part, index) => {
        const member = part.trim();
        // Odd parts are the separators.
        if (index % 2 === 1 || member === '' || isKnown(member)) return part;
        const at = part.indexOf(member);
        return part.slice(0, at) + pseudonyms.word(member) + part.slice(at + member.length);
      })
      .join('');
}

const LIST = /(,)/;
const list = (known: ReadonlySet<string>): Rewrite =>
  members(LIST, (member) => known.has(member.toLowerCase()));

const rewriteConnection = members(
  LIST,
  (member) => LIST_MEMBERS.has(member.toLowerCase()) || HEADER_NAMES.has(member.toLowerCase()),
);

/** Extensions are compared without regard to case, unlike subprotocols. */
const rewriteExtensions: Rewrite = (value, pseudonyms) =>
  members(/([,;="])/, (member) => EXTENSION_WORDS.has(member) || /^\d{1,3}$/.test(member))(
    isLower(value) ? value : value.toLowerCase(),
    pseudonyms,
  );

function isLower(value: string): boolean {
  return value === value.toLowerCase() || value.toLowerCase().length !== value.length;
}

export function rewriteHost(value: string, pseudonyms: Pseudonyms): string {
  const [, name = value, port = ''] = /^(.*?)(:\d{1,5})?$/s.exec(value) ?? [];
  if (LOCAL_NAMES.has(name.toLowerCase())) return value;
  // An address becomes one word: separate parts would show which addresses are neighbours.
  const isAddress = /^[\d.]+$/.test(name) || name.includes(':') || name.includes('[');
  if (isAddress) return pseudonyms.word(name.toLowerCase()) + port;
  return members(/(\.)/, () => false)(name.toLowerCase(), pseudonyms) + port;
}

function rewriteUrl(value: string, pseudonyms: Pseudonyms): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#@]*@)?([^/?#]*)(.*)$/is.exec(value);
  if (match === null) return fill(value);
  const [, scheme = '', user = '', host = '', path = ''] = match;
  const isWeb = /^(?:https?|wss?):\/\/$/i.test(scheme);
  if (scheme !== '' && !isWeb) return fill(value);
  const keptUser = user === '' ? '' : `${fill(user.slice(0, -1))}@`;
  const newHost = scheme === '' && user === '' ? fill(host) : rewriteHost(host, pseudonyms);
  return scheme + keptUser + newHost + rewritePath(path, pseudonyms);
}

function rewritePath(text: string, pseudonyms: Pseudonyms): string {
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text) ?? [];
  const newPath = members(/([/])/, (part) => PATH_WORDS.has(part.toLowerCase()) || /^v\d{1,2}$/.test(part));
  return (
    newPath(path, pseudonyms) +
    query.slice(0, 1) +
    query
      .slice(1)
      .split('&')
      .map((part) => rewriteParameter(part, pseudonyms))
      .join('&') +
    (fragment === '' ? '' : `#${fill(fragment.slice(1))}`)
  );
}

function rewriteParameter(text: string, pseudonyms: Pseudonyms): string {
  const equals = text.indexOf('=');
  const name = equals < 0 ? '' : text.slice(0, equals);
  const value = text.slice(equals + 1);
  const newName = PARAMETER_WORDS.has(name.toLowerCase()) || name === '' ? name : pseudonyms.word(name);
  const isPlain = equals > 0 && PARAMETER_WORDS.has(name.toLowerCase()) && PARAMETER_VALUES.has(value);
  const newValue = isPlain || value === '' ? value : pseudonyms.word(value);
  return equals < 0 ? newValue : `${newName}=${newValue}`;
}

/** "Basic …": the scheme stays, so that a reader sees that there were credentials. */
const rewriteCredentials: Rewrite = (value) => {
  const scheme = /^(?:Basic|Bearer|Digest|Negotiate|NTLM|Token|HMAC)(?= )/i.exec(value)?.[0] ?? '';
  return scheme === '' ? fill(value) : `${scheme} ${fill(value.slice(scheme.length + 1))}`;
};

const rewriteUrlOrNull: Rewrite = (value, pseudonyms) =>
  value === 'null' || value === '*'
    ? value
    : value.startsWith('/')
      ? rewritePath(value, pseudonyms)
      : rewriteUrl(value, pseudonyms);

/** Names and versions of programs stay: the reader wants to know which program is to blame. */
const PRODUCTS = /^[\w .+/();:,!-]{0,256}$/;
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const BASE64 = /^[A-Za-z0-9+/=]{0,64}$/;

const WAYS: ReadonlyMap<string, Rewrite> = new Map<string, Rewrite>([
  ['upgrade', list(LIST_MEMBERS)],
  ['connection', rewriteConnection],
  ['proxy-connection', rewriteConnection],
  ['sec-websocket-version', only(/^[\d, ]{0,32}$/)],
  ['sec-websocket-key', only(BASE64)],
  ['sec-websocket-accept', only(BASE64)],
  ['sec-websocket-protocol', members(LIST, (member) => SUBPROTOCOLS.has(member.toLowerCase()))],
  ['sec-websocket-extensions', rewriteExtensions],
  ['host', rewriteHost],
  ['x-forwarded-host', rewriteHost],
  ['origin', rewriteUrlOrNull],
  ['sec-websocket-origin', rewriteUrlOrNull],
  ['access-control-allow-origin', rewriteUrlOrNull],
  ['referer', rewriteUrlOrNull],
  ['location', rewriteUrlOrNull],
  ['content-location', rewriteUrlOrNull],
  ['transfer-encoding', list(LIST_MEMBERS)],
  [
    'content-encoding',
    (value, pseudonyms) => (value.toLowerCase() === 'identity' ? value : pseudonyms.word(value)),
  ],
  ['accept-encoding', list(LIST_MEMBERS)],
  ['accept', list(LIST_MEMBERS)],
  ['te', list(LIST_MEMBERS)],
  ['expect', list(LIST_MEMBERS)],
  ['cache-control', list(LIST_MEMBERS)],
  ['pragma', list(LIST_MEMBERS)],
  ['vary', rewriteConnection],
  ['sec-fetch-dest', list(LIST_MEMBERS)],
  ['sec-fetch-mode', list(LIST_MEMBERS)],
  ['sec-fetch-site', list(LIST_MEMBERS)],
  ['x-forwarded-proto', list(LIST_MEMBERS)],
  ['x-content-type-options', list(LIST_MEMBERS)],
  ['content-type', members(/([/;=+, ])/, (member) => MEDIA_WORDS.has(member.toLowerCase()))],
  ['content-length', only(/^[\d, ]{0,32}$/)],
  ['keep-alive', only(/^(?:(?:timeout|max)=\d{1,6}(?:, ?)?)*$/i)],
  ['date', only(DATE)],
  ['expires', only(DATE)],
  ['last-modified', only(DATE)],
  ['server', only(PRODUCTS)],
  ['user-agent', only(PRODUCTS)],
  ['x-powered-by', only(PRODUCTS)],
  ['authorization', rewriteCredentials],
  ['proxy-authorization', rewriteCredentials],
  ['www-authenticate', rewriteCredentials],
  ['proxy-authenticate', rewriteCredentials],
]);
