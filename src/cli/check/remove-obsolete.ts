/** Removes an expectation whose capture is gone. A file that only has the name of an expectation stays. */
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
