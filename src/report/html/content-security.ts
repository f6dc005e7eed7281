/**
 * The page's content security policy: it may run its one script and use its one style sheet, identified by their
 * hashes. Nothing is fetched, nothing sent. Even if markup got into the page by a bug of ours, it could run nothing.
 */
import { sha256 } from '#platform/sha256';
import { base64 } from '#platform/text';

/** The icon is a picture inside the page. */
const FIXED = ["default-src 'none'", 'img-src data:', "base-uri 'none'", "form-action 'none'"];

export function contentSecurityPolicy(script: string, style: string): string {
  return [...FIXED, `script-src ${hashSource(script)}`, `style-src ${hashSource(style)}`].join('; ');
}

function hashSource(text: string): string {
  return `'sha256-${base64(sha256(new TextEncoder().encode(text)))}'`;
}
