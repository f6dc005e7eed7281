/**
 * Hides secrets in text of which nothing is known but that it was on the wire: a close reason, a header that this
 * program doesn't know, a sentence that quotes them.
 */
import type { SecretLedger } from './secret-ledger.ts';
import { looksLikeToken } from './token-shape.ts';
import { redactUrl } from './url-secrets.ts';

const SCHEME = /\b(Bearer|Basic|Negotiate|Token)( +)([A-Za-z0-9._~+/=-]{6,})/gi;
const SCHEME_ALONE = /^(?:Bearer|Basic|Negotiate|Token)$/i;
const NAMED =
  /((?:token|secret|passw(?:or)?d|pwd|api[_-]?key|auth|session|jwt|credential|cookie|signature|\bsid)[\w-]{0,40}"?\s?[=:]\s?"?)([^\s&;,"'<>()[\]]+)/gi;
const WORD = /[^\s"'<>()]+/g;
/** A piece that may be one token: letters, digits and what base64, base64url and JWT put between them. */
const TOKEN_RUN = /[A-Za-z0-9_~+/-](?:[A-Za-z0-9_~+/.=-]*[A-Za-z0-9_~+/=-])?/g;
/** What a sentence puts behind the URL that it quotes. */
const AFTER = /[.,:!…]{1,8}$/;

// No expression here may take more than linear time: header values are up to 64 KiB of anything.

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

/** With a scheme or a query, or a path with parameters. */
function isUrl(word: string): boolean {
  if (word.includes('//')) return true;
  const query = word.indexOf('?');
  return word.startsWith('/') ? query >= 0 || word.includes('=') : query >= 0 && word.includes('=', query);
}

/** "Basic Authentication failed" names no credential. */
function isCredential(value: string): boolean {
  return /\d|[a-z][A-Z]|=$/.test(value);
}

function redactTokens(text: string, ledger: SecretLedger): string {
  return text.replace(TOKEN_RUN, (run) => {
    if (!looksLikeToken(run) || ledger.isPublic(run)) return run;
    // A path: only its segments may be tokens.
    if (run.includes('/') && !isBase64(run)) {
      return run
        .split('/')
        .map((part) => (looksLikeToken(part) && !ledger.isPublic(part) ? ledger.hide(part) : part))
        .join('/');
    }
    return ledger.hide(run);
  });
}

/** Standard base64 has slashes, too: it has no short segments of words. */
function isBase64(run: string): boolean {
  return (
    !run.startsWith('/') && /^[A-Za-z0-9+/]+={0,2}$/.test(run) && looksLikeToken(run.replaceAll('/', ''))
  );
}
