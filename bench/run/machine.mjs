import { readFileSync } from 'node:fs';
import os from 'node:os';

/** @returns {string} the machine in one line: what the figures depend on, nothing that identifies its owner */
export function machineDescription() {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpus[0].model.trim()}, ${cpus.length} cores, ${memory} GiB memory, ${systemName()}, ${os.arch()}, Node ${process.version}`;
}

function systemName() {
  try {
    const release = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(release)[1];
  } catch {
    return `${os.type()} ${os.release()}`;
  }
}
