/**
 * A target, and what was measured.
 * @typedef {object} Target
 * @property {string} what
 * @property {string} target in words
 * @property {string} measured with its unit, or why it was not measured
 * @property {string} spread
 * @property {boolean | null} isMet null: not measured
 */
import { wallRatio } from './compare.mjs';
import { markdownTable } from './table.mjs';

/**
 * A target for how many times as long wscap takes as something else.
 * @param {string} what
 * @param {number} atMost
 * @param {import('./compare.mjs').Result | undefined} wscap
 * @param {import('./compare.mjs').Result | undefined} other undefined: not here
 * @param {{name?: string, scale?: number}} options what to call the other, if not by its name; `scale`: by how much the
 *   ratio is to be multiplied, for what is compared by the packet
 * @returns {Target}
 */
export function ratioTarget(what, atMost, wscap, other, { name = other?.entry.name, scale = 1 } = {}) {
  const target = `at most ${atMost} × ${name}`;
  if (wscap === undefined || other === undefined) return notMeasured(what, target);
  const { median, lowest, highest } = wallRatio(wscap, other);
  return {
    what,
    target,
    measured: `${(median * scale).toFixed(2)} ×`,
    spread: `${(lowest * scale).toFixed(2)}–${(highest * scale).toFixed(2)}`,
    isMet: median * scale <= atMost,
  };
}

/** A target for how many times as fast as something else wscap is. @returns {Target} */
export function speedTarget(what, atLeast, wscap, other, name) {
  const target = `at least ${atLeast} times as fast as ${name}`;
  if (wscap === undefined || other === undefined) return notMeasured(what, target);
  const { median, lowest, highest } = wallRatio(other, wscap);
  return {
    what,
    target,
    measured: `${median.toFixed(0)} times`,
    spread: `${lowest.toFixed(0)}–${highest.toFixed(0)}`,
    isMet: median >= atLeast,
  };
}

/** A target for peak memory. @returns {Target} */
export function memoryTarget(what, megabytes, result) {
  const target = `under ${megabytes} MB`;
  if (result === undefined || result.memory === null) return notMeasured(what, target);
  const [least, most] = extremes(result.measurements.map(({ memory }) => memory / 1e6));
  return {
    what,
    target,
    measured: `${(result.memory / 1e6).toFixed(0)} MB`,
    spread: `${least.toFixed(0)}–${most.toFixed(0)}`,
    isMet: result.memory < megabytes * 1e6,
  };
}

/** A target for how far peak memories are apart. @returns {Target} */
export function steadyMemoryTarget(what, atMost, results) {
  const target = `the largest at most ${atMost} × the smallest`;
  const memories = results.map((result) => result?.memory ?? null);
  if (memories.includes(null)) return notMeasured(what, target);
  const [least, most] = extremes(memories);
  return {
    what,
    target,
    measured: `${(most / least).toFixed(2)} ×`,
    spread: memories.map((memory) => `${(memory / 1e6).toFixed(0)}`).join(', ') + ' MB',
    isMet: most / least <= atMost,
  };
}

/** @returns {Target} */
export function notMeasured(what, target) {
  return { what, target, measured: 'not measured', spread: '–', isMet: null };
}

/**
 * @param {Target[]} targets
 * @returns {string} Markdown
 */
export function targetSection(targets) {
  const rows = targets.map(({ what, target, measured, spread, isMet }) => [
    what,
    target,
    measured,
    spread,
    isMet === null ? '–' : isMet ? 'yes' : 'no',
  ]);
  return `### Targets\n\n${markdownTable(['what', 'target', 'measured', 'spread', 'met'], rows, 2)}`;
}

function extremes(values) {
  return [Math.min(...values), Math.max(...values)];
}
