import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATOR_VERSION, generateCapture, truthPath } from '../generate/capture.mjs';
import { parseSize } from '../generate/size.mjs';

const SEED = 1;
const FOLDER = join('bench', 'captures');

/**
 * Which capture is wanted.
 * @typedef {object} Wanted
 * @property {string} kind
 * @property {string} [size] such as `200MB`
 * @property {number} [count] or how many connections
 * @property {number} [connections] how many are open at a time, if not as many as the kind has
 */

/**
 * A reference capture and the truth about it; it is generated if it doesn't exist.
 * @param {Wanted} wanted
 * @returns {Promise<{kind: string, path: string, truth: object}>}
 */
export async function referenceCapture({ kind, size, count, connections }) {
  const open = connections === undefined ? [] : [connections, 'open'];
  const path = captureFile([kind, size ?? count, ...open].join('-') + '.pcap');
  const options = {
    kind,
    path,
    seed: SEED,
    ...(size === undefined ? { count } : { size: parseSize(size) }),
    ...(connections === undefined ? {} : { connections }),
  };
  const truth = existingTruth(options);
  if (truth !== null) return { kind, path, truth };
  process.stderr.write(`generating ${path}\n`);
  return { kind, path, truth: await generateCapture(options) };
}

/** @returns {string} the path of a file beside the reference captures, whose folder is there afterwards */
export function captureFile(name) {
  mkdirSync(FOLDER, { recursive: true });
  return join(FOLDER, name);
}

/**
 * A file made from a capture; it is made again only if it is older than the capture.
 * @param {string} capture
 * @param {string} path
 * @param {(capture: string, path: string) => void | Promise<void>} make
 * @returns {Promise<string>} the path
 */
export async function derivedFile(capture, path, make) {
  const made = statSync(path, { throwIfNoEntry: false });
  if (made !== undefined && made.mtimeMs >= statSync(capture).mtimeMs) return path;
  process.stderr.write(`generating ${path}\n`);
  await make(capture, path);
  return path;
}

/** The truth about an existing capture, if these options would generate the same one. */
function existingTruth({ path, seed, size = null, count = null, connections }) {
  try {
    const truth = JSON.parse(readFileSync(truthPath(path), 'utf8'));
    const { flags } = truth;
    const isSame =
      truth.generator === GENERATOR_VERSION &&
      flags.seed === seed &&
      flags.size === size &&
      flags.count === count &&
      (connections === undefined || flags.connections === connections) &&
      truth.bytes === statSync(path).size;
    return isSame ? truth : null;
  } catch {
    return null;
  }
}
