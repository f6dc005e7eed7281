import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const WSCAP_PROGRAM = join('dist', 'cli', 'main.js');
const PCAP_PARSER_SCRIPT = fileURLToPath(new URL('count-with-pcap-parser.mjs', import.meta.url));

/**
 * A program to measure.
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} does what it does with the capture, for the documentation
 * @property {string} command
 * @property {(capture: string) => string[]} args
 * @property {number} [largest] larger captures, in bytes, would take it too long
 */

/** @type {Tool[]} */
const TOOLS = [
  {
    name: 'wscap',
    does: '`analyze FILE`',
    command: process.execPath,
    args: (capture) => [WSCAP_PROGRAM, 'analyze', capture],
  },
  { name: 'cat', does: '`FILE`: reading it, nothing else', command: 'cat', args: (capture) => [capture] },
  {
    name: 'capinfos',
    does: '`-c -d -u FILE`: counts packets, bytes and time',
    command: 'capinfos',
    args: (capture) => ['-c', '-d', '-u', capture],
  },
  {
    name: 'tcpdump',
    does: '`-r FILE -w -`: copies every packet',
    command: 'tcpdump',
    args: (capture) => ['-r', capture, '-w', '-'],
  },
  {
    name: 'tcptrace',
    does: '`-n FILE`: connections, no payload',
    command: 'tcptrace',
    args: (capture) => ['-n', capture],
  },
  {
    name: 'tshark',
    does: '`-Y websocket -T fields -e frame.number`: full dissection',
    command: 'tshark',
    args: (capture) => ['-r', capture, '-Y', 'websocket', '-T', 'fields', '-e', 'frame.number'],
    largest: 250e6,
  },
  {
    name: 'pcap-parser',
    does: 'the npm package, counting packets',
    command: process.execPath,
    args: (capture) => [PCAP_PARSER_SCRIPT, capture],
    largest: 1.2e9,
  },
];

/** @returns {boolean} whether there is a wscap to run */
export function isWscapBuilt() {
  return existsSync(WSCAP_PROGRAM);
}

/**
 * wscap, and the tools that are installed.
 * @param {string[] | undefined} names only these tools, besides wscap
 * @returns {Tool[]}
 */
export function installedTools(names) {
  for (const name of names ?? []) {
    if (!TOOLS.some((tool) => tool.name === name)) {
      throw new Error(`unknown tool ${name}: try ${TOOLS.map((tool) => tool.name).join(', ')}`);
    }
  }
  const isWanted = ({ name }) => name === 'wscap' || names === undefined || names.includes(name);
  return TOOLS.filter((tool) => isWanted(tool) && isInstalled(tool));
}

/** @returns {string} the tool's version if it prints one, or nothing */
export function toolVersion({ name, command }) {
  if (command === process.execPath) return '';
  const { stdout, stderr } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  const [firstLine] = `${stdout}${stderr}`.split('\n');
  return name === 'tcptrace' ? '' : (/\d+(\.\d+)+/.exec(firstLine)?.[0] ?? '');
}

/** @returns {boolean} whether wscap has this output format */
export function offersFormat(format) {
  const { stdout } = spawnSync(process.execPath, [WSCAP_PROGRAM, 'analyze', '--help'], { encoding: 'utf8' });
  return new RegExp(`\\b${format}\\b`).test(stdout);
}

/** @returns {boolean} whether there is such a program */
export function isProgram(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isInstalled({ name, command }) {
  if (name === 'wscap') return isWscapBuilt();
  if (command === process.execPath) return existsSync(join('node_modules', name));
  return isProgram(command);
}
