/** Phrases that several rules share. */
import type { FramePlace } from '../connection/irregularity.ts';
import { isHopLimitOff } from '../connection/forgery.ts';
import type {
  CloseFrame,
  ConnectionRecord,
  Role,
  TcpSideFacts,
  WebSocketSideFacts,
} from '../connection/record.ts';
import { millisecondsBetween, type Timestamp } from '../basics/timestamp.ts';
import { formatDuration } from '../basics/format-duration.ts';
import { headerTokens, headerValue, type HttpHead } from '../http/head.ts';
import { closeCodeName } from '../websocket/close-payload.ts';
import { opcodeName } from '../websocket/frame.ts';
import type { RuleContext } from './rule-context.ts';

/**
 * Wire text in a message is cut at this length: the report has it whole.
 * @bound characters quoted in a sentence: {count}
 */
const MAX_QUOTED = 60;

export function quoted(text: string): string {
  if (text.length <= MAX_QUOTED) return text;
  // Between two words, if there is a space in the second half.
  const space = text.lastIndexOf(' ', MAX_QUOTED);
  return `${text.slice(0, space > MAX_QUOTED / 2 ? space : MAX_QUOTED)}…`;
}

export function since(earlier: Timestamp, later: Timestamp): string {
  return formatDuration(millisecondsBetween(earlier, later));
}

/** "0.657 ms after", "3.68 s before": where `at` lies, seen from `anchor`. */
export function relativeTo(anchor: Timestamp, at: Timestamp): string {
  const ms = millisecondsBetween(anchor, at);
  return ms < 0 ? `${formatDuration(-ms)} before` : `${formatDuration(ms)} after`;
}

/** "Close 1011 (internal error, "boom")". */
export function describeClose({ code, reason, isCodeMissing }: CloseFrame): string {
  if (code === null) return isCodeMissing ? 'Close (its code is not in the capture)' : 'Close without a code';
  const words = reason === '' ? closeCodeName(code) : `${closeCodeName(code)}, "${quoted(reason)}"`;
  return `Close ${code} (${words})`;
}

/**
 * "TTL 243, while the 12 other packets of the server have 64": how the RST of a side differs from the side's other packets;
 * null where it does not differ.
 */
export function describeHopLimits({ tcp, server }: ConnectionRecord, role: Role): string | null {
  const { reset, hopLimits } = tcp[role];
  if (reset === null || hopLimits === null || !isHopLimitOff(reset, hopLimits)) return null;
  const { packets, lowest, highest } = hopLimits;
  const name = server.address.includes(':') ? 'hop limit' : 'TTL';
  const usual = lowest === highest ? `${lowest}` : `${lowest} to ${highest}`;
  return `${name} ${reset.hopLimit}, while the ${packets} other packets of the ${role} have ${usual}`;
}

/** "10.77.1.1 answered with ICMP "administratively prohibited" (packet 7)": what ICMP says of a side's packets; null where nothing. */
export function describeUndelivered({ undelivered }: TcpSideFacts): string | null {
  if (undelivered === null) return null;
  const { from, reason, mtu, mark } = undelivered;
  const size = mtu === null ? '' : `, packets of up to ${mtu} bytes pass`;
  return `${from} answered with ICMP "${reason}" (packet ${mark.packet}${size})`;
}

/** "packet 4", "packets 4 and 6", "packets 4, 6 and 9". */
export function packetList(packets: readonly number[]): string {
  const unique = [...new Set(packets)];
  if (unique.length === 1) return `packet ${unique[0]!}`;
  return `packets ${unique.slice(0, -1).join(', ')} and ${unique.at(-1)!}`;
}

export function count(number: number, singular: string): string {
  return `${number} ${singular}${number === 1 ? '' : 's'}`;
}

/** What the handshake says about why a server may close: its Server header, HTTP version, Connection tokens. */
export function describeHandshake({ upgrade }: ConnectionRecord): string {
  return `${describeResponse(upgrade?.response?.head)}, ${describeRequest(upgrade?.request?.head)}`;
}

function describeResponse(head: HttpHead | undefined): string {
  const server = head === undefined ? null : headerValue(head, 'server');
  if (server !== null) return `Server: ${quoted(server)}`;
  return head?.isCut === true ? "the response's head is cut short" : 'the response names no Server';
}

function describeRequest(head: HttpHead | undefined): string {
  if (head === undefined) return 'the request was not captured';
  const connection = headerValue(head, 'connection');
  const version = head.version === '' ? 'request' : `request HTTP/${head.version}`;
  if (connection !== null) return `${version}, Connection: ${quoted(connection)}`;
  return head.isCut ? "the request's head is cut short" : `${version}, no Connection header`;
}

/** What tells nginx to pass an upgrade on. */
export const NGINX_UPGRADE =
  'nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, proxy_set_header Connection "upgrade"';

/** Whether a proxy or client asked the server to close after its response. */
export function asksToClose(head: HttpHead): boolean {
  return head.version === '1.0' || headerTokens(head, 'connection').includes('close');
}

/** What times are counted from: the 101, or what takes its place. */
export function openingOf({ opening }: ConnectionRecord): string {
  return opening === 'inferred' ? 'the first frame in the capture' : 'the 101';
}

/** "351 ms after the 101", without the duration where packets carry no time. */
export function afterOpening(record: ConnectionRecord, at: Timestamp, { hasTimes }: RuleContext): string {
  const { openedAt } = record;
  const after = `after ${openingOf(record)}`;
  return hasTimes && openedAt !== null ? `${since(openedAt, at)} ${after}` : after;
}

/** "in the middle of a text frame (12 of 300 payload bytes sent)", or "between frames". */
export function describePosition({ unfinished }: WebSocketSideFacts): string {
  if (unfinished === null) return 'between frames';
  if (unfinished.opcode === null) return 'in the middle of a frame header';
  return `in the middle of a frame (${unfinished.received} of ${unfinished.payloadLength ?? 0} payload bytes sent)`;
}

/** "text frame (5 bytes)", "ping (126 bytes)", "frame with opcode 0x3 (12 bytes)". */
export function describeFrame({ opcode, payloadLength }: FramePlace): string {
  return `${frameName(opcode)} (${count(payloadLength, 'byte')})`;
}

/** "text frame", "continuation frame", "Close", "ping", "frame with opcode 0x3". */
export function frameName(opcode: number): string {
  const name = opcodeName(opcode);
  if (name === 'reserved') return `frame with opcode 0x${opcode.toString(16).toUpperCase()}`;
  if (name === 'close') return 'Close';
  return name === 'ping' || name === 'pong' ? name : `${name} frame`;
}
