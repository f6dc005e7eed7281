import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** esbuild writes such a line before the code of each source file in a bundle. */
const SOURCE_COMMENT = /^\/\/ ((?:src|node_modules)\/.*)$/;
const LONGEST = 48;

/**
 * Says in which file a function of a profile is.
 * @param {string} root the folder of the project
 * @returns {(url: string, line: number) => string} the source file where it is known, or the file that ran and the line
 */
export function sourceLocator(root) {
  const files = new Map();
  return (url, line) => {
    if (url === '') return 'V8 or system';
    if (!url.startsWith('file:')) return url;
    const path = fileURLToPath(url);
    if (!files.has(path)) files.set(path, readFileSync(path, 'utf8').split('\n'));
    const lines = files.get(path);
    for (let at = line - 1; at >= 0; at--) {
      const source = SOURCE_COMMENT.exec(lines[at])?.[1];
      if (source !== undefined) return shortened(source);
    }
    return shortened(`${relative(root, path)}:${line}`);
  };
}

/** Long paths inside dependencies are cut at the front: the end says the most. */
function shortened(path) {
  return path.length <= LONGEST ? path : `…${path.slice(path.length - LONGEST + 1)}`;
}
