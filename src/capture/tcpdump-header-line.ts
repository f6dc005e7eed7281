/**
 * The line that tcpdump prints above a packet's hex dump. Read are its time, in each of tcpdump's styles, and what
 * helps to understand the dump. tcpdump(1), "-t" to "-ttttt", "-e", "-#", "--nano"; print.c of its source.
 */

/** How the time is printed: `-tttt`, `-tt`, nothing / `-ttt` / `-ttttt` (all three look alike), `-t`. */
export type TimeStyle = 'date' | 'epoch' | 'clock' | 'none';

export interface HeaderLine {
  readonly style: TimeStyle;
  /** Since 1970 for `date` and `epoch`, since midnight or the reference packet for `clock`. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Digits printed after the second. */
  readonly digits: number;
  /** The IP version that the line names, 0 if none. */
  readonly ipVersion: 0 | 4 | 6;
  /** The frame's length on the wire, which `-e` prints. */
  readonly frameLength: number | undefined;
  /** Certainly a packet's line? If not, it counts as one only when a hex dump follows. */
  readonly isCertain: boolean;
}

const PACKET_NUMBER = /^\d{1,10} {2}(?=\S)/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
const CLOCK = /^(-?)(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
const EPOCH = /^(\d{1,12})\.(\d{1,9}) /;

/** "lo    In  " as `-i any` prints it, and what `-e` prints there. */
const INTERFACE = /^(?:\S{1,32} +)?(?:In|Out|B|M|P) +(?:ifindex \d{1,10} )?/;
const PROTOCOL = /^(?:IP6?|ARP|AF IPv[46]|ethertype|(?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?=[ ,:(])/;
const FRAME_LENGTH = /(?:ethertype [^,:]{1,64}|, IPv[46]|AF IPv[46] \(\d{1,3}\)), length (\d{1,7}): /;
/** Without a time in front, only these beginnings count as a packet: ordinary sentences can begin with "IP", too. */
const UNTIMED = /^(?:IP6? \(|ARP, |.{0,200}? > )/;

/** @param line without indentation; undefined if it can't be a packet's line */
export function parseHeaderLine(line: string): HeaderLine | undefined {
  const numbered = line.replace(PACKET_NUMBER, '');
  const time = parseTime(numbered);
  const rest = numbered.slice(time.length);
  const protocol = rest.replace(INTERFACE, '');
  const isCertain = PROTOCOL.test(protocol);
  if (time.style === 'none' && !(isCertain && UNTIMED.test(protocol))) return undefined;
  const frameLength = FRAME_LENGTH.exec(rest)?.[1];
  return {
    style: time.style,
    seconds: time.seconds,
    nanoseconds: time.nanoseconds,
    digits: time.digits,
    ipVersion: ipVersionOf(protocol),
    frameLength: frameLength === undefined ? undefined : Number(frameLength),
    isCertain,
  };
}

interface PrintedTime {
  readonly style: TimeStyle;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly digits: number;
  /** Characters of the line. */
  readonly length: number;
}

function parseTime(line: string): PrintedTime {
  const date = DATE.exec(line);
  if (date !== null) {
    const [text, year, month, day, hours, minutes, seconds, fraction = ''] = date;
    const milliseconds = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hours),
      Number(minutes),
      Number(seconds),
    );
    return printedTime('date', milliseconds / 1000, fraction, text.length);
  }
  const clock = CLOCK.exec(line);
  if (clock !== null) {
    const [text, sign, hours, minutes, seconds, fraction = ''] = clock;
    const sinceMidnight = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    const time = printedTime('clock', sinceMidnight, fraction, text.length);
    return sign === '-' ? negated(time) : time;
  }
  const epoch = EPOCH.exec(line);
  if (epoch !== null) return printedTime('epoch', Number(epoch[1]), epoch[2]!, epoch[0].length);
  return printedTime('none', 0, '', 0);
}

function printedTime(style: TimeStyle, seconds: number, fraction: string, length: number): PrintedTime {
  return { style, seconds, nanoseconds: Number(fraction.padEnd(9, '0')), digits: fraction.length, length };
}

/** The time as a negative delta (to an earlier packet): whole seconds rounded down, nanoseconds always positive. */
function negated(time: PrintedTime): PrintedTime {
  if (time.nanoseconds === 0) return { ...time, seconds: 0 - time.seconds };
  return { ...time, seconds: -time.seconds - 1, nanoseconds: 1_000_000_000 - time.nanoseconds };
}

function ipVersionOf(protocol: string): 0 | 4 | 6 {
  if (/^IP6\b|^AF IPv6|(?:ethertype|,) IPv6\b/.test(protocol)) return 6;
  if (/^IP\b|^AF IPv4|(?:ethertype|,) IPv4\b/.test(protocol)) return 4;
  return 0;
}
