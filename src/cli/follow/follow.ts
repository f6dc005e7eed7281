/** `wscap follow`: prints what passed over one connection while the capture is read. */
import { follow } from '../../follow.ts';
import type { ConversationEnd } from '../../report/conversation.ts';
import { expandCaptures } from '../capture-paths.ts';
import { EXIT_ANALYSED } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { findOnlyConnection } from './only-connection.ts';
import { createPrinter } from './printer.ts';
import type { FollowRequest } from './request.ts';

/** A message longer than this is cut where people read it, unless they ask for more; programs get more of it. */
const TEXT_BYTES = 2048;
const JSON_BYTES = 1024 * 1024;

export async function runFollow(request: FollowRequest): Promise<number> {
  const { from, limit, format, ports, reader } = request;
  const captures = expandCaptures(request.captures, process.stdin.isTTY, 'follow');
  const connection = request.connection ?? (await findOnlyConnection(captures, { ports, reader }));
  const maxBytes = request.maxBytes ?? (format === 'text' ? TEXT_BYTES : JSON_BYTES);
  const printer = createPrinter(request, (text) => process.stdout.write(text));
  const stopper = new AbortController();
  let shown = 0;
  let end: ConversationEnd | null = null;
  let hasStarted = false;
  try {
    end = await follow(
      captures,
      { connection, maxBytes, ports, reader, signal: stopper.signal },
      {
        start(start) {
          hasStarted = true;
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
  if (!hasStarted) throw notThere(connection);
  printer.end(shown >= limit ? null : end);
  return EXIT_ANALYSED;
}

function notThere(connection: number): UsageError {
  return new UsageError(
    `connection ${connection} is not in the capture, or no WebSocket: "wscap analyze" lists those that are`,
    'follow',
  );
}
