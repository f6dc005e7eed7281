/** Splits the target of an upgrade request (RFC 9112 §3.2) into host, path and query. */
import type { ConnectionReport } from '../report/model.ts';
import { looksLikeToken } from '../redact/token-shape.ts';

const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

/** In lower case, with its port; null if no request was captured. */
export function hostOf({ upgrade }: Pick<ConnectionReport, 'upgrade'>): string | null {
  const authority = ABSOLUTE.exec(upgrade?.target ?? '')?.[1];
  const host = authority === undefined || authority === '' ? upgrade?.host : authority;
  return host?.toLowerCase() ?? null;
}

/** Without host and query; null if no request was captured. */
export function pathOf({ upgrade }: Pick<ConnectionReport, 'upgrade'>): string | null {
  const target = upgrade?.target ?? null;
  if (target === null) return null;
  const path = target.replace(ABSOLUTE, '').replace(/[?#][^]*$/, '');
  return path === '' ? '/' : path;
}

/** "/rooms/17/socket" and "/rooms/23/socket" have the same shape. */
export function pathShape(path: string): string {
  return path
    .split('/')
    .map((segment) => (/^\d+$/.test(segment) || isIdentifier(segment) ? '*' : segment))
    .join('/');
}

/** Name and value of each parameter, in order; a parameter without "=" is a value with an empty name. */
export function queryOf({ upgrade }: Pick<ConnectionReport, 'upgrade'>): [name: string, value: string][] {
  const query = /\?([^#]*)/.exec(upgrade?.target ?? '')?.[1] ?? '';
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? ['', part] : [part.slice(0, equals), part.slice(equals + 1)];
    });
}

/** A UUID, a long run of hexadecimal digits, or anything else that doesn't look like a word. */
export function isIdentifier(text: string): boolean {
  return (
    /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text) ||
    /^(?=.*\d)[\da-f]{16,}$/i.test(text) ||
    looksLikeToken(text)
  );
}
