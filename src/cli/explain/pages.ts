/** The pages of the rules, docs/rules/<id>.md, which the package brings along. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGES = join('docs', 'rules');

/** The build decides how deep in dist/ this code lies, so the pages are looked for upwards from it. */
function pagesDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, PAGES)) && dirname(directory) !== directory)
    directory = dirname(directory);
  return join(directory, PAGES);
}

export function readPage(id: string): string {
  return readFileSync(join(pagesDirectory(), `${id}.md`), 'utf8').replaceAll('\r\n', '\n');
}
