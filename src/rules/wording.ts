/** Phrases that several rules share. */
import type { CloseFrame, ConnectionRecord, SideFacts } from '../connection/record.ts';
import { elapsedMs, type Timestamp } from '../timestamp.ts';
import { formatDuration } from '../format-duration.ts';
import { headerTokens, headerValue, type HttpHead } from '../http/head.ts';
import { closeCodeName } from '../websocket/close-payload.ts';

/** Wire text in a message is cut at this length: the report has it whole. */
const MAX_QUOTED = 60;

export function quoted(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`;
}

export function since(earlier: Timestamp, later: Timestamp): string {
  return formatDuration(elapsedMs(earlier, later));
}

/** "Close 1011 (internal error, "boom")". */
export function describeClose({ code, reason }: CloseFrame): string {
  if (code === null) return 'Close without a code';
  const words = reason === '' ? closeCodeName(code) : `${closeCodeName(code)}, "${quoted(reason)}"`;
  return `Close ${code} (${words})`;
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

/** Whether a proxy or client asked the server to close after its response. */
export function asksToClose(head: HttpHead): boolean {
  return head.version === '1.0' || headerTokens(head, 'connection').includes('close');
}

/** "in the middle of a text frame (12 of 300 payload bytes sent)", or "between frames". */
export function describePosition({ unfinished }: SideFacts): string {
  if (unfinished === null) return 'between frames';
  if (unfinished.opcode === null) return 'in the middle of a frame header';
  return `in the middle of a frame (${unfinished.received} of ${unfinished.payloadLength ?? 0} payload bytes sent)`;
}
