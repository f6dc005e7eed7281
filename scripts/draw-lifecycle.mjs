// Draws the state table of src/connection/lifecycle.ts into docs/lifecycle.md, between the markers.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const page = new URL('../docs/lifecycle.md', import.meta.url);
const BEGIN = '<!-- lifecycle:start -->';
const END = '<!-- lifecycle:end -->';

/** The table as a Mermaid state diagram; Mermaid allows no dashes in names. */
export function drawLifecycle(states, table) {
  const name = (state) => state.replaceAll('-', '_');
  const arrows = states.flatMap((state) => {
    const byTarget = new Map();
    for (const [event, target] of Object.entries(table[state])) {
      byTarget.set(target, [...(byTarget.get(target) ?? []), event]);
    }
    return [...byTarget].map(
      ([target, events]) => `  ${name(state)} --> ${name(target)}: ${events.join(', ')}`,
    );
  });
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...states.map((state) => `  ${name(state)}: ${state}`),
    '  [*] --> new',
    ...arrows,
    '```',
  ].join('\n');
}

/** The page with a new diagram. */
export function withDiagram(text, diagram) {
  const start = text.indexOf(BEGIN) + BEGIN.length;
  return `${text.slice(0, start)}\n\n${diagram}\n\n${text.slice(text.indexOf(END))}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('../src/connection/lifecycle.ts', import.meta.url))],
    format: 'esm',
    write: false,
  });
  const { LIFECYCLE, LIFECYCLE_STATES } = await import(
    `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
  );
  writeFileSync(page, withDiagram(readFileSync(page, 'utf8'), drawLifecycle(LIFECYCLE_STATES, LIFECYCLE)));
}
