// Draws the output of `wscap analyze` for a capture in fixtures/ as docs/terminal.svg, the picture in README.md.
// Needs the built program. Text stays text, and every run of characters has a fixed place and width, so that any
// monospaced font fits.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));

export const PICTURE = 'docs/terminal.svg';
const COMMAND = ['analyze', 'fixtures/handshake-close/tornado-open-raises.pcap'];

const CELL = 8.4;
const LINE = 18;
const FONT_SIZE = 14;
const MARGIN = 20;
/** Height of the bar above the text. */
const BAR = 34;
const COLUMNS = 80;

/** The SGR parameters that the report uses, and their CSS classes. */
const ON = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan' };
const OFF = { 22: ['bold', 'dim'], 39: ['red', 'green', 'yellow', 'cyan'] };

const STYLE = `
    text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace; fill: #d1d7e0; white-space: pre; }
    .bold { font-weight: bold; }
    .dim { fill: #848d97; }
    .red { fill: #ff7b72; }
    .green { fill: #3fb950; }
    .yellow { fill: #d29922; }
    .cyan { fill: #56d4dd; }
  `.trimEnd();

/** What the program prints on a terminal with 80 columns and colours. */
export function printed() {
  return execFileSync(process.execPath, ['dist/cli/main.js', ...COMMAND, '--color'], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
}

/** @param {string} output text with SGR sequences */
export function drawTerminal(output) {
  const lines = [
    `\u001b[2m$\u001b[22m \u001b[1mwscap ${COMMAND.join(' ')}\u001b[22m`,
    ...output.trimEnd().split('\n'),
  ];
  const width = MARGIN * 2 + COLUMNS * CELL;
  const height = BAR + MARGIN + lines.length * LINE;
  const styles = new Set();
  const texts = lines.flatMap((line, row) => {
    const runs = runsOf(line, styles);
    const y = BAR + (row + 1) * LINE;
    return runs.length === 0 ? [] : [`  <text y="${y}">${runs.map(drawRun).join('')}</text>`];
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `  <title id="title">${escapeXml(`wscap ${COMMAND.join(' ')}: ${plain(lines[1])}`)}</title>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (color, i) => `  <circle cx="${MARGIN + i * 18}" cy="${BAR / 2}" r="5.5" fill="${color}"/>`,
    ),
    ...texts,
    '</svg>',
  ].join('\n')}\n`;
}

/** Parts of a line with the same style; blanks between them need no drawing. */
function runsOf(line, styles) {
  const runs = [];
  let column = 0;
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    const sequence = /^\u001b\[([\d;]*)m$/.exec(part);
    if (sequence !== null) {
      for (const parameter of sequence[1].split(';')) {
        if (parameter in ON) styles.add(ON[parameter]);
        else for (const name of OFF[parameter] ?? unknown(parameter)) styles.delete(name);
      }
      continue;
    }
    // Each group of words gets its own place, so that wide gaps between words don't shift the text.
    for (const { 0: text, index } of part.matchAll(/\S+(?: \S+)*/g)) {
      runs.push({ text, column: column + index, classes: [...styles] });
    }
    column += part.length;
  }
  return runs;
}

function drawRun({ text, column, classes }) {
  const style = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  return `<tspan x="${round(MARGIN + column * CELL)}" textLength="${round(text.length * CELL)}" lengthAdjust="spacingAndGlyphs"${style}>${escapeXml(text)}</tspan>`;
}

function unknown(parameter) {
  throw new Error(`SGR ${parameter} is not drawn yet`);
}

function plain(text) {
  return text.replace(/\u001b\[[\d;]*m/g, '');
}

function round(number) {
  return Number(number.toFixed(2));
}

function escapeXml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL(`../${PICTURE}`, import.meta.url), drawTerminal(printed()));
}
