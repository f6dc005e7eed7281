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
  const wscap = results.find(({ tool }) => tool.name === 'wscap');
  const rows = results.map((result) => [
    result.tool.name,
    String(result.runs),
    result.wall.toFixed(2),
    `${result.fastest.toFixed(2)}–${result.slowest.toFixed(2)}`,
    result.cpu.toFixed(2),
    result.memory === null ? '?' : (result.memory / 1e6).toFixed(0),
    `${Math.round(truth.packets / result.wall / 1e3).toLocaleString('en-US')} k`,
    ratio(wscap?.wall, result.wall),
    ratio(wscap?.cpu, result.cpu),
  ]);
  const megabytes = (truth.bytes / 1e6).toFixed(0);
  const packets = truth.packets.toLocaleString('en-US');
  return `### ${kind}: ${megabytes} MB, ${packets} packets\n\n${markdownTable(HEADER, rows)}`;
}

/** @returns {string} where and how the figures were measured */
export function measurementNote(tools, runs) {
  const versions = tools.map((tool) =>
    [tool.name, toolVersion(tool)].filter((part) => part !== '').join(' '),
  );
  return `Medians of ${runs} runs (fewer of slow tools) after a warm-up, side by side, on: ${machineDescription()}. Tools: ${versions.join(', ')}.`;
}

function ratio(wscap, other) {
  return wscap === undefined || other === 0 ? '–' : (wscap / other).toFixed(2);
}
