/**
 * From arguments to an exit code. Whatever is thrown below becomes one line on stderr here; a reader that has
 * gone (`wscap … | head`) is not a failure.
 */
import type { Io } from './io.ts';
import { EXIT_ANALYSED, EXIT_FAILED } from './exit-codes.ts';
import { failureLine, isInternal, stackOf, systemClause } from './failure.ts';
import { runCommandLine } from './command-line.ts';

export async function run(argv: readonly string[], io: Io): Promise<number> {
  io.stdout.onError((error) => {
    leaveBecauseOfStdout(error, io);
  });
  // Nobody reads stderr, so this error can't be reported either.
  io.stderr.onError(() => undefined);
  try {
    return await runCommandLine(argv, io);
  } catch (error) {
    return reportFailure(error, io);
  }
}

function leaveBecauseOfStdout(error: Error, io: Io): never {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') io.exit(EXIT_ANALYSED);
  io.stderr.write(`wscap: ${systemClause(error, 'standard output') ?? error.message}\n`);
  io.exit(EXIT_FAILED);
}

function reportFailure(error: unknown, io: Io): number {
  io.stderr.write(`${failureLine(error)}\n`);
  const debug = io.env['WSCAP_DEBUG'] ?? '';
  if (debug !== '' && debug !== '0' && isInternal(error) && error instanceof Error) {
    io.stderr.write(`${stackOf(error)}\n`);
  }
  return EXIT_FAILED;
}
