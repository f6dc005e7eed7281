/**
 * From arguments to an exit code. Whatever is thrown below becomes one line on stderr here; a reader that has
 * gone (`wscap … | head`) is not a failure.
 */
import { EXIT_ANALYSED, EXIT_FAILED } from './exit-codes.ts';
import { failureLine, isInternal, stackOf, systemClause } from './failure.ts';
import { runCommandLine } from './command-line.ts';

export async function run(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: Error) => {
    leaveBecauseOfStdout(error);
  });
  // Nobody reads the messages: nothing can be said about it.
  process.stderr.on('error', () => undefined);
  try {
    return await runCommandLine(argv);
  } catch (error) {
    return reportFailure(error);
  }
}

function leaveBecauseOfStdout(error: Error): never {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(EXIT_ANALYSED);
  process.stderr.write(`wscap: ${systemClause(error, 'standard output') ?? error.message}\n`);
  process.exit(EXIT_FAILED);
}

function reportFailure(error: unknown): number {
  process.stderr.write(`${failureLine(error)}\n`);
  const debug = process.env['WSCAP_DEBUG'] ?? '';
  if (debug !== '' && debug !== '0' && isInternal(error) && error instanceof Error) {
    process.stderr.write(`${stackOf(error)}\n`);
  }
  return EXIT_FAILED;
}
