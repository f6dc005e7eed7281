// Draws the table of bounds in docs/architecture.md, between the markers, from the constants themselves. A constant is in
// the table where its comment has a line `@bound what is bounded: how much`, in which {bytes}, {count} or {seconds}
// stands for its value. Constants of one file with the same words before the colon share a row.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = new URL('../docs/architecture.md', import.meta.url);
const sources = new URL('../src/', import.meta.url);
const BEGIN = '<!-- bounds:start -->';
const END = '<!-- bounds:end -->';

/** The rooms in the order in which data passes through them; others follow by name. */
const ROOMS = [
  'capture',
  'decode',
  'tcp',
  'carrier',
  'http',
  'websocket',
  'connection',
  'analysis',
  'judgement',
  'report',
];

const COMMENT_AND_CONSTANT =
  /\/\*\*((?:(?!\*\/)[^])*?)\*\/\s*(?:export )?const ([A-Z][A-Z\d_]*)(?:: number)? = ([\d_\s*+<()-]+);/g;
const TAG = /@bound ([^:]+): (.+?)\s*$/gm;

/** Every constant with a bound: { what, amount, file }, by room and file. */
export function findBounds() {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  return files.flatMap((file) => boundsOf(readFileSync(new URL(file, sources), 'utf8'), file));
}

/** Those of one file's text. */
export function boundsOf(text, file) {
  return [...text.matchAll(COMMENT_AND_CONSTANT)].flatMap(([, comment, name, expression]) =>
    [...comment.replaceAll(/^\s*\*\s?/gm, '').matchAll(TAG)].map(([, what, amount]) => ({
      what,
      amount: filled(amount, valueOf(expression), `${file}: ${name}`),
      file,
    })),
  );
}

/** The bounds as a Markdown table. */
export function drawBounds(bounds) {
  const rows = new Map();
  for (const { what, amount, file } of bounds) {
    const key = `${what}\n${file}`;
    const row = rows.get(key) ?? { what, amounts: [], file };
    row.amounts.push(amount);
    rows.set(key, row);
  }
  const cells = [...rows.values()].map(({ what, amounts, file }) => [
    what,
    amounts.join(', '),
    `\`${file}\``,
  ]);
  const head = ['what', 'bound', 'where'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column].length)),
  );
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.map(line)].join(
    '\n',
  );
}

/** The page with its table drawn anew. */
export function withBounds(text, table) {
  const start = text.indexOf(BEGIN) + BEGIN.length;
  return `${text.slice(0, start)}\n\n${table}\n\n${text.slice(text.indexOf(END))}`;
}

function placeOf(path) {
  const room = ROOMS.indexOf(path.split('/')[0]);
  return room < 0 ? ROOMS.length : room;
}

/** Of an expression that holds nothing but numbers and arithmetic, as COMMENT_AND_CONSTANT has made sure. */
function valueOf(expression) {
  return Number(new Function(`return (${expression});`)());
}

function filled(template, value, name) {
  if (!/\{(?:bytes|count|seconds)\}/.test(template))
    throw new Error(`${name}: the bound does not show its value`);
  return template
    .replaceAll('{bytes}', bytesText(value))
    .replaceAll('{count}', value.toLocaleString('en-US'))
    .replaceAll('{seconds}', `${value} s`);
}

function bytesText(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  let size = bytes;
  while (unit < units.length - 1 && size >= 1024 && Number.isInteger(size / 1024)) {
    size /= 1024;
    unit++;
  }
  return `${size.toLocaleString('en-US')} ${units[unit]}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, withBounds(readFileSync(page, 'utf8'), drawBounds(findBounds())));
}
