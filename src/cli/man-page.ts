/** The manual page, in roff, from what the commands say of themselves: `npm run man` writes docs/wscap.1. */
import { type CommandFacts, commandFacts } from './command-facts.ts';
import type { Command } from './commands/command.ts';
import type { Options } from 'yargs';

const ENVIRONMENT: readonly (readonly [name: string, text: string])[] = [
  ['NO_COLOR', 'Any value but an empty one: no colours.'],
  ['FORCE_COLOR', 'Colours even if the output is not a terminal; 0: no colours. Wins over NO_COLOR.'],
  ['LC_ALL, LC_CTYPE, LANG', 'If the first of these that is set does not name UTF-8, tables are ASCII.'],
  ['WSCAP_DEBUG', '1: on a defect of wscap, show where it happened.'],
];
const STATUS: readonly (readonly [code: string, text: string])[] = [
  ['0', 'Analysed, whatever was found; for diff: no difference that counts.'],
  ['1', 'Findings at or above --fail-on; for diff: they differ.'],
  ['2', 'Wrong usage, or input that can not be read: one line on standard error says what to do.'],
];

export function manPage(commands: readonly Command[]): string {
  const facts = commands.map(commandFacts);
  return [
    '.TH WSCAP 1 "" "wscap" "User Commands"',
    '.SH NAME',
    'wscap \\- names what went wrong with a WebSocket, from a tcpdump capture',
    '.SH SYNOPSIS',
    ...facts.flatMap(({ syntax }) => ['.br', `.B wscap ${roff(syntax)}`, '[options]']),
    '.SH DESCRIPTION',
    'Reads captures of tcpdump and Wireshark, reassembles TCP, finds the 101 Switching Protocols, follows each WebSocket to its end, and says who closed it, when, how, and what to look at. Without a command it analyses:',
    '.B wscap dump.pcap',
    '.SH COMMANDS',
    ...facts.flatMap(commandSection),
    '.SH EXIT STATUS',
    ...STATUS.flatMap(([code, text]) => ['.TP', `.B ${code}`, roff(text)]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, text]) => ['.TP', `.B ${roff(name)}`, roff(text)]),
    '.SH FILES',
    '.TP',
    '.B wscap.config.json',
    roff(
      'In the working directory or the nearest above it, or the key "wscap" of a package.json: options to be used each time.',
    ),
    '.SH SEE ALSO',
    '.BR tcpdump (1),',
    '.BR tshark (1)',
    '',
  ].join('\n');
}

function commandSection({ syntax, usage, options, positionals, examples }: CommandFacts): string[] {
  const [, ...paragraphs] = usage.split('\n\n');
  return [
    `.SS wscap ${roff(syntax)}`,
    ...paragraphs.flatMap((paragraph) => ['.PP', roff(paragraph)]),
    ...positionals.flatMap(({ name, description }) => ['.TP', `.I ${roff(name)}`, roff(description)]),
    ...Object.entries(options).flatMap(([name, spec]) => [
      '.TP',
      optionHead(name, spec),
      roff(optionText(spec)),
    ]),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:']),
    ...examples.flatMap(([line, text]) => ['.TP', `.B ${roff(line.replaceAll('$0', 'wscap'))}`, roff(text)]),
  ];
}

function optionHead(name: string, { alias, type }: Options): string {
  const short = typeof alias === 'string' && alias.length === 1 ? `\\-${alias}, ` : '';
  return `.B ${short}\\-\\-${roff(name)}${type === 'boolean' ? '' : ' \\fIvalue\\fR'}`;
}

function optionText({ describe = '', defaultDescription }: Options): string {
  return `${describe}${defaultDescription === undefined ? '' : ` (default: ${defaultDescription})`}.`;
}

/** On one line; what would be a request or an escape is text, and a hyphen can be copied. */
function roff(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/^([.'])/, '\\&$1');
}
