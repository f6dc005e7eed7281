/** The commands that README.md and docs/ show, and a folder in which they can be run as they stand. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './captures.ts';

const FILE_HEADER = 24;

/** Commands that do nothing without a capture. */
const JUST_A_NAME = /^(npx )?wscap (analyze|check|diff|extract|follow|merge-reports)$/;

/** Pages with commands for users. */
export function documentedPages(): string[] {
  const docs = readdirSync(join(REPOSITORY, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)];
}

/**
 * Lines of shell examples, and inline code that begins with "wscap", without those that only name a command or leave
 * something to the reader (`FILE`, `<dir>`, `…`).
 */
export function commandsOf(page: string): string[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  const fences = [...text.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap((match) =>
    match[1]!.replaceAll(/\\\n\s*/g, '').split('\n'),
  );
  const prose = text.replaceAll(/^```[^]*?^```/gm, '');
  const inline = [...prose.matchAll(/`([^`]*\bwscap [^`]*)`/g)].map((match) => match[1]!);
  const commands = [...fences, ...inline.map((command) => command.replaceAll('\\|', '|'))]
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => /(^|\| |npx )wscap \S/.test(line))
    .filter((line) => !JUST_A_NAME.test(line) && !/<\w|…|\b[A-Z]{3,}\b/.test(line));
  return [...new Set(commands)];
}

/**
 * A folder with the files that examples name, and programs that stand in for what isn't here: tcpdump gives a capture,
 * ssh, sudo, docker and kubectl run what they are given.
 * @returns the environment to run commands with
 */
export function prepareFolder(folder: string): NodeJS.ProcessEnv {
  const fixture = (path: string) => join(REPOSITORY, 'fixtures', path);
  const put = (path: string, name: string) => {
    copyFileSync(fixture(path), join(folder, name));
  };
  // Eight connections, of which one is half open.
  const dump = [
    'handshake-close/chromium-reconnects',
    'half-open/client-vanishes',
    'mass-disconnect/restart-1012',
  ]
    .map((path) => readFileSync(fixture(`${path}.pcap`)))
    .map((bytes, index) => (index === 0 ? bytes : bytes.subarray(FILE_HEADER)));
  writeFileSync(join(folder, 'dump.pcap'), Buffer.concat(dump));
  for (const part of [1, 2, 3]) {
    put(`formats/rotated-${part}.pcap`, `dump.pcap${part - 1}`);
    put(`formats/rotated-${part}.pcap`, `ring.pcap0${part - 1}`);
    put(`formats/rotated-${part}.pcap`, `dump-2026112${part}-060000.pcap`);
  }
  put('founding/swoole-reconnects.txt', 'ticket.txt');
  put('wss/node-tls13.pcap', 'wss.pcap');
  put('wss/node-tls13.pcap.keylog', 'keys.log');
  for (const folderOfCaptures of ['captures', 'b/c'])
    mkdirSync(join(folder, folderOfCaptures), { recursive: true });
  put('diff/production.pcap', 'prod.pcap');
  put('diff/beta.pcap', 'beta.pcap');
  put('diff/production.pcap', 'a.pcap');
  put('diff/production.pcap', 'b/c/production.pcap');
  put('diff/production.pcap', 'captures/production.pcap');
  put('diff/beta.pcap', 'captures/beta.pcap');
  symlinkSync(join(REPOSITORY, 'fixtures'), join(folder, 'fixtures'));
  writeFileSync(join(folder, 'wscap.config.json'), '{}');

  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const program = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const wscap = `${process.execPath} ${join(REPOSITORY, 'dist/cli/main.js')}`;
  program('wscap', `exec ${wscap} "$@"`);
  program('npx', 'exec "$@"');
  program('npm', 'exit 0');
  program('tcpdump', 'exec cat dump.pcap');
  program('ssh', 'shift; exec "$@"');
  program('sudo', 'exec "$@"');
  program('jq', 'exec cat');
  const environment = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    NO_COLOR: '1',
    LANG: 'C.UTF-8',
  };
  // What the shards of a job have left for merge-reports.
  for (const shard of ['1/2', '2/2']) {
    const args = ['check', 'captures', '--shard', shard, '--reporter', 'blob'];
    spawnSync(join(bin, 'wscap'), args, { cwd: folder, env: environment });
  }
  return environment;
}
