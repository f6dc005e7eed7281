import { toolVersion } from './tools.mjs';
import { machineDescription } from './machine.mjs';
import { markdownTable } from './table.mjs';

const HEADER = [
  'tool',
  'runs',
  'wall s',
  'fastest–slowest',
  'CPU s',
  'memory MB',
  'packets/s',
  'wscap/tool wall',
  'wscap/tool CPU',
];

/**
 * The results on one capture as a Markdown section.
 * @param {{kind: string, truth: object}} capture
 * @param {import('./compare.mjs').Result[]} results
 * @returns {string}
 */
export function resultSection({ kind, truth }, results) {
  const wscap = results.find(({ entry }) => entry.name === 'wscap');
  const rows = results.map((result) => [
    ...figures(result),
    perSecond(truth.packets, result.wall),
    ratio(wscap?.wall, result.wall),
    ratio(wscap?.cpu, result.cpu),
  ]);
  const megabytes = (truth.bytes / 1e6).toFixed(0);
  const packets = truth.packets.toLocaleString('en-US');
  return `### ${kind}: ${megabytes} MB, ${packets} packets\n\n${markdownTable(HEADER, rows)}`;
}

/**
 * Runs that were measured in turn, but not all on the same capture.
 * @param {string} title
 * @param {{result: import('./compare.mjs').Result, packets: number | null}[]} rows
 * @returns {string}
 */
export function plainSection(title, rows) {
  const cells = rows.map(({ result, packets }) => [
    ...figures(result),
    packets === null ? '–' : perSecond(packets, result.wall),
  ]);
  return `### ${title}\n\n${markdownTable(HEADER.slice(0, cells[0].length), cells)}`;
}

function figures({ entry, measurements, wall, fastest, slowest, cpu, memory }) {
  return [
    entry.name,
    String(measurements.length),
    seconds(wall),
    `${seconds(fastest)}–${seconds(slowest)}`,
    seconds(cpu),
    memory === null ? '?' : (memory / 1e6).toFixed(0),
  ];
}

/** Start-up times need milliseconds. */
function seconds(value) {
  return value.toFixed(value < 0.2 ? 3 : 2);
}

function perSecond(packets, wall) {
  return `${Math.round(packets / wall / 1e3).toLocaleString('en-US')} k`;
}

/** @returns {string} where and how the figures were measured */
export function measurementNote(tools, runs) {
  const versions = tools.map((tool) =>
    [tool.name, toolVersion(tool)].filter((part) => part !== '').join(' '),
  );
  return `Medians of ${runs} runs after a warm-up (fewer runs of slow tools, more of short ones); in each round all tools run one after the other. The ratio of a target is the median of the rounds' ratios, its spread the lowest and the highest of them. On: ${machineDescription()}. Tools: ${versions.join(', ')}.`;
}

function ratio(wscap, other) {
  return wscap === undefined || other === 0 ? '–' : (wscap / other).toFixed(2);
}
