/** The visible part of time: zooming, panning, and the ticks of the axis. Times are in milliseconds. */
import { formatDuration } from '../../basics/format-duration.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The shortest visible span: a microsecond across the whole screen. */
const SHORTEST = 0.001;
const STEPS = [1, 2, 5];
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Above a second, the distances between ticks are those of clocks. */
const CLOCK_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
].map((seconds) => seconds * 1000);

/** Adds some room on both sides, more after the end, where symbols are drawn; the result is never empty. */
export function withMargin({ from, to }: Span): Span {
  const margin = Math.max((to - from) * 0.015, 0.01);
  return { from: from - margin, to: to + 4 * margin };
}

/** The moment `at` keeps its place on the screen; a `factor` below 1 shows less time. */
export function zoom(span: Span, factor: number, at: number, bounds: Span): Span {
  const whole = bounds.to - bounds.from;
  const length = Math.min(whole, Math.max(SHORTEST, (span.to - span.from) * factor));
  const share = (at - span.from) / (span.to - span.from);
  const from = at - share * length;
  return within({ from, to: from + length }, bounds);
}

export function pan(span: Span, by: number, bounds: Span): Span {
  return within({ from: span.from + by, to: span.to + by }, bounds);
}

/** If the span reaches beyond the bounds, it is moved, not cut. */
export function within({ from, to }: Span, bounds: Span): Span {
  const length = Math.min(to - from, bounds.to - bounds.from);
  const start = Math.min(Math.max(from, bounds.from), bounds.to - length);
  return { from: start, to: start + length };
}

export function toX(span: Span, ms: number, width: number): number {
  return ((ms - span.from) / (span.to - span.from)) * width;
}

export function toMs(span: Span, x: number, width: number): number {
  return span.from + (x / width) * (span.to - span.from);
}

/** Round times with at least `room` pixels between them. */
export function ticks(span: Span, width: number, room: number): { step: number; at: number[] } {
  const step = stepAbove(((span.to - span.from) / Math.max(1, width)) * room);
  const at: number[] = [];
  for (let n = Math.ceil(span.from / step); n * step <= span.to; n++) at.push(n * step);
  return { step, at };
}

function stepAbove(least: number): number {
  if (least > 500) return CLOCK_STEPS.find((step) => step >= least) ?? Math.ceil(least / DAY) * DAY;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const step of STEPS) if (step * power >= least) return step * power;
  return 10 * power;
}

/** "1.5 s", "−0.2 ms", "1 h 20 min": as many digits as are needed to tell neighbouring ticks apart. */
export function tickLabel(ms: number, step: number): string {
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  // The time is a sum of steps: a value far below one step is a rounding error.
  if (size < step / 1000) return '0';
  if (size >= MINUTE) return sign + longLabel(size, step);
  if (size < 1000 && step < 100) return `${sign}${size.toFixed(digits(step))} ms`;
  return `${sign}${(size / 1000).toFixed(digits(step / 1000))} s`;
}

function digits(step: number): number {
  return Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function longLabel(ms: number, step: number): string {
  if (step >= 1000) return formatDuration(Math.round(ms / 1000) * 1000);
  const minutes = Math.floor(ms / MINUTE);
  const seconds = ((ms - minutes * MINUTE) / 1000).toFixed(digits(step / 1000));
  return `${formatDuration(minutes * MINUTE)} ${seconds} s`;
}
