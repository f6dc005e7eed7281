/**
 * What several runs of a tool took.
 * @typedef {object} Result
 * @property {import('./tools.mjs').Tool} tool
 * @property {number} runs how many were measured
 * @property {number} wall median seconds
 * @property {number} fastest seconds
 * @property {number} slowest seconds
 * @property {number} cpu median seconds
 * @property {number | null} memory median bytes
 */

/** A tool that has taken so many seconds, its warm-up included, and was measured once isn't run again. */
const PATIENCE = 100;

/**
 * Runs the tools side by side, A B C A B C …: when the machine gets slower for a while, it does so for all.
 * The first round warms up (page cache, disk) and doesn't count.
 * @param {import('./tools.mjs').Tool[]} tools
 * @param {string} capture
 * @param {number} runs
 * @param {ReturnType<import('./measure.mjs').stopwatch>} watch
 * @returns {Result[]}
 */
export function compare(tools, capture, runs, watch) {
  const measured = tools.map(() => []);
  const spent = tools.map(() => 0);
  for (let round = 0; round <= runs; round++) {
    for (const [i, tool] of tools.entries()) {
      if (measured[i].length > 0 && spent[i] > PATIENCE) continue;
      const measurement = watch.run(tool.command, tool.args(capture));
      spent[i] += measurement.wall;
      if (round > 0) measured[i].push(measurement);
    }
  }
  return tools.map((tool, i) => summary(tool, measured[i]));
}

function summary(tool, measurements) {
  const walls = measurements.map(({ wall }) => wall);
  return {
    tool,
    runs: measurements.length,
    wall: median(walls),
    fastest: Math.min(...walls),
    slowest: Math.max(...walls),
    cpu: median(measurements.map(({ cpu }) => cpu)),
    memory: measurements[0].memory === null ? null : median(measurements.map(({ memory }) => memory)),
  };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
