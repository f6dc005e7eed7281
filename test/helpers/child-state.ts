/**
 * Waits until a child process can't go on by itself. A fixed pause would be too short on a busy machine and
 * too long on an idle one. Linux says in /proc what a process does; on other systems a pause is used all the
 * same.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';

const POLL_MS = 10;
const LONGEST_MS = 15_000;
const PAUSE_MS = 700;
/** This many looks in a row must find the process in that state. */
const QUIET_LOOKS = 4;
/** So often it has woken up and gone to sleep again. */
const TRIES = 20;
const SIGINT_BIT = 0x2n;

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Its handler of SIGINT is there, no signal is on its way to it, and none of its threads has anything to do. */
export async function untilIdle(child: ChildProcess): Promise<void> {
  let quiet = 0;
  let before = '';
  await until(child, (process) => {
    const now = process.threads();
    const status = process.status();
    const isQuiet =
      now === before &&
      !/^[^S]/m.test(now) &&
      (status.mask('SigCgt') & SIGINT_BIT) !== 0n &&
      status.mask('ShdPnd') === 0n;
    before = now;
    quiet = isQuiet ? quiet + 1 : 0;
    return quiet >= QUIET_LOOKS;
  });
}

/** It reads nothing more: the reader of its output is slower, or it has read everything. */
export async function untilHeldUp(child: ChildProcess): Promise<void> {
  let since = { bytesRead: -1, wakeUps: 0 };
  let quiet = 0;
  let threads = '';
  await until(child, (process) => {
    const bytesRead = process.bytesRead();
    const wakeUps = process.status().count('voluntary_ctxt_switches');
    const now = process.threads();
    const isSame = bytesRead === since.bytesRead;
    quiet = isSame && now === threads && !/^[^S]/m.test(now) ? quiet + 1 : 0;
    threads = now;
    if (!isSame) since = { bytesRead, wakeUps };
    return quiet >= QUIET_LOOKS || (isSame && wakeUps >= since.wakeUps + TRIES);
  });
}

/** What /proc says of a process. */
class Process {
  readonly #folder: string;

  constructor(pid: number) {
    this.#folder = `/proc/${pid}`;
  }

  /** A line for each thread: its state (S: it sleeps) and the processor time that it has used. */
  threads(): string {
    return readdirSync(`${this.#folder}/task`)
      .map((thread) => {
        const text = readFileSync(`${this.#folder}/task/${thread}/stat`, 'latin1');
        // Behind the name, which may hold anything: state, ten fields, user time, system time.
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return [fields[0], fields[11], fields[12]].join(' ');
      })
      .join('\n');
  }

  status(): { mask(name: string): bigint; count(name: string): number } {
    const text = readFileSync(`${this.#folder}/status`, 'latin1');
    const field = (name: string): string => new RegExp(`^${name}:\\s+(\\w+)`, 'm').exec(text)![1]!;
    return { mask: (name) => BigInt(`0x${field(name)}`), count: (name) => Number(field(name)) };
  }

  bytesRead(): number {
    return Number(/^rchar: (\d+)/m.exec(readFileSync(`${this.#folder}/io`, 'latin1'))![1]);
  }
}

async function until(child: ChildProcess, isSo: (process: Process) => boolean): Promise<void> {
  if (!existsSync('/proc/self/stat')) return later(PAUSE_MS);
  const process = new Process(child.pid!);
  for (let waited = 0; waited < LONGEST_MS; waited += POLL_MS) {
    // A process that has ended says nothing more.
    if (child.exitCode !== null || child.signalCode !== null) return;
    try {
      if (isSo(process)) return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    }
    await later(POLL_MS);
  }
  throw new Error(`the process was not as expected for ${LONGEST_MS / 1000} s`);
}
