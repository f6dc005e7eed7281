import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** esbuild writes such a line before the code of each source file that it puts into a bundle. */
const SOURCE_COMMENT = /^\/\/ ((?:src|node_modules)\/.*)$/;

/**
 * Says in which file a function of a profile is.
 * @param {string} root the folder of the project
 * @returns {(url: string, line: number) => string} `dist/… :line`, with the source file that the code comes from
 */
export function sourceLocator(root) {
  const files = new Map();
  return (url, line) => {
    if (!url.startsWith('file:')) return url === '' ? 'V8 or system' : url;
    const path = fileURLToPath(url);
    if (!files.has(path)) files.set(path, readFileSync(path, 'utf8').split('\n'));
    const lines = files.get(path);
    for (let at = line - 1; at >= 0; at--) {
      const source = SOURCE_COMMENT.exec(lines[at])?.[1];
      if (source !== undefined) return `${source} (${basename(path)}:${line})`;
    }
    return `${relative(root, path)}:${line}`;
  };
}
