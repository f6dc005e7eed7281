/**
 * The line that tcpdump prints above a packet's hex dump. Read are its time, in each of tcpdump's styles, and what
 * helps to understand the dump. tcpdump(1), "-t" to "-ttttt", "-e", "-#", "--nano"; print.c of its source.
 */
import { beginsWithSegment, parseIpHeader, parseTcpdumpSegment } from './tcpdump-segment.ts';
import { parsePrintedTime } from './printed-time.ts';
import type { PacketLine } from './printed-packet.ts';

export type HeaderLine = PacketLine;

const PACKET_NUMBER = /^\d{1,10} {2}(?=\S)/;
/** "lo    In  " as `-i any` prints it, and what `-e` prints there. */
const INTERFACE = /^(?:\S{1,32} +)?(?:In|Out|B|M|P) +(?:ifindex \d{1,10} )?/;
const PROTOCOL = /^(?:IP6?|ARP|AF IPv[46]|ethertype|(?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?=[ ,:(])/;
const FRAME_LENGTH = /(?:ethertype [^,:]{1,64}|, IPv[46]|AF IPv[46] \(\d{1,3}\)), length (\d{1,7}): /;
/** Without a time in front, only these beginnings count as a packet: ordinary sentences can begin with "IP", too. */
const UNTIMED = /^(?:IP6? \(|ARP, |.{0,200}? > )/;

/** @param line without indentation; undefined if it can't be a packet's line */
export function parseHeaderLine(line: string): HeaderLine | undefined {
  const numbered = line.replace(PACKET_NUMBER, '');
  const { time, length } = parsePrintedTime(numbered);
  const rest = numbered.slice(length).trimStart();
  const protocol = rest.replace(INTERFACE, '');
  const segment = parseTcpdumpSegment(protocol, parseIpHeader(protocol));
  // OpenBSD prints no "IP"; a whole segment is proof enough.
  const isCertain =
    PROTOCOL.test(protocol) || (time.style !== 'none' && segment !== null && beginsWithSegment(protocol));
  if (time.style === 'none' && !(isCertain && UNTIMED.test(protocol))) return undefined;
  const frameLength = FRAME_LENGTH.exec(rest)?.[1];
  const number = PACKET_NUMBER.exec(line)?.[0];
  return {
    ...time,
    ipVersion: ipVersionOf(protocol),
    frameLength: frameLength === undefined ? undefined : Number(frameLength),
    isCertain,
    segment,
    number: number === undefined ? null : Number(number),
  };
}

function ipVersionOf(protocol: string): 0 | 4 | 6 {
  if (/^IP6\b|^AF IPv6|(?:ethertype|,) IPv6\b/.test(protocol)) return 6;
  if (/^IP\b|^AF IPv4|(?:ethertype|,) IPv4\b/.test(protocol)) return 4;
  return 0;
}
