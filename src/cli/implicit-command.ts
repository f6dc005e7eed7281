/** `wscap dump.pcap` means `wscap analyze dump.pcap`; `wscap anlyze dump.pcap` doesn't. */
import { existsSync } from 'node:fs';
import { closestTo } from './did-you-mean.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS: readonly string[] = ['analyze'];

export function withCommand(argv: readonly string[]): readonly string[] {
  if (argv[0] === 'help') return [...argv.slice(1), '--help'];
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const options = argv.slice(0, end);
  if (options.some((argument) => COMMANDS.includes(argument))) return argv;
  const first = options.find((argument) => argument === '-' || !argument.startsWith('-')) ?? argv[end + 1];
  if (first === undefined) return argv.some(asksAboutProgram) ? argv : ['analyze', ...argv];
  const meant = existsSync(first) ? undefined : closestTo(first, COMMANDS);
  if (meant !== undefined) throw new UsageError(`unknown command "${first}", did you mean "${meant}"?`);
  return ['analyze', ...argv];
}

function asksAboutProgram(argument: string): boolean {
  return ['--help', '-h', '--version'].includes(argument);
}
