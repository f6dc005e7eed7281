/** The documentation, which the package brings along: the pages of the rules, docs/rules/<id>.md, and others. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DOCUMENTS = 'docs';
/** Only our own docs/ has it, not that of a project around us. */
const PAGES = join(DOCUMENTS, 'rules');

/** The build decides how deep in dist/ this code lies, so the pages are looked for upwards from it. */
function documentsDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, PAGES)) && dirname(directory) !== directory)
    directory = dirname(directory);
  return join(directory, DOCUMENTS);
}

export function readPage(id: string): string {
  return readDocument(join('rules', `${id}.md`));
}

/** @param name the path below docs/ */
export function readDocument(name: string): string {
  return readFileSync(join(documentsDirectory(), name), 'utf8').replaceAll('\r\n', '\n');
}
