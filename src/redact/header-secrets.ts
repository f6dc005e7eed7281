/** Hides the secrets in HTTP headers; how depends on what the header is known to hold. */
import { bytesOfBase64 } from '#platform/text';
import type { SecretLedger } from './secret-ledger.ts';
import { redactText } from './text-secrets.ts';
import { looksLikeToken } from './token-shape.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Never hidden, though some of their values look like tokens: the headers that prove the handshake, and the request
 * ids by which somebody finds the line in a server's log.
 */
const KEPT: ReadonlySet<string> = new Set([
  'sec-websocket-key',
  'sec-websocket-accept',
  'sec-websocket-version',
  'upgrade',
  'connection',
  'host',
  'date',
  'user-agent',
  'server',
  'via',
  'etag',
  'x-request-id',
  'request-id',
  'x-correlation-id',
  'x-trace-id',
  'x-amzn-trace-id',
  'x-amzn-requestid',
  'x-b3-traceid',
  'x-b3-spanid',
  'traceparent',
  'cf-ray',
]);

/** A header whose name contains one of these words holds a credential. */
const TELLING =
  /(?:^|[-_])(?:auth\w*|tokens?|secrets?|api-?key|apikey|keys?|sessions?|session-?id|sid|csrf|xsrf|csrf-?token|jwt|passwords?|passwd|credentials?|signature|cookies?|assertion|client-cert)(?:$|[-_])/;

const SCHEMES =
  /^(?:Basic|Bearer|Digest|Negotiate|NTLM|Token|ApiKey|Hawk|HOBA|Mutual|DPoP|AWS4-HMAC-SHA256|SCRAM-\w+)$/i;
const COOKIE_ATTRIBUTES: ReadonlySet<string> = new Set(
  'expires max-age domain path secure httponly samesite partitioned priority'.split(' '),
);
/**
 * A subprotocol that announces a credential as the next one: the browser's WebSocket API has no other place for one.
 */
const ANNOUNCES =
  /^(?:access[_-]?token|id[_-]?token|bearer|token|authorization|auth|jwt|api[_-]?key|ticket|session)$/i;
/** As in Kubernetes: the token follows a fixed prefix. */
const PREFIXED = /^(base64url\.bearer\.authorization\.k8s\.io\.)(.+)$/;

/** @param name in any case */
export function redactHeader(name: string, value: string, ledger: SecretLedger): string {
  const header = name.toLowerCase();
  if (KEPT.has(header)) return value;
  if (header === 'cookie') return redactCookies(value, ledger);
  if (header === 'set-cookie') return redactSetCookie(value, ledger);
  if (header === 'sec-websocket-protocol') return redactSubprotocols(value, ledger);
  if (header === 'authorization' || header === 'proxy-authorization') return redactCredentials(value, ledger);
  // A challenge (WWW-Authenticate and the like) names a realm, not a credential.
  if (header.endsWith('-authenticate')) return redactText(value, ledger);
  return TELLING.test(header) ? ledger.hide(value) : redactText(value, ledger);
}

/** "graphql-ws, eyJhbGciOi…" */
export function redactSubprotocols(value: string, ledger: SecretLedger): string {
  let isAnnounced = false;
  return value
    .split(',')
    .map((member) => {
      const [space, name] = splitSpace(member);
      const wasAnnounced = isAnnounced;
      isAnnounced = ANNOUNCES.test(name);
      const [, prefix, token] = PREFIXED.exec(name) ?? [];
      if (prefix !== undefined && token !== undefined) return space + prefix + ledger.hide(token);
      return space + (wasAnnounced || looksLikeToken(name) ? ledger.hide(name) : name);
    })
    .join(',');
}

function redactCookies(value: string, ledger: SecretLedger): string {
  return value
    .split(';')
    .map((pair) => redactPair(pair, ledger))
    .join(';');
}

/** "name=value" becomes "name=[redacted-1]"; without a name, the whole is hidden. */
function redactPair(pair: string, ledger: SecretLedger): string {
  const equals = pair.indexOf('=');
  const [before, secret] =
    equals < 0 ? splitSpace(pair) : [pair.slice(0, equals + 1), pair.slice(equals + 1).trim()];
  return before + ledger.hide(secret);
}

function splitSpace(text: string): [space: string, rest: string] {
  const rest = text.trim();
  return [text.slice(0, text.indexOf(rest)), rest];
}

function redactSetCookie(value: string, ledger: SecretLedger): string {
  const [cookie = '', ...attributes] = value.split(';');
  return [
    redactPair(cookie, ledger),
    ...attributes.map((attribute) => {
      const name = attribute.split('=')[0]!.trim().toLowerCase();
      return COOKIE_ATTRIBUTES.has(name) ? attribute : redactPair(attribute, ledger);
    }),
  ].join(';');
}

/** The authentication scheme stays, if there is one. */
function redactCredentials(value: string, ledger: SecretLedger): string {
  const [, scheme, space, credentials] = /^(\S+)( +)(.+)$/s.exec(value) ?? [];
  if (scheme === undefined || space === undefined || credentials === undefined || !SCHEMES.test(scheme)) {
    return ledger.hide(value);
  }
  if (/^basic$/i.test(scheme)) learnBasic(credentials, ledger);
  return scheme + space + ledger.hide(credentials);
}

/** The decoded user and password are secrets as well (RFC 7617 §2). */
function learnBasic(credentials: string, ledger: SecretLedger): void {
  const decoded = utf8.decode(bytesOfBase64(credentials));
  const colon = decoded.indexOf(':');
  if (colon < 0) return;
  const mark = ledger.hide(credentials);
  ledger.alsoSeek(decoded, mark);
  ledger.alsoSeek(decoded.slice(colon + 1), mark);
}
