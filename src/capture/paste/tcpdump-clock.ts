/**
 * Turns the times that tcpdump printed into times on one scale. A bare time of day has no date: it counts from
 * 1970-01-01 and continues past midnight. `-ttt` (time since the packet before) looks the same: times are read so if
 * the first packet is at 00:00:00 and a later time is smaller than the one before.
 */
import type { PrintedTime } from './printed-packet.ts';

const SECONDS_PER_DAY = 86_400;
/** If a time of day goes back further than this, midnight has passed; if less, the packets are out of order. */
const MIDNIGHT_JUMP_SECONDS = 43_200;
const NANOSECONDS_PER_SECOND = 1_000_000_000;

export class TcpdumpClock {
  seconds = 0;
  nanoseconds = 0;
  /** Are clock times to be added up (`-ttt`)? */
  accumulates = false;
  private days = 0;
  private lastClockSeconds: number | undefined;

  /** Moves `seconds` and `nanoseconds` on to this line's time. */
  advance(line: PrintedTime): void {
    if (line.style === 'none') return;
    if (line.style !== 'clock' && !(this.accumulates && line.style === 'relative')) {
      this.seconds = line.seconds;
      this.nanoseconds = line.nanoseconds;
      return;
    }
    if (this.accumulates) {
      const nanoseconds = this.nanoseconds + line.nanoseconds;
      const carry = nanoseconds >= NANOSECONDS_PER_SECOND ? 1 : 0;
      this.seconds += line.seconds + carry;
      this.nanoseconds = nanoseconds - carry * NANOSECONDS_PER_SECOND;
      return;
    }
    const last = this.lastClockSeconds ?? line.seconds;
    if (last - line.seconds > MIDNIGHT_JUMP_SECONDS) this.days++;
    // The other way: a packet from before midnight that was written late.
    else if (line.seconds - last > MIDNIGHT_JUMP_SECONDS && this.days > 0) this.days--;
    this.lastClockSeconds = line.seconds;
    this.seconds = this.days * SECONDS_PER_DAY + line.seconds;
    this.nanoseconds = line.nanoseconds;
  }
}

/** Can the capture's times be deltas, judged by its first one? */
export function mayBeDeltas(first: PrintedTime): boolean {
  if (first.style === 'relative') return first.seconds === 0 && first.nanoseconds === 0;
  return first.style === 'clock' && first.seconds === 0;
}

/**
 * Is it earlier than the line before, and not because midnight passed? Times since the first packet (`-ttttt`) hardly
 * ever are.
 */
export function isEarlier(line: PrintedTime, before: PrintedTime): boolean {
  const seconds = line.seconds - before.seconds;
  if (seconds === 0) return line.nanoseconds < before.nanoseconds;
  return seconds < 0 && seconds > -MIDNIGHT_JUMP_SECONDS;
}
