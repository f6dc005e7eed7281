import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = join('docs', 'benchmarks.md');
const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/**
 * Writes the measured sections into docs/benchmarks.md, between its markers; the rest stays as it is.
 * @param {string} content Markdown
 * @returns {string} the path written
 */
export function writeDocument(content) {
  const text = readFileSync(DOCUMENT, 'utf8');
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start === -1 || end < start) throw new Error(`${DOCUMENT} has no markers ${START} and ${END}`);
  writeFileSync(DOCUMENT, `${text.slice(0, start + START.length)}\n\n${content}\n\n${text.slice(end)}`);
  return DOCUMENT;
}
