/** `wscap dump.pcap` means `wscap analyze dump.pcap`; `wscap anlyze dump.pcap` doesn't. */
import { existsSync } from 'node:fs';
import { closestTo } from './did-you-mean.ts';
import { UsageError } from './usage-error.ts';

export const COMMANDS: readonly string[] = ['analyze'];

export function withCommand(argv: readonly string[]): readonly string[] {
  if (argv[0] === 'help') return [...argv.slice(1), '--help'];
  const operands = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length);
  if (operands.some((argument) => COMMANDS.includes(argument))) return argv;
  const first = argv.find((argument) => argument === '-' || !argument.startsWith('-'));
  // Options alone: `wscap --help`, or an error that yargs words.
  if (first === undefined) return argv;
  const meant = existsSync(first) ? undefined : closestTo(first, COMMANDS);
  if (meant !== undefined) throw new UsageError(`unknown command "${first}", did you mean "${meant}"?`);
  return ['analyze', ...argv];
}
