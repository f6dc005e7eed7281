/** Runs the built program as a user does. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

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

export interface RunOptions {
  input?: Uint8Array;
  env?: Record<string, string>;
  cwd?: string;
}

/** Nothing of the environment of whoever runs the tests but PATH: colours and locale are part of what is tested. */
export function wscap(args: readonly string[], { input, env = {}, cwd }: RunOptions = {}): Promise<Outcome> {
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
