/** `wscap follow`: the conversation for people. A line for each message, its content behind it or below. */
import type { ConversationEnd, ConversationEntry, ConversationStart } from './conversation.ts';
import { displayWidth } from './display-width.ts';
import { formatBytes } from './format-count.ts';
import { hexdump } from './hexdump.ts';
import { indentJson } from './indent-json.ts';
import type { Theme } from './theme.ts';

export interface ConversationTextOptions {
  readonly theme: Theme;
  /** Of the terminal; undefined where there is none: lines are not fitted. */
  readonly columns: number | undefined;
  /** Times: seconds since the 101, or the date and time of capture in UTC. */
  readonly absolute: boolean;
  /** Hexdumps for texts as well. */
  readonly hex: boolean;
  /** Texts that are JSON are indented. */
  readonly pretty: boolean;
}

const INDENT = '    ';

export function startText(
  { connection, client, server, openedPacket, openedAt, inferred }: ConversationStart,
  { theme }: ConversationTextOptions,
): string {
  const ends = `${theme.safe(client.address)}:${client.port} ${theme.own('→')} ${theme.safe(server.address)}:${server.port}`;
  const opened = inferred
    ? `first frame in packet ${openedPacket}, its handshake is not in the capture`
    : `101 in packet ${openedPacket}`;
  return `${theme.strong(`Connection ${connection}`)}  ${ends}  ${theme.faint(`${opened}, ${openedAt}`)}\n`;
}

export function entryText(entry: ConversationEntry, options: ConversationTextOptions): string {
  const { theme, columns } = options;
  const line = `${heading(entry, options)}`;
  const content = contentLines(entry, options);
  const [only] = content;
  // A short text stands behind its heading.
  if (content.length === 1 && only !== undefined && !isHexdump(entry, options)) {
    const width = displayWidth(line) + 2 + displayWidth(only);
    if (columns === undefined || width <= columns) return `${paint(entry, theme, `${line}  ${only}`)}\n`;
  }
  return [paint(entry, theme, line), ...content.map((text) => `${INDENT}${text}`)].join('\n') + '\n';
}

export function endText(end: ConversationEnd, { theme }: ConversationTextOptions): string {
  const { endedBy, how, packet, offsetMs, entries } = end;
  const ending =
    endedBy === null || how === null
      ? 'still open when the capture ended'
      : `${endedBy} ${how.toUpperCase()} ${seconds(offsetMs ?? 0)} s, packet ${packet ?? '?'}`;
  const count = entries === 0 ? 'no message' : entries === 1 ? '1 message' : `${entries} messages`;
  const notes = end.notes
    .filter(({ code }) => code !== 'capture-ended')
    .map(({ message }) => `${theme.faint(theme.safe(`note: ${message}`))}\n`);
  return `${theme.strong(ending)}  ${theme.faint(count)}\n${notes.join('')}`;
}

function heading(entry: ConversationEntry, { absolute, theme }: ConversationTextOptions): string {
  const { at, offsetMs, packet, from, type, frames, compressed, wireBytes, bytes } = entry;
  const time = absolute ? at : seconds(offsetMs).padStart(12);
  const arrow = from === 'client' ? `client ${theme.own('→')}` : `${theme.own('←')} server`;
  const size = bytes === null ? '?' : formatBytes(bytes);
  const details = [
    ...(frames > 1 ? [`${frames} frames`] : []),
    ...(compressed ? [`deflate, ${formatBytes(wireBytes)} on the wire`] : []),
  ];
  const head = `${time}  ${`#${packet}`.padEnd(6)}  ${arrow}  ${type.padEnd(6)}  ${size.padStart(7)}`;
  return details.length === 0 ? head : `${head}  (${details.join(', ')})`;
}

/** Pings and pongs step back, a Close stands out. */
function paint({ type }: ConversationEntry, theme: Theme, text: string): string {
  if (type === 'close') return theme.strong(text);
  return type === 'ping' || type === 'pong' ? theme.faint(text) : text;
}

function contentLines(entry: ConversationEntry, options: ConversationTextOptions): string[] {
  const { theme } = options;
  const { type, payload, bytes, problem, code, reason } = entry;
  const remarks = problem === null ? [] : [theme.safe(`(${problem})`)];
  if (type === 'close') {
    if (code === null) return ['no code', ...remarks];
    return [`${code}${reason === null || reason === '' ? '' : ` ${theme.safe(reason)}`}`, ...remarks];
  }
  if (payload === null || payload.length === 0) return remarks;
  const left = (bytes ?? payload.length) - payload.length;
  const cut = left > 0 ? [`${theme.ellipsis} ${formatBytes(left)} more (--max-bytes)`] : [];
  if (type === 'ping' || type === 'pong') return [pingText(payload, theme), ...remarks];
  if (isHexdump(entry, options)) return [...hexdump(payload), ...cut, ...remarks];
  return [...textLines(payload, left > 0, options), ...cut, ...remarks];
}

/** Texts that are none are shown as the bytes that they are. */
function isHexdump({ type, problem }: ConversationEntry, { hex }: ConversationTextOptions): boolean {
  if (type === 'text') return hex || problem !== null;
  return type === 'binary';
}

/** Often a counter or a time: as text where it is printable, in hex where it isn't. */
function pingText(payload: Uint8Array, theme: Theme): string {
  const isPrintable = payload.every((byte) => byte >= 0x20 && byte < 0x7f);
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return isPrintable ? theme.safe(buffer.toString('latin1')) : `0x${buffer.toString('hex')}`;
}

function textLines(
  payload: Uint8Array,
  isCut: boolean,
  { theme, pretty }: ConversationTextOptions,
): string[] {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(payload, { stream: isCut });
  const shown = (pretty && !isCut ? indentJson(text) : null) ?? text;
  return shown.split(/\r?\n/).map((line) => theme.safe(line));
}

function seconds(milliseconds: number): string {
  const text = (milliseconds / 1000).toFixed(6);
  return milliseconds < 0 ? text : `+${text}`;
}
