// Runs wscap on several captures at once, one process for each: node bench/threads/at-once.mjs FILE…
import { spawn } from 'node:child_process';
import { WSCAP_PROGRAM } from '../run/tools.mjs';

for (const path of process.argv.slice(2)) {
  const child = spawn(process.execPath, [WSCAP_PROGRAM, 'analyze', path], { stdio: 'ignore' });
  child.on('exit', (code) => {
    if (code !== 0) process.exitCode = 2;
  });
}
