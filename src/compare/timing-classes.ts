/**
 * Puts times into classes, with the limits that the rules use: it doesn't matter whether a 101 came after 0.4 or 1.4
 * ms, but it matters whether it came within a second.
 */
import { formatDuration } from '../basics/format-duration.ts';
import type { ReportOptions } from '../report/model.ts';
import { reconnectLoop } from '../rules/reconnect-loop.ts';
import { silentAfterUpgrade } from '../rules/silent-after-upgrade.ts';
import { slowUpgrade } from '../rules/slow-upgrade.ts';
import { optionValues } from '../judgement/settings.ts';

export interface TimingLimits {
  /** A close within this time after the 101 is a handshake-close. */
  readonly windowMs: number;
  readonly slowUpgradeMs: number;
  /** A WebSocket without a frame for this long counts as silent. */
  readonly silentMs: number;
  /** A connection that ended within this time may be part of a reconnect loop. */
  readonly shortLifeMs: number;
}

/** Cached: every pair asks for them. */
const known = new WeakMap<ReportOptions, TimingLimits>();

/** The limits of a report: its window, and the options of rules as they were set. */
export function timingLimits(options: ReportOptions): TimingLimits {
  let limits = known.get(options);
  if (limits === undefined) {
    limits = limitsOf(options);
    known.set(options, limits);
  }
  return limits;
}

function limitsOf({ windowMs, rules }: ReportOptions): TimingLimits {
  return {
    windowMs,
    slowUpgradeMs: optionValues(slowUpgrade, rules).thresholdMs,
    silentMs: optionValues(silentAfterUpgrade, rules).silenceMs,
    shortLifeMs: optionValues(reconnectLoop, rules).lifeMs,
  };
}

/** "within 1 s", "after more than 10 s", "between 1 s and 10 s". */
export function timingClass(milliseconds: number, limits: readonly number[]): string {
  const sorted = limits.toSorted((a, b) => a - b);
  const above = sorted.find((limit) => milliseconds <= limit);
  const below = sorted.findLast((limit) => milliseconds > limit);
  if (above === undefined) return `after more than ${formatDuration(below ?? 0)}`;
  if (below === undefined) return `within ${formatDuration(above)}`;
  return `between ${formatDuration(below)} and ${formatDuration(above)}`;
}
