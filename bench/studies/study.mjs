/**
 * What a study gets.
 * @typedef {object} Bench
 * @property {number} runs
 * @property {ReturnType<import('../run/measure.mjs').stopwatch>} watch
 * @property {boolean} isQuick a smoke test: everything on captures of a few megabytes
 * @property {boolean} isLarge captures of 4 GiB, too
 * @property {string[] | undefined} tools only these, besides wscap
 *
 * The result of a study.
 * @typedef {object} Findings
 * @property {string[]} sections Markdown
 * @property {import('../run/targets.mjs').Target[]} targets
 */
import { referenceCapture } from '../run/captures.mjs';
import { WSCAP_PROGRAM } from '../run/tools.mjs';

const SMALL = { size: '5MB', count: 500, connections: 100 };

/**
 * The capture, or in a smoke test a small one of its kind.
 * @param {Bench} bench
 * @param {import('../run/captures.mjs').Wanted} wanted
 */
export function captureFor({ isQuick }, wanted) {
  if (!isQuick) return referenceCapture(wanted);
  const small = Object.keys(wanted).filter((name) => Object.hasOwn(SMALL, name));
  return referenceCapture({ ...wanted, ...Object.fromEntries(small.map((name) => [name, SMALL[name]])) });
}

/** @returns {import('../run/compare.mjs').Entry} wscap as users run it */
export function wscapOn(name, ...args) {
  return { name, command: process.execPath, args: [WSCAP_PROGRAM, ...args] };
}
