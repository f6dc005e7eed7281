import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KINDS } from '../generate/kinds.mjs';

const DOCUMENT = join('docs', 'benchmarks.md');
const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

const TEMPLATE = `# Benchmarks

How long wscap takes on a capture, beside public tools that read the same file. \`npm run bench\` generates the
captures (from a seed: always the same), holds wscap's report against what the generator knows to be in
them, measures, and writes the tables below.

## How to read the tables

Seconds depend on the machine: look at the ratios. \`wscap/tool\` below 1 means that wscap is faster than the
tool, 2 that it takes twice as long. The tools don't do the same work: \`cat\` only reads, \`capinfos\` counts
packets, \`tcpdump\` copies them, \`tcptrace\` follows connections without looking at payloads, \`tshark\`
dissects everything, \`pcap-parser\` (an npm package) reads packets in JavaScript. wscap is measured with the
start of Node, and prints the complete JSON report. All output is thrown away; the files are in the page cache.
Wall time is by the clock, CPU time is user and system together, memory is the peak resident set.

The captures:

${Object.entries(KINDS)
  .map(([name, { about }]) => `- **${name}**: ${about}`)
  .join('\n')}

## Results

${START}
${END}

## Dead ends

What was tried for speed and didn't pay.
`;

/**
 * Writes the measured sections into docs/benchmarks.md, between its markers; the rest stays as it stands.
 * @param {string} content Markdown
 * @returns {string} the path written
 */
export function writeDocument(content) {
  const text = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : TEMPLATE;
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start === -1 || end < start) throw new Error(`${DOCUMENT} has no markers ${START} and ${END}`);
  mkdirSync(dirname(DOCUMENT), { recursive: true });
  writeFileSync(DOCUMENT, `${text.slice(0, start + START.length)}\n\n${content}\n\n${text.slice(end)}`);
  return DOCUMENT;
}
