/** `wscap follow`: prints what passed over one connection while the capture is read. */
import { follow } from '../../follow.ts';
import type { ConversationEnd } from '../../report/conversation.ts';
import { expandCaptures } from '../capture-paths.ts';
import { EXIT_ANALYSED, EXIT_INTERRUPTED } from '../exit-codes.ts';
import { onInterrupt } from '../interrupt.ts';
import { findOnlyConnection, whyNotFollowed } from './only-connection.ts';
import { bytesToKeep, createPrinter } from './printer.ts';
import type { FollowRequest } from './request.ts';
import { createStdoutWriter } from '../batch-writer.ts';

export async function runFollow(request: FollowRequest): Promise<number> {
  const { from, limit, ports, reader } = request;
  const captures = expandCaptures(request.captures, process.stdin.isTTY, 'follow');
  // Otherwise there is nothing to tidy up, and the signal itself ends the program.
  if (captures.includes('-')) onInterrupt(captures, () => process.exit(EXIT_INTERRUPTED));
  const connection = request.connection ?? (await findOnlyConnection(captures, { ports, reader }));
  const output = createStdoutWriter();
  const printer = createPrinter(request, output.write);
  const stopper = new AbortController();
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
  output.flush();
  return EXIT_ANALYSED;
}
