/**
 * A line of a list of packets, as tshark prints it and Wireshark shows it: number, time, source, destination, protocol, length
 * and "Info". Columns are found by what is in them, or, where the list has a line with their names, by these (CSV, PSML,
 * tabs, Markdown tables).
 */
import { startLineOf } from './http-start-line.ts';
import type { PacketLine, PrintedPayload, PrintedSegment } from './printed-packet.ts';
import { parseIPv6 } from './printed-addresses.ts';
import { parsePrintedTime } from './printed-time.ts';
import { ACK, FIN, PSH, RST, SYN, URG } from './tcp-flags.ts';

const BITS: Readonly<Record<string, number>> = { FIN, SYN, RST, PSH, ACK, URG };
const ARROW = '(?:→|->|>|\\u2192|\\u00e2\\u2020\\u2019)';
const ADDRESS = '[\\w.:%-]{1,255}';
/** Number, then whatever the time is; the rest begins with the source. */
const NUMBER = /^(\d{1,10})[ ]+(?=\S)/;
const REST = new RegExp(
  `^(${ADDRESS}) +(${ARROW} +)?(${ADDRESS}) +([A-Za-z][\\w./-]{1,40}|<[\\w ]{1,20}>) +(?:(\\d{1,7}) +)?(\\S.*)$`,
);
/** What Wireshark writes in front of a segment's line about its place in the stream. */
const REMARKS = /^(?:\[[^\]]{1,80}\] ?){1,6}(?=\S)/;
const TCP_INFO = new RegExp(`^([\\w.-]{1,64}) +${ARROW} +([\\w.-]{1,64}) +\\[([A-Z, ]{0,60})\\](.*)$`);
const NUMBERS = /^(?: |(?:Seq|Ack|Win|Len|Urg)=\d{1,10})*/;
/** Not a Close: nothing can be said of one whose code is not known. */
const FRAME =
  /^(?:WebSocket )?(Continuation|Text|Binary|Ping|Pong)(?: {0,2}(\[FIN\])| {0,2}\[FRAGMENT\])( {1,2}\[MASKED\])?$/;
const PART = / ?\[TCP (?:segment of a reassembled PDU|PDU reassembled in \d{1,10})\]$/;
const CONTENT_TYPE = / {1,2}\([\w./+;= -]{1,80}\)$/;
const OPCODES: Readonly<Record<string, number>> = {
  Continuation: 0,
  Text: 1,
  Binary: 2,
  Ping: 9,
  Pong: 10,
};

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** The columns that are read. */
export interface ListCells {
  readonly number?: string | undefined;
  readonly time?: string | undefined;
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  readonly protocol?: string | undefined;
  readonly length?: string | undefined;
  readonly info?: string | undefined;
}

/** @returns undefined where the line is none of a list */
export function parseListLine(line: string): PacketLine | undefined {
  const number = NUMBER.exec(line);
  const rest = number === null ? line : line.slice(number[0].length);
  const time = parsePrintedTime(rest);
  if (time.length === 0) return undefined;
  const found = REST.exec(rest.slice(time.length).trimStart());
  if (found === null) return undefined;
  const [, source = '', arrow, destination = '', protocol = '', length, info = ''] = found;
  // Without an arrow, only addresses tell such a line from one of a log.
  if (arrow === undefined && !(isAddress(source) && isAddress(destination))) return undefined;
  const printed = rest.slice(0, time.length);
  return lineOf({ number: number?.[1], time: printed, source, destination, protocol, length, info });
}

/** A line whose columns are known. */
export function lineOf(cells: ListCells): PacketLine | undefined {
  const { source = '', destination = '', protocol = '', info = '', length, number } = cells;
  const { time } = parsePrintedTime((cells.time ?? '').trim());
  if (source === '' || destination === '' || (protocol === '' && info === '')) return undefined;
  return {
    ...time,
    ipVersion: source.includes(':') ? 6 : 4,
    frameLength: length === undefined || !/^\d{1,7}$/.test(length) ? undefined : Number(length),
    isCertain: true,
    segment: segmentOf(source, destination, protocol, info),
    number: number === undefined || !/^\d{1,10}$/.test(number) ? null : Number(number),
  };
}

function isAddress(text: string): boolean {
  return IPV4.test(text) || (text.includes(':') && parseIPv6(text) !== null);
}

function segmentOf(
  source: string,
  destination: string,
  protocol: string,
  info: string,
): PrintedSegment | null {
  const remarks = REMARKS.exec(info)?.[0] ?? '';
  const isPart = PART.test(info);
  const text = info.slice(remarks.length).replace(PART, '').trim();
  const base = { source, destination, hopLimit: null, identification: null, checksum: null, isPart };
  const tcp = TCP_INFO.exec(text);
  if (tcp !== null) {
    const numbers = NUMBERS.exec(tcp[4]!)![0];
    return {
      ...base,
      sourcePort: tcp[1]!,
      destinationPort: tcp[2]!,
      flags: flagBits(tcp[3]!),
      sequence: numberAt(numbers, 'Seq'),
      acknowledgement: numberAt(numbers, 'Ack'),
      window: numberAt(numbers, 'Win'),
      payloadLength: numberAt(numbers, 'Len') ?? 0,
      payload: null,
    };
  }
  if (!/^(?:HTTP|WebSocket|TCP|TLS|SSL)/.test(protocol)) return null;
  return {
    ...base,
    sourcePort: null,
    destinationPort: null,
    flags: null,
    sequence: null,
    acknowledgement: null,
    window: null,
    payloadLength: null,
    // With a remark in front, the packet is not what it would be in order.
    payload: remarks === '' ? payloadOf(text) : null,
  };
}

function payloadOf(info: string): PrintedPayload | null {
  const frame = FRAME.exec(info);
  if (frame !== null) {
    return {
      kind: 'frame',
      opcode: OPCODES[frame[1]!]!,
      isFinal: frame[2] !== undefined,
      isMasked: frame[3] !== undefined,
    };
  }
  const line = startLineOf(info.replace(CONTENT_TYPE, ''));
  if (line === null) return null;
  // These two have no body, and whatever stood behind them would be on the line.
  const isWhole = /^(?:GET|HEAD|CONNECT) |^HTTP\/1\.[01] 101(?: |$)/.test(line);
  return { kind: isWhole ? 'whole-head' : 'start-line', line };
}

function flagBits(names: string): number {
  let flags = 0;
  for (const name of names.split(/, ?/)) flags |= BITS[name] ?? 0;
  return flags;
}

function numberAt(numbers: string, name: string): number | null {
  const found = new RegExp(`\\b${name}=(\\d{1,10})`).exec(numbers)?.[1];
  return found === undefined ? null : Number(found);
}
