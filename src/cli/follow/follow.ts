/** `wscap follow`: prints what passed over one connection while the capture is read. */
import { follow } from '../../follow.ts';
import type { ConversationEnd } from '../../report/conversation.ts';
import { expandCaptures } from '../capture-paths.ts';
import { EXIT_ANALYSED, EXIT_INTERRUPTED } from '../exit-codes.ts';
import { onInterrupt } from '../interrupt.ts';
import { findOnlyConnection, whyNotFollowed } from './only-connection.ts';
import { bytesToKeep, createPrinter } from './printer.ts';
import type { FollowRequest } from './follow-request.ts';
import { createStdoutWriter } from '../batch-writer.ts';

export async function runFollow(request: FollowRequest): Promise<number> {
  const { from, limit, ports, reader } = request;
  const captures = expandCaptures(request.captures, process.stdin.isTTY, 'follow');
  const output = createStdoutWriter();
  const stopper = new AbortController();
  // Says that what was printed is only a part; set once something is printed.
  let tellPart = (): void => undefined;
  const interrupt = (): never => {
    tellPart();
    output.flush();
    process.stderr.write('wscap: interrupted: only what was read until then is shown\n');
    process.exit(EXIT_INTERRUPTED);
  };
  // All that was read is printed already, so that one is enough; a read that stalls is not waited for.
  onInterrupt(captures, interrupt);
  const connection = request.connection ?? (await findOnlyConnection(captures, { ports, reader }));
  const printer = createPrinter(request, output.write);
  let shown = 0;
  let end: ConversationEnd | null = null;
  const progress = { hasStarted: false };
  try {
    end = await follow(
      captures,
      { connection, maxBytes: bytesToKeep(request), ports, reader, signal: stopper.signal },
      {
        start(start) {
          progress.hasStarted = true;
          printer.start(start);
          tellPart = () => {
            printer.interrupted(shown);
          };
        },
        entry(entry) {
          if (shown >= limit || (from !== undefined && entry.from !== from)) return;
          shown++;
          printer.entry(entry);
          if (shown >= limit) stopper.abort();
        },
      },
    );
  } catch (error) {
    // The rest of the capture doesn't matter any more.
    if (!stopper.signal.aborted) throw error;
  }
  if (!progress.hasStarted) throw await whyNotFollowed(connection, captures, { ports, reader });
  printer.end(shown >= limit ? null : end, shown);
  tellPart = () => undefined;
  output.flush();
  return EXIT_ANALYSED;
}
