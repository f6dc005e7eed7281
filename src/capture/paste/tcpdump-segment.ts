/**
 * Reads what tcpdump prints of a TCP segment, on the packet's line or, with `-v`, on the line below it:
 * `10.0.0.2.50000 > 10.0.0.1.8080: Flags [P.], seq 1:159, ack 1, win 502, length 158: HTTP: GET /ws HTTP/1.1`, and the
 * older form of OpenBSD and of tcpdump before 4.0: `10.0.0.2.50000 > 10.0.0.1.8080: P 1:159(158) ack 1 win 502`.
 * print-tcp.c of tcpdump's source.
 */
import { ACK, FIN, PSH, RST, SYN, URG } from './tcp-flags.ts';
import { startLineOf } from './http-start-line.ts';
import type { PrintedSegment } from './printed-packet.ts';

/** A bound of each part keeps hostile lines linear. The port is behind the last dot. */
const ENDPOINTS = /(?:^|[ (])([\w:.%-]{1,255})\.([\w-]{1,64}) > ([\w:.%-]{1,255})\.([\w-]{1,64}): /;
const FLAGS = /^Flags \[([A-Za-z.]{0,12}|none)\],?/;
const OLD_FLAGS = /^([SFPRUWE]{1,8}|\.)(?= |$|,)/;
const CHECKSUM = /^ cksum 0x([0-9a-f]{1,4}) /;
const SEQUENCE = /\bseq (\d{1,10})(?::(\d{1,10}))?/;
const OLD_SEQUENCE = /^ (\d{1,10}):(\d{1,10})\((\d{1,7})\)/;
const ACKNOWLEDGEMENT = /\back (\d{1,10})/;
const WINDOW = /\bwin (\d{1,7})/;
const LENGTH = /, length (\d{1,7})(?::? ?(.*))?$/;
const HTTP = /^HTTP(?:, length: \d{1,7})?(?:: )?/;
const BITS: Readonly<Record<string, number>> = { F: FIN, S: SYN, R: RST, P: PSH, '.': ACK, U: URG };
/** What stands in front of the numbers; behind it come options, whose text may look like them. */
const OPTIONS = /,? ?options \[|<(?:mss|nop|sack|wscale|timestamp|eol)/;

/** What the line on the IP header says (`-v`). */
export interface PrintedIpHeader {
  readonly hopLimit: number | null;
  readonly identification: number | null;
}

const IP_HEADER = /\((?:[^()]|\([^()]{0,40}\)){0,400}\)/;

/** `IP (tos 0x0, ttl 64, id 52454, offset 0, flags [DF], proto TCP (6), length 60)`; older: `(DF) (ttl 64, id 52454)`. */
export function parseIpHeader(line: string): PrintedIpHeader | null {
  const text = IP_HEADER.exec(line.slice(0, 600))?.[0];
  if (text === undefined) return null;
  const ttl = /\b(?:ttl|hlim) (\d{1,3})\b/.exec(text)?.[1];
  const id = /\bid (\d{1,5})\b/.exec(text)?.[1];
  return ttl === undefined
    ? null
    : { hopLimit: Number(ttl), identification: id === undefined ? null : Number(id) };
}

/** Whether the line begins with a segment: then it has no other text in front. */
export function beginsWithSegment(line: string): boolean {
  return ENDPOINTS.exec(line)?.index === 0;
}

/** @returns null where the line shows no TCP segment */
export function parseTcpdumpSegment(line: string, ip: PrintedIpHeader | null = null): PrintedSegment | null {
  const endpoints = ENDPOINTS.exec(line);
  if (endpoints === null) return null;
  const rest = line.slice(endpoints.index + endpoints[0].length);
  const found = parseFlags(rest);
  if (found === null) return null;
  const [numbers = ''] = found.rest.split(OPTIONS, 1);
  const old = OLD_SEQUENCE.exec(numbers);
  const sequence = old ?? SEQUENCE.exec(numbers);
  const length = LENGTH.exec(found.rest);
  const byNumbers = sequence?.[2] === undefined ? 0 : (Number(sequence[2]) - Number(sequence[1])) >>> 0;
  // A line that was cut, at the end of a text or by a terminal, shows too little, or a number of which digits are missing.
  if (!found.isOld && length === null) return null;
  if (sequence?.[2] !== undefined && length !== null && Number(length[1]) !== byNumbers) return null;
  const checksum = CHECKSUM.exec(found.rest);
  const info = length?.[2] ?? '';
  const startLine = HTTP.test(info) ? startLineOf(info.replace(HTTP, '')) : null;
  return {
    source: endpoints[1]!,
    sourcePort: endpoints[2]!,
    destination: endpoints[3]!,
    destinationPort: endpoints[4]!,
    flags: found.flags,
    sequence: numberOf(sequence?.[1]),
    acknowledgement: numberOf(ACKNOWLEDGEMENT.exec(numbers)?.[1]),
    window: numberOf(WINDOW.exec(numbers)?.[1]),
    payloadLength: Number(length?.[1] ?? old?.[3] ?? byNumbers),
    payload: startLine === null ? null : { kind: 'start-line', line: startLine },
    isPart: false,
    hopLimit: ip?.hopLimit ?? null,
    identification: ip?.identification ?? null,
    checksum: checksum?.[1] === undefined ? null : parseInt(checksum[1], 16),
  };
}

function parseFlags(text: string): { flags: number; rest: string; isOld: boolean } | null {
  const found = FLAGS.exec(text);
  if (found !== null) return { flags: flagBits(found[1]!), rest: text.slice(found[0].length), isOld: false };
  const old = OLD_FLAGS.exec(text);
  if (old === null) return null;
  const rest = text.slice(old[0].length);
  // "P 1:159(158) ack 1" and ". ack 1 win 502": a letter alone is nothing.
  if (!OLD_SEQUENCE.test(rest) && !/^ (?:ack|win) \d/.test(rest)) return null;
  const ack = ACKNOWLEDGEMENT.test(rest.split(OPTIONS, 1)[0]!) ? ACK : 0;
  return { flags: (old[1] === '.' ? 0 : flagBits(old[1]!)) | ack, rest, isOld: true };
}

function flagBits(letters: string): number {
  let flags = 0;
  if (letters !== 'none') for (const letter of letters) flags |= BITS[letter] ?? 0;
  return flags;
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
