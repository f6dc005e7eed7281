/**
 * Reads a time as tcpdump, tshark and Wireshark print it at the beginning of a text: `2023-11-14 22:13:20.000600`,
 * `22:13:20.000600`, `1700000000.000600`, `0.000600`, `Nov 14, 2023 22:13:20.000600000 UTC`.
 */
import { NO_TIME, type PrintedTime, type TimeStyle } from './printed-packet.ts';

const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:T| {1,2})(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?(?= |$)/;
const NAMED_DATE =
  /^([A-Z][a-z]{2}) {1,2}(\d{1,2}), (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([A-Z]{1,5}|[+-]\d{4}))?(?= |$)/;
const CLOCK = /^(-?)(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?= |$)/;
const EPOCH = /^(\d{1,12})\.(\d{1,9})(?= |$)/;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
/** A number of seconds from here on counts from 1970; a capture is hardly three years long. */
const FIRST_EPOCH = 100_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000;

export interface FoundTime {
  readonly time: PrintedTime;
  /** Characters of the text; 0 where it begins with no time. */
  readonly length: number;
}

export function parsePrintedTime(text: string): FoundTime {
  return parseDate(text) ?? parseClock(text) ?? parseSeconds(text) ?? { time: NO_TIME, length: 0 };
}

function parseDate(text: string): FoundTime | null {
  const date = DATE.exec(text);
  if (date !== null) {
    const [, year, month, day, hours, minutes, seconds, fraction, zone = ''] = date;
    const at = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hours),
      Number(minutes),
      Number(seconds),
    );
    return dated(at, fraction, zone, date[0].length);
  }
  const named = NAMED_DATE.exec(text);
  if (named === null) return null;
  const [, name = '', day, year, hours, minutes, seconds, fraction, zone = ''] = named;
  const month = MONTHS.indexOf(name);
  if (month < 0 || month % 3 !== 0) return null;
  const at = Date.UTC(Number(year), month / 3, Number(day), Number(hours), Number(minutes), Number(seconds));
  return dated(at, fraction, zone, named[0].length);
}

/** With its zone printed, the time is one since 1970; without, it is that of whoever printed it. */
function dated(milliseconds: number, fraction: string | undefined, zone: string, length: number): FoundTime {
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  const minutes =
    offset === null ? 0 : (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1);
  const isUtc = zone === 'Z' || zone === 'UTC' || zone === 'GMT' || offset !== null;
  return found(isUtc ? 'epoch' : 'date', milliseconds / 1000 - minutes * 60, fraction, length);
}

function parseClock(text: string): FoundTime | null {
  const clock = CLOCK.exec(text);
  if (clock === null) return null;
  const [, sign, hours, minutes, seconds, fraction] = clock;
  const sinceMidnight = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const printed = found('clock', sinceMidnight, fraction, clock[0].length);
  return sign === '-' ? { ...printed, time: negated(printed.time) } : printed;
}

function parseSeconds(text: string): FoundTime | null {
  const epoch = EPOCH.exec(text);
  if (epoch === null) return null;
  const seconds = Number(epoch[1]);
  return found(seconds >= FIRST_EPOCH ? 'epoch' : 'relative', seconds, epoch[2], epoch[0].length);
}

function found(style: TimeStyle, seconds: number, fraction = '', length: number): FoundTime {
  const time = { style, seconds, nanoseconds: Number(fraction.padEnd(9, '0')), digits: fraction.length };
  return { time, length };
}

/** The time as a negative delta (to an earlier packet): whole seconds rounded down, nanoseconds always positive. */
function negated(time: PrintedTime): PrintedTime {
  if (time.nanoseconds === 0) return { ...time, seconds: 0 - time.seconds };
  return { ...time, seconds: -time.seconds - 1, nanoseconds: NANOSECONDS_PER_SECOND - time.nanoseconds };
}
