import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATOR_VERSION, generateCapture, truthPath } from '../generate/capture.mjs';
import { parseSize } from '../generate/size.mjs';

const SEED = 1;
const FOLDER = join('bench', 'captures');

/**
 * A reference capture and the truth about it; it is generated unless it is there.
 * @param {string} kind
 * @param {string} size such as `200MB`
 * @returns {Promise<{kind: string, size: string, path: string, truth: object}>}
 */
export async function referenceCapture(kind, size) {
  const path = join(FOLDER, `${kind}-${size}.pcap`);
  const options = { kind, path, seed: SEED, size: parseSize(size) };
  const truth = existingTruth(options);
  if (truth !== null) return { kind, size, path, truth };
  process.stderr.write(`generating ${path}\n`);
  mkdirSync(FOLDER, { recursive: true });
  return { kind, size, path, truth: await generateCapture(options) };
}

/** The truth about an existing capture, if it is one that these options would give again. */
function existingTruth({ path, seed, size }) {
  try {
    const truth = JSON.parse(readFileSync(truthPath(path), 'utf8'));
    const isSame =
      truth.generator === GENERATOR_VERSION &&
      truth.flags.seed === seed &&
      truth.flags.size === size &&
      truth.bytes === statSync(path).size;
    return isSame ? truth : null;
  } catch {
    return null;
  }
}
