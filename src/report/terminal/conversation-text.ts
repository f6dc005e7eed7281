/**
 * `wscap follow`: the conversation for people. One line per message, in columns; the text of a message follows on the
 * same line if it fits, otherwise below it, behind a bar. The bar keeps wire text from looking like a line of ours.
 */
import { hex, latin1 } from '#platform/text';
import type { ConversationEnd, ConversationEntry, ConversationStart } from '../conversation.ts';
import { displayWidth } from '../display-width.ts';
import { breakText, wrapText } from '../fit-text.ts';
import { countOf, formatCount } from '../format-count.ts';
import { hexdump } from './hexdump.ts';
import { indentJson } from './indent-json.ts';
import type { Theme } from './theme.ts';

export interface ConversationTextOptions {
  readonly theme: Theme;
  /** Width of the terminal; undefined if there is none: then lines are not fitted. */
  readonly columns: number | undefined;
  /** Times are the date and time of capture in UTC; otherwise seconds since the 101. */
  readonly absolute: boolean;
  /** Show texts as hexdumps as well. */
  readonly hex: boolean;
  /** Indent texts that are JSON. */
  readonly pretty: boolean;
  /** Bytes shown of a message, in a hexdump or as text; undefined: all there are. */
  readonly hexdumpBytes?: number | undefined;
  readonly textBytes?: number | undefined;
}

const INDENT = '    ';
/** tcpdump's printed times may have no date; they count from this day. A note at the end says so. */
const DAY_OF_NO_DATE = '1970-01-01';
/** On a narrower terminal, lines are not fitted. */
const NARROWEST = 12;
/**
 * Columns fit up to 999.999999 s, 999,999 packets and 99,999 bytes; larger values push the rest of the line to the
 * right.
 */
const TIME_WIDTH = 10;
const ABSOLUTE_WIDTH = 27;

/** The first lines: which connection, when it was opened, and the names of the columns. */
export function startText(
  { connection, client, server, openedPacket, openedAt, inferred }: ConversationStart,
  { theme, absolute }: ConversationTextOptions,
): string {
  const arrow = theme.own('→');
  const ends = `${theme.safe(client.address)}:${client.port} ${arrow} ${theme.safe(server.address)}:${server.port}`;
  const opened = inferred ? 'first frame (the handshake is not in the capture)' : '101';
  const [day, time = ''] = openedAt.replace(/(\.\d{6})\d*Z$/, '$1').split('T');
  const when = day === DAY_OF_NO_DATE ? `${time} of an unknown day` : `${day} ${time} UTC`;
  const columns = row(
    absolute ? 'time, UTC'.padEnd(ABSOLUTE_WIDTH) : 'seconds'.padStart(TIME_WIDTH),
    'packet',
    'from',
    'type',
    'bytes',
    'on wire',
  );
  return [
    `${theme.strong(`Connection ${connection}`)}  ${ends}`,
    theme.faint(`${opened} in packet ${openedPacket}, ${when}`),
    '',
    theme.faint(columns.trimEnd()),
    '',
  ].join('\n');
}

export function entryText(entry: ConversationEntry, options: ConversationTextOptions): string {
  const { theme, columns } = options;
  const head = heading(entry, options);
  const { lines, remarks, isHexdump } = contentOf(entry, options);
  const [first = remarks[0]] = lines;
  // A short text follows its heading on the same line.
  if (lines.length + remarks.length <= 1 && !isHexdump) {
    const line = first === undefined ? head.trimEnd() : `${head}  ${first}`;
    if (columns === undefined || first === undefined || displayWidth(line) <= columns) {
      return `${paint(entry, theme, line)}\n`;
    }
  }
  return [paint(entry, theme, head.trimEnd()), ...below(lines, remarks, isHexdump, options), ''].join('\n');
}

/** @param shown how many of the entries were printed */
export function endText(
  end: ConversationEnd,
  { theme, columns }: ConversationTextOptions,
  { inferred = false, shown = end.entries }: { inferred?: boolean; shown?: number } = {},
): string {
  const { endedBy, how, packet, offsetMs, entries, messages } = end;
  const since = inferred ? 'first frame' : '101';
  const ending =
    endedBy === null || how === null
      ? 'Still open when the capture ended'
      : `${endedBy === 'client' ? 'Client' : 'Server'} ${how.toUpperCase()} ${sinceThat(offsetMs ?? 0, since)}, packet ${packet ?? '?'}`;
  const counts = [
    countOf(messages, 'message'),
    ...(entries > messages ? [countOf(entries - messages, 'control frame')] : []),
    ...(shown < entries ? [`${formatCount(shown)} of them shown`] : []),
  ];
  const notes = end.notes
    .filter(({ code }) => code !== 'capture-ended')
    .flatMap(({ message }) => hanging(theme.symbol('neutral'), theme.safe(message), columns, theme.faint));
  return ['', `${theme.strong(ending)}  ${theme.faint(counts.join(', '))}`, ...notes, ''].join('\n');
}

/** Printed if --limit ended the output before the connection's end. */
export function stoppedText(shown: number, { theme }: ConversationTextOptions): string {
  return `${theme.faint(`${theme.ellipsis} stopped after ${formatCount(shown)} (--limit)`)}\n`;
}

/** Printed if reading was interrupted: the rest of the capture may hold more of the connection. */
export function interruptedText(shown: number, { theme }: ConversationTextOptions): string {
  return `${theme.faint(`${theme.ellipsis} interrupted after ${formatCount(shown)}: the rest was not read`)}\n`;
}

function heading(entry: ConversationEntry, { absolute, theme }: ConversationTextOptions): string {
  const { at, offsetMs, packet, from, type, bytes } = entry;
  const time = absolute ? at.replace(/(\.\d{6})\d*Z$/, '$1Z') : seconds(offsetMs);
  return row(
    absolute ? time.padEnd(ABSOLUTE_WIDTH) : time.padStart(TIME_WIDTH),
    String(packet),
    from === 'client' ? theme.own('client →') : theme.own('← server'),
    type,
    bytes === null ? '?' : formatCount(bytes),
    onWire(entry),
  );
}

function row(time: string, packet: string, from: string, type: string, bytes: string, wire: string): string {
  return `${time}  ${packet.padStart(6)}  ${from.padEnd(9)} ${type.padEnd(6)} ${bytes.padStart(6)}  ${wire.padStart(8)}`;
}

/** Given only if it differs from the simplest case: one uncompressed frame. */
function onWire({ frames, compressed, wireBytes, bytes }: ConversationEntry): string {
  const inFrames = frames > 1 ? `${formatCount(frames)} frames` : '';
  if (!compressed && bytes !== null) return inFrames;
  return `${formatCount(wireBytes)}${inFrames === '' ? '' : ` in ${inFrames}`}`;
}

/** Pings and pongs are faint, a Close is strong. */
function paint({ type }: ConversationEntry, theme: Theme, text: string): string {
  if (type === 'close') return theme.strong(text);
  return type === 'ping' || type === 'pong' ? theme.faint(text) : text;
}

interface Content {
  /** Lines of the message, safe to print. */
  lines: readonly string[];
  /** Remarks about the message. */
  remarks: readonly string[];
  isHexdump: boolean;
}

function contentOf(entry: ConversationEntry, options: ConversationTextOptions): Content {
  const { theme } = options;
  const { type, payload, problem } = entry;
  const remarks = problem === null ? [] : [`${theme.symbol('warning')} ${theme.safe(problem)}`];
  if (payload === null) return { lines: [], remarks, isHexdump: false };
  if (type === 'close') return { lines: [closeText(entry, theme)], remarks, isHexdump: false };
  if (payload.length === 0) return { lines: [], remarks, isHexdump: false };
  if (type === 'ping' || type === 'pong') {
    return { lines: [pingText(entry, payload, theme)], remarks, isHexdump: false };
  }
  // "Texts" that are not UTF-8 are shown as bytes.
  const isHexdump = type === 'binary' || options.hex || problem !== null;
  const { lines, shown } = isHexdump ? dumped(payload, options) : textOf(entry, payload, options);
  const bytes = entry.bytes ?? payload.length;
  const rest = `${theme.ellipsis} ${formatCount(bytes - shown)} of ${countOf(bytes, 'byte')} not shown (--max-bytes)`;
  return { lines, remarks: shown < bytes ? [rest, ...remarks] : remarks, isHexdump };
}

function closeText({ code, reason }: ConversationEntry, theme: Theme): string {
  if (code === null) return 'no code';
  return `${code}${reason === null || reason === '' ? '' : ` ${theme.safe(reason)}`}`;
}

/**
 * A ping's payload is often a counter or a time: shown as text if printable, otherwise in hexadecimal. Of a ping
 * longer than control frames may be, only the allowed length is kept.
 */
function pingText({ bytes }: ConversationEntry, payload: Uint8Array, theme: Theme): string {
  const isPrintable = payload.every((byte) => byte >= 0x20 && byte < 0x7f);
  const text = isPrintable ? theme.safe(latin1(payload)) : `0x${hex(payload)}`;
  return bytes !== null && payload.length < bytes ? `${text}${theme.ellipsis}` : text;
}

interface Shown {
  lines: readonly string[];
  /** Bytes of the message. */
  shown: number;
}

function dumped(payload: Uint8Array, { hexdumpBytes }: ConversationTextOptions): Shown {
  const bytes = payload.subarray(0, hexdumpBytes);
  return { lines: [...hexdump(bytes)], shown: bytes.length };
}

function textOf({ bytes }: ConversationEntry, payload: Uint8Array, options: ConversationTextOptions): Shown {
  const { theme, pretty, textBytes } = options;
  const isWhole = payload.length === bytes;
  const indented = pretty && isWhole ? indentJson(decode(payload, false)) : null;
  const part = indented === null ? payload.subarray(0, textBytes) : payload;
  const text = indented ?? decode(part, part.length !== bytes);
  return { lines: textLines(text).map((line) => theme.safe(line)), shown: part.length };
}

/** If a text was cut inside a character, that character is left out. */
function decode(bytes: Uint8Array, isCut: boolean): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: isCut });
}

/** Many messages end with a line break. It is shown as an escape, not as an empty line. */
function textLines(text: string): string[] {
  const [end = ''] = /\r?\n$/.exec(text) ?? [];
  const lines = text.slice(0, text.length - end.length).split(/\r?\n/);
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${end}`].map((line) =>
    line.replaceAll('\t', '\\t').replaceAll('\r', '\\r').replaceAll('\n', '\\n'),
  );
}

/** Behind a bar, broken at the width of the terminal. A dotted bar marks a break that is not in the text. */
function below(
  lines: readonly string[],
  remarks: readonly string[],
  isHexdump: boolean,
  { theme, columns }: ConversationTextOptions,
): string[] {
  const bar = theme.faint(theme.ascii ? '|' : '│');
  const dotted = theme.faint(theme.ascii ? ':' : '┊');
  const width = (columns ?? 0) - INDENT.length - 2;
  const shown: string[] = [];
  for (const line of lines) {
    // Half a line of a hexdump is hard to read; leave the break to the terminal.
    const parts = isHexdump || width < NARROWEST ? [line] : breakText(line, width);
    for (const [index, part] of parts.entries()) {
      shown.push(`${INDENT}${index === 0 ? bar : dotted} ${part}`.trimEnd());
    }
  }
  for (const remark of remarks) shown.push(...hanging(INDENT.slice(1), remark, columns));
  return shown;
}

/** A paragraph of our own text behind a symbol. */
function hanging(
  mark: string,
  text: string,
  columns: number | undefined,
  style = (line: string) => line,
): string[] {
  const indent = displayWidth(mark) + 1;
  const width = (columns ?? 0) - indent;
  const [first = '', ...rest] = (width < NARROWEST ? [text] : wrapText(text, width)).map((line) =>
    style(line),
  );
  return [`${mark} ${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(6);
}

function sinceThat(offsetMs: number, what: string): string {
  return `${seconds(Math.abs(offsetMs))} s ${offsetMs < 0 ? 'before' : 'after'} the ${what}`;
}
