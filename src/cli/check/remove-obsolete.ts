/** Removes an expectation whose capture is gone, if it is one: nothing else that happens to be called so. */
import { readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { parseExpectation } from './parse-expectation.ts';

/** Returns whether it is gone. */
export function removeObsolete(path: string): boolean {
  try {
    parseExpectation(readFileSync(path, 'utf8'), basename(path));
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
  rmSync(path);
  return true;
}
