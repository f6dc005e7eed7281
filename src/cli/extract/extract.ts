/** `wscap extract`: writes the packets of chosen connections to a capture of their own. */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { CaptureInput } from '../../capture/capture-bytes.ts';
import { extract } from '../../extract.ts';
import { SelectionError } from '../../extract/choose.ts';
import { FormatError } from '../../extract/packet-writer.ts';
import { ALL_RULES } from '../../rules/index.ts';
import { captureInputs } from '../capture-inputs.ts';
import { expandCaptures } from '../capture-paths.ts';
import { loadConfig } from '../config/load.ts';
import { mergeSettings } from '../config/merge.ts';
import { EXIT_ANALYSED, EXIT_INTERRUPTED, EXIT_TERMINATED } from '../exit-codes.ts';
import { onInterrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { readKeys, refuseKeyLogs, writeKeyLog } from '../keys/key-files.ts';
import { nearestRule } from '../nearest-rule.ts';
import { createProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import { EvidenceFile } from './evidence-file.ts';
import { formatOf, STDOUT_NAMES } from './evidence-format.ts';
import { keepStdin } from './keep-stdin.ts';
import type { ExtractRequest } from './extract-request.ts';
import { summaryText } from './summary.ts';

const KEY_LENGTH = 32;

export async function runExtract(request: ExtractRequest, io: Io): Promise<number> {
  const output = checkRequest(request);
  const config = await loadConfig(request.config, io);
  const { windowMs, ports, rules } = mergeSettings(request.flags, config);
  const captures = expandCaptures(request.captures, io, 'extract');
  const keys = await readKeys(request, config.keyFiles, captures, io);
  const format = formatOf(output);
  refuseKeyLogs([output], keys, io.cwd, 'extract');
  const file = new EvidenceFile(output, format, captures, io);
  const progress = createProgress(io, undefined);
  const leave = (exitCode: number): never => {
    progress.clear();
    file.discard();
    return io.exit(exitCode);
  };
  onInterrupt(io, captures, () => leave(EXIT_INTERRUPTED));
  io.onSignal('SIGTERM', () => leave(EXIT_TERMINATED));
  try {
    const inputs: CaptureInput[] = [];
    for (const input of captureInputs(captures, io)) {
      inputs.push(input.name === '-' ? await keepStdin(io.stdin, file.folder) : input);
    }
    let secrets = '';
    const { keepSecrets = false } = request;
    const summary = await extract(inputs, {
      selection: request,
      format: format.format,
      anonymizeKey: request.anonymize ? keyOf(request.redactKey) : null,
      sourceName: captures
        .map((capture) => (capture === '-' ? 'standard input' : basename(capture)))
        .join(', '),
      folder: file.folder,
      write: file.write,
      analysis: { windowMs, ports, rules },
      keys,
      decrypted: request.decrypted ?? false,
      ...(keepSecrets ? { takeSecrets: (lines) => void (secrets = lines) } : {}),
      onProgress: progress.update,
    });
    const keyLog = format.format === 'pcap' && secrets !== '' ? `${output}.keylog` : null;
    if (keyLog !== null) writeKeyLog(keyLog, secrets, keys, io.cwd);
    file.complete();
    progress.clear();
    const isStdout = STDOUT_NAMES.includes(output);
    const text = summaryText(summary, {
      name: isStdout ? 'standard output' : output,
      bytes: file.bytes,
      isAnonymized: request.anonymize,
      hasOwnKey: request.redactKey !== undefined,
      keepsSecrets: keepSecrets,
      keyLog,
    });
    (isStdout ? io.stderr : io.stdout).write(text);
    if (!isStdout && !format.isGzip && io.stderr.isTTY) {
      io.stderr.write(
        `GitHub accepts no .${format.format} as an attachment, but a .gz: use -o ${basename(output)}.gz\n`,
      );
    }
    return EXIT_ANALYSED;
  } catch (error) {
    throw inOtherWords(error);
  } finally {
    progress.clear();
    file.discard();
  }
}

/** Returns where to write. */
function checkRequest({
  output,
  connections,
  anomalies,
  rules,
  anonymize,
  decrypted = false,
  keepSecrets = false,
  redactKey,
}: ExtractRequest): string {
  if (keepSecrets && anonymize)
    throw new UsageError('--keep-secrets would undo what --anonymize does: choose one of them', 'extract');
  if (keepSecrets && decrypted)
    throw new UsageError('--decrypted leaves no TLS for which --keep-secrets would be needed', 'extract');
  if (connections.length === 0 && !anomalies && rules.length === 0) {
    throw new UsageError('say which packets: --connection N, --anomalies or --rule ID', 'extract');
  }
  const unknown = rules.find((name) => !ALL_RULES.some(({ id }) => id === name));
  if (unknown !== undefined) {
    const near = nearestRule(unknown);
    const hint = near === undefined ? '' : `, did you mean "${near}"?`;
    throw new UsageError(`--rule ${unknown}: there is no such rule${hint}`, '', 'wscap explain');
  }
  if (redactKey !== undefined && !anonymize)
    throw new UsageError('--redact-key needs --anonymize', 'extract');
  if (output === undefined)
    throw new UsageError('say where to write: -o FILE', 'extract', '-o evidence.pcapng.gz');
  return output;
}

function keyOf(text: string | undefined): Uint8Array {
  return text === undefined ? randomBytes(KEY_LENGTH) : new TextEncoder().encode(text);
}

function inOtherWords(error: unknown): unknown {
  if (error instanceof SelectionError) return new UsageError(error.message, 'extract', 'wscap analyze');
  if (error instanceof FormatError) return new UsageError(error.message, 'extract', '-o evidence.pcapng.gz');
  return error;
}
