import { execFileSync } from 'node:child_process';

/** Builds dist/ once before the tests, so that those that spawn the program run what the sources say now. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--no-types'], { stdio: 'inherit' });
}
