/** tshark as an independent judge: the facts of a capture as it sees them. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { keyLogBeside } from './keys-beside.ts';

const version = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
export const HAS_TSHARK: boolean = version.status === 0;
/** "4.0.17"; null where tshark is not installed. */
export const TSHARK_VERSION: string | null = HAS_TSHARK
  ? (/\d+\.\d+\.\d+/.exec(version.stdout)?.[0] ?? version.stdout.split('\n')[0]!)
  : null;

/** One packet, as far as the tests compare it. */
export interface TsharkPacket {
  readonly number: number;
  /** tcp.stream; null where the packet is not TCP. */
  readonly stream: number | null;
  readonly sourcePort: number;
  readonly isFin: boolean;
  readonly isRst: boolean;
  /** Of HTTP responses whose head or body ends in this packet. */
  readonly statuses: readonly number[];
  /** Of WebSocket frames that end in this packet. */
  readonly opcodes: readonly number[];
  /** Their payload lengths. */
  readonly lengths: readonly number[];
  readonly closeCodes: readonly number[];
}

const FIELDS = [
  'frame.number',
  'tcp.stream',
  'tcp.srcport',
  'tcp.flags.fin',
  'tcp.flags.reset',
  'http.response.code',
  'websocket.opcode',
  'websocket.payload.close.status_code',
  'websocket.payload_length',
  'websocket.payload_length_ext_16',
  'websocket.payload_length_ext_64',
] as const;

const FIRST_LENGTH: number = FIELDS.indexOf('websocket.payload_length');

const OPTIONS = [
  // Without this option tshark gives up the bytes after a hole.
  '-o',
  'tcp.reassemble_out_of_order:TRUE',
  '-o',
  'tcp.analyze_sequence_numbers:TRUE',
];

const run = promisify(execFile);

/** Every packet of a capture, read with the key log that lies beside it. */
export async function tsharkPackets(path: string): Promise<TsharkPacket[]> {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const keyLog = keyLogBeside(path);
  const keys = keyLog === null ? [] : ['-o', `tls.keylog_file:${keyLog}`];
  const command = run('tshark', ['-r', path, ...OPTIONS, ...keys, '-T', 'fields', ...fields], {
    maxBuffer: 64 * 1024 * 1024,
  });
  // tshark fails at a cut last record, after it has printed what is before it.
  const { stdout } = await command.catch((error: unknown) => error as { stdout: string });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine);
}

function parseLine(line: string): TsharkPacket {
  const columns = line.split('\t').map((column) => (column === '' ? [] : column.split(',').map(Number)));
  const [number, stream, sourcePort, fin, reset, statuses = [], opcodes = [], closeCodes = []] = columns;
  const [short = [], medium = [], long = []] = columns.slice(FIRST_LENGTH);
  return {
    number: number![0]!,
    stream: stream?.[0] ?? null,
    sourcePort: sourcePort?.[0] ?? 0,
    isFin: fin?.[0] === 1,
    isRst: reset?.[0] === 1,
    statuses,
    opcodes,
    lengths: lengthsOf(short, medium, long),
    closeCodes,
  };
}

/** RFC 6455 §5.2: 126 and 127 in seven bits say that the length stands in sixteen or in sixty-four. */
function lengthsOf(short: readonly number[], medium: readonly number[], long: readonly number[]): number[] {
  let [nextMedium, nextLong] = [0, 0];
  return short.map((length) => {
    if (length < 126) return length;
    return (length === 126 ? medium[nextMedium++] : long[nextLong++]) ?? -1;
  });
}
