#!/usr/bin/env node
/** The program: answers `--version` at once, hands everything else to the command line proper, sets the exit code. */
import module from 'node:module';
import { VERSION } from '../basics/version.ts';

// Node 22 and later keep compiled code between runs; 20 doesn't have this.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  process.stdout.write(`${VERSION}\n`);
} else {
  const [{ run }, { PROCESS_IO }] = await Promise.all([import('./run.ts'), import('./process-io.ts')]);
  process.exitCode = await run(argv, PROCESS_IO);
}
