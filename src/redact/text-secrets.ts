/**
 * Hides secrets in text from the wire about which nothing else is known: a close reason, a header that wscap doesn't
 * know, a sentence that quotes them.
 */
import type { SecretLedger } from './secret-ledger.ts';
import { looksLikeToken } from './token-shape.ts';
import { redactUrl } from './url-secrets.ts';

const SCHEME = /\b(Bearer|Basic|Negotiate|Token)( +)([A-Za-z0-9._~+/=-]{6,})/gi;
const SCHEME_ALONE = /^(?:Bearer|Basic|Negotiate|Token)$/i;
const NAMED =
  /((?:token|secret|passw(?:or)?d|pwd|api[_-]?key|auth|session|jwt|credential|cookie|signature|\bsid)[\w-]{0,40}"?\s?[=:]\s?"?)([^\s&;,"'<>()[\]]+)/gi;
const WORD = /[^\s"'<>()]+/g;
/** Characters that may form one token: letters, digits and the others of base64, base64url and JWT. */
const TOKEN_RUN = /[A-Za-z0-9_~+/-](?:[A-Za-z0-9_~+/.=-]*[A-Za-z0-9_~+/=-])?/g;
/** Punctuation of the sentence that follows a quoted URL. */
const AFTER = /[.,:!…]{1,8}$/;

// Every expression here must take at most linear time: a header value is up to 64 KiB of anything.

export function redactText(text: string, ledger: SecretLedger): string {
  return redactTokens(
    text
      .replace(WORD, (word) => {
        if (!isUrl(word)) return word;
        const after = AFTER.exec(word)?.[0] ?? '';
        return redactUrl(word.slice(0, word.length - after.length), ledger) + after;
      })
      .replace(SCHEME, (_whole, scheme: string, space: string, value: string) => {
        return scheme + space + (isCredential(value) ? ledger.hide(value) : value);
      })
      .replace(NAMED, (_whole, name: string, value: string) => {
        return name + (SCHEME_ALONE.test(value) ? value : ledger.hide(value));
      }),
    ledger,
  );
}

/** The value of a JSON member whose name says that it is a secret. */
const JSON_SECRET =
  /("[\w-]{0,40}(?:token|key|secret|passw(?:or)?d|session)[\w-]{0,40}"\s{0,8}:\s{0,8}")([^"]+)"/gi;
const MAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g;

/** The same for the body of an answer, which may also hold JSON and addresses of people. */
export function redactBody(text: string, ledger: SecretLedger): string {
  const named = text.replace(
    JSON_SECRET,
    (_whole, name: string, value: string) => `${name}${ledger.hide(value)}"`,
  );
  return redactText(
    named.replace(MAIL, (address) => ledger.hide(address)),
    ledger,
  );
}

/** A word is a URL if it has a scheme or a query, or is a path with parameters. */
function isUrl(word: string): boolean {
  if (word.includes('//')) return true;
  const query = word.indexOf('?');
  return word.startsWith('/') ? query >= 0 || word.includes('=') : query >= 0 && word.includes('=', query);
}

/** "Basic Authentication failed" holds no credential. */
function isCredential(value: string): boolean {
  return /\d|[a-z][A-Z]|=$/.test(value);
}

function redactTokens(text: string, ledger: SecretLedger): string {
  return text.replace(TOKEN_RUN, (run) => {
    if (!looksLikeToken(run) || ledger.isPublic(run)) return run;
    // In a path, only single segments can be tokens.
    if (run.includes('/') && !isBase64(run)) {
      return run
        .split('/')
        .map((part) => (looksLikeToken(part) && !ledger.isPublic(part) ? ledger.hide(part) : part))
        .join('/');
    }
    return ledger.hide(run);
  });
}

/** Standard base64 contains slashes, too; unlike a path, it has no short segments that are words. */
function isBase64(run: string): boolean {
  return (
    !run.startsWith('/') && /^[A-Za-z0-9+/]+={0,2}$/.test(run) && looksLikeToken(run.replaceAll('/', ''))
  );
}
