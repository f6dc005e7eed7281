/** Hides secrets in a URL or request target: the values of its query, user and password, tokens in its path. */
import type { SecretLedger } from './secret-ledger.ts';
import { looksLikeToken } from './token-shape.ts';

/** Values that everybody uses, and numbers below 100: they are not secret, and worth reading. */
const PLAIN_VALUE = /^(?:websocket|polling|true|false|null|\d{1,2})$/;
const USER = /(:\/\/)([^/?#@\s]+)(@)/g;
const AUTHORITY = /^(?:[a-z][a-z\d+.-]*:)?\/\/[^/]*/i;

/** @param url a target ("/chat?room=1"), a URL, or a piece of text that holds one */
export function redactUrl(url: string, ledger: SecretLedger): string {
  const [path = '', ...parts] = url.split(/([?&;#])/);
  let result = redactPath(path, ledger);
  for (let i = 0; i < parts.length; i += 2) {
    const separator = parts[i]!;
    result += separator + redactPart(separator, parts[i + 1]!, ledger);
  }
  return result;
}

function redactPath(path: string, ledger: SecretLedger): string {
  const withoutUser = path.replace(
    USER,
    (_whole, before: string, user: string, after: string) => before + hideUser(user, ledger) + after,
  );
  const authority = AUTHORITY.exec(withoutUser)?.[0] ?? '';
  const segments = withoutUser.slice(authority.length).split('/');
  return (
    authority +
    segments.map((segment) => (looksLikeToken(segment) ? ledger.hide(segment) : segment)).join('/')
  );
}

function hideUser(user: string, ledger: SecretLedger): string {
  return user
    .split(':')
    .map((part) => ledger.hide(part))
    .join(':');
}

function redactPart(separator: string, part: string, ledger: SecretLedger): string {
  const equals = part.indexOf('=');
  if (equals >= 0) {
    const name = part.slice(0, equals);
    const shownName = looksLikeToken(name) ? ledger.hide(name) : name;
    return `${shownName}=${hideValue(part.slice(equals + 1), ledger)}`;
  }
  // After ? or &, a part without "=" is taken for a value; after # or ;, for a name, unless it looks like a token.
  if (separator === '?' || separator === '&') return hideValue(part, ledger);
  return redactPath(part, ledger);
}

function hideValue(value: string, ledger: SecretLedger): string {
  return PLAIN_VALUE.test(value) ? value : ledger.hide(value);
}
