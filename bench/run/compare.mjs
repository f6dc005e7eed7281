/**
 * A program to measure, with its arguments.
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 */

/**
 * What several runs of an entry took.
 * @typedef {object} Result
 * @property {Entry} entry
 * @property {import('./measure.mjs').Measurement[]} measurements of one round after the other
 * @property {number} wall median seconds
 * @property {number} fastest seconds
 * @property {number} slowest seconds
 * @property {number} cpu median seconds
 * @property {number | null} memory median bytes
 */

/** An entry that took more than this many seconds, warm-up included, and was measured once isn't run again. */
const PATIENCE = 150;

/**
 * Runs the entries in turn, A B C A B C …: if the machine gets slower for a while, all of them are affected. With
 * more than one run, the first round warms up (page cache, disk) and doesn't count.
 * @param {Entry[]} entries
 * @param {number} runs
 * @param {ReturnType<import('./measure.mjs').stopwatch>} watch
 * @returns {Result[]}
 */
export function compare(entries, runs, watch) {
  const measured = entries.map(() => []);
  const spent = entries.map(() => 0);
  for (let round = runs > 1 ? 0 : 1; round <= runs; round++) {
    for (const [i, { command, args }] of entries.entries()) {
      if (measured[i].length > 0 && spent[i] > PATIENCE) continue;
      const measurement = watch.run(command, args);
      spent[i] += measurement.wall;
      if (round > 0) measured[i].push(measurement);
    }
  }
  return entries.map((entry, i) => summary(entry, measured[i]));
}

/**
 * How many times as long one took as the other, round by round.
 * @param {Result} one
 * @param {Result} other
 * @returns {{median: number, lowest: number, highest: number}}
 */
export function wallRatio(one, other) {
  const rounds = Math.min(one.measurements.length, other.measurements.length);
  const ratios = Array.from(
    { length: rounds },
    (_, i) => one.measurements[i].wall / other.measurements[i].wall,
  );
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

function summary(entry, measurements) {
  const walls = measurements.map(({ wall }) => wall);
  return {
    entry,
    measurements,
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
