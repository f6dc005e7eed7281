/**
 * The page's content security policy: it may run its one script and use its one style sheet, identified by their
 * hashes. Nothing is fetched, nothing sent. Even if markup got into the page by a bug of ours, it could run nothing.
 */
import { createHash } from 'node:crypto';

/** The icon is a picture inside the page. */
const FIXED = ["default-src 'none'", 'img-src data:', "base-uri 'none'", "form-action 'none'"];

export function contentSecurityPolicy(script: string, style: string): string {
  return [...FIXED, `script-src ${hashSource(script)}`, `style-src ${hashSource(style)}`].join('; ');
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
