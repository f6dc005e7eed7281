/** `wscap follow`: prints what passed over one connection while the capture is read. */
import { follow } from '../../follow.ts';
import type { ConversationEnd } from '../../report/conversation.ts';
import { captureInputs } from '../capture-inputs.ts';
import { expandCaptures } from '../capture-paths.ts';
import { EXIT_ANALYSED, EXIT_INTERRUPTED, EXIT_TERMINATED } from '../exit-codes.ts';
import { onInterrupt } from '../interrupt.ts';
import { loadConfig } from '../config/load.ts';
import type { Io } from '../io.ts';
import { readKeys } from '../keys/key-files.ts';
import { findOnlyConnection, whyNotFollowed } from './only-connection.ts';
import { bytesToKeep, createPrinter } from './printer.ts';
import type { FollowRequest } from './follow-request.ts';
import { createBatchWriter } from '../batch-writer.ts';

export async function runFollow(request: FollowRequest, io: Io): Promise<number> {
  const { from, limit, reader } = request;
  const config = await loadConfig(request.config, io);
  const ports = request.ports ?? config.ports ?? [];
  const captures = expandCaptures(request.captures, io, 'follow');
  const keys = await readKeys(request, config.keyFiles, captures, io);
  const inputs = captureInputs(captures, io);
  const output = createBatchWriter((text) => {
    io.stdout.writeSync(text);
  });
  const stopper = new AbortController();
  // Says that what was printed is only a part; set once something is printed.
  let tellPart = (): void => undefined;
  const interrupt = (exitCode: number): never => {
    tellPart();
    output.flush();
    io.stderr.write('wscap: interrupted: only what was read until then is shown\n');
    return io.exit(exitCode);
  };
  // All that was read is printed already, so one Ctrl-C is enough; a read that stalls is not waited for.
  onInterrupt(io, captures, () => interrupt(EXIT_INTERRUPTED));
  io.onSignal('SIGTERM', () => interrupt(EXIT_TERMINATED));
  const reading = { ports, reader, keys };
  const connection = request.connection ?? (await findOnlyConnection(inputs, reading));
  const printer = createPrinter(request, output.write, io);
  let shown = 0;
  let end: ConversationEnd | null = null;
  const progress = { hasStarted: false };
  try {
    end = await follow(
      inputs,
      { connection, maxBytes: bytesToKeep(request), ...reading, signal: stopper.signal },
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
  if (!progress.hasStarted) throw await whyNotFollowed(connection, inputs, reading);
  printer.end(shown >= limit ? null : end, shown);
  tellPart = () => undefined;
  output.flush();
  return EXIT_ANALYSED;
}
