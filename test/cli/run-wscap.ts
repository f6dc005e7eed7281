/** Runs commands: in this process, from the sources, or the built program as a user does where only a process can show it. */
import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { run } from '../../src/cli/run.ts';
import { createTestIo, TERMINAL_ROWS, type TestIoOptions } from '../helpers/test-io.ts';

export const PROGRAM: string = resolve('dist/cli/main.js');
/** A server FIN right after the 101. */
export const BROKEN: string = resolve('fixtures/handshake-close/tornado-open-raises.pcap');
/** A session that the client closed in order. */
export const CLEAN: string = resolve('fixtures/handshake-close/short-clean-session.pcap');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What `wscap` with these arguments writes, and the exit code that it comes to, without a process. */
export async function wscap(args: readonly string[], options: TestIoOptions = {}): Promise<Outcome> {
  const io = createTestIo(options);
  const code = await run(args, io);
  io.end();
  return { code, stdout: io.written.stdout, stderr: io.written.stderr };
}

/**
 * Only PATH comes from the environment in which the tests run: colours and locale are part of what is tested.
 */
export function wscapProcess(
  args: readonly string[],
  { input, env = {}, cwd }: Omit<TestIoOptions, 'columns'> = {},
): Promise<Outcome> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env },
    });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text));
    child.on('error', fail);
    child.on('close', (code) => {
      done({ ...outcome, code });
    });
    // The program may be done before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const TERMINAL = { TERM: 'xterm-256color' } as const;

/** What a terminal of this many columns gets. */
export async function onTerminal(
  columns: number,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return (await wscap(args, { columns, env: { ...TERMINAL, ...env } })).stdout;
}

/** script(1), which gives a program a terminal. */
export const HAS_SCRIPT: boolean = spawnSync('script', ['--version']).status === 0;

/** The same from the built program on a real one. */
export function onRealTerminal(columns: number, args: readonly string[]): string {
  const quoted = [process.execPath, PROGRAM, ...args].map((argument) => `"${argument}"`).join(' ');
  const { stdout } = spawnSync(
    'script',
    ['-qec', `stty cols ${columns} rows ${TERMINAL_ROWS}; ${quoted}`, '/dev/null'],
    {
      encoding: 'utf8',
      input: '',
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...TERMINAL },
    },
  );
  return stdout.replaceAll('\r\n', '\n');
}
