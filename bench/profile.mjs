// Shows where wscap spends its time: node bench/profile.mjs FILE [--top N]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selfTimes } from './profile/self-times.mjs';
import { sourceLocator } from './profile/source-locator.mjs';
import { markdownTable } from './run/table.mjs';
import { WSCAP_PROGRAM } from './run/tools.mjs';

const USAGE = `Usage: npm run profile -- FILE [--top N]

Runs wscap analyze with its default options on a capture under Node's profiler and lists the functions by self time.
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      top: { type: 'string', default: '25' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
  } else {
    if (positionals.length !== 1) throw new Error('name one capture');
    const top = Number(values.top);
    if (!Number.isInteger(top) || top < 1) throw new Error(`--top: not a number of functions: ${values.top}`);
    profile(resolve(positionals[0]), top);
  }
} catch (error) {
  process.stderr.write(`profile: ${error.message}\n`);
  process.exitCode = 2;
}

function profile(capture, top) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const program = join(root, WSCAP_PROGRAM);
  if (!existsSync(program))
    throw new Error(`wscap is not built (there is no ${WSCAP_PROGRAM}): run \`npm run build\``);
  const { functions, total } = recordedProfile(program, capture);
  const locate = sourceLocator(root);
  const rows = functions
    .slice(0, top)
    .map(({ name, url, line, time }) => [
      name === '' ? '(anonymous)' : name,
      locate(url, line),
      `${((time / total) * 100).toFixed(1)} %`,
      (time / 1000).toFixed(0),
    ]);
  process.stdout.write(`${relative('', capture)}: ${(total / 1e6).toFixed(2)} s\n\n`);
  process.stdout.write(`${markdownTable(['function', 'where', 'self', 'ms'], rows, 2)}\n`);
}

function recordedProfile(program, capture) {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-profile-'));
  try {
    const args = ['--cpu-prof', `--cpu-prof-dir=${folder}`, program, 'analyze', capture];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`wscap ended with ${status}`);
    const [file] = readdirSync(folder);
    return selfTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
