/**
 * Gives cli-table3 the report's own measure of text, as scripts/build.mjs does in the program. string-width
 * measures some characters differently, and cli-table3 would cut lines that fit.
 */
import { createRequire } from 'node:module';
import { displayWidth } from '../../src/report/display-width.ts';

const requireHere = createRequire(import.meta.url);
const requireThere = createRequire(requireHere.resolve('cli-table3'));
const path = requireThere.resolve('string-width');
const loaded: unknown = requireThere('string-width');
if (loaded !== displayWidth) requireThere.cache[path]!.exports = displayWidth;
