/**
 * One line on stderr that says how far a long analysis is: only for a person at a terminal, only after half a second,
 * redrawn at most ten times a second from within the work (a timer would never fire in it), gone at the end.
 */
import { formatBytes, formatCount } from '../report/format-count.ts';

/** Where it is drawn, and what the environment says of the terminal. */
export interface ProgressPlace {
  readonly stderr: {
    readonly isTTY: boolean;
    readonly columns: number | undefined;
    write(text: string): unknown;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Progress {
  readonly update: (fraction: number | undefined, packets: number) => void;
  readonly clear: () => void;
}

const SHOW_AFTER_MS = 500;
const REDRAW_MS = 100;
const BAR_CELLS = 20;
const CLEAR_LINE = '\r\u001b[K';

/** @param totalBytes of all files, where known: turns the fraction into a rate */
export function createProgress(
  place: ProgressPlace,
  totalBytes: number | undefined,
  now: () => number = () => performance.now(),
): Progress {
  const start = now();
  const line = createStatusLine(place, now);
  return {
    update(fraction, packets) {
      line.draw((time) => progressLine(fraction, packets, totalBytes, time - start));
    },
    clear: line.clear,
  };
}

export interface StatusLine {
  /** @param text gets the time; not called where it isn't time to draw */
  readonly draw: (text: (time: number) => string) => void;
  readonly clear: () => void;
}

export function createStatusLine(
  place: ProgressPlace,
  now: () => number = () => performance.now(),
): StatusLine {
  const stream = place.stderr;
  const columns = stream.columns ?? 0;
  if (!stream.isTTY || columns === 0 || place.env['TERM'] === 'dumb') {
    return { draw: () => undefined, clear: () => undefined };
  }
  let drawnAt = now() + SHOW_AFTER_MS - REDRAW_MS;
  let visible = false;
  return {
    draw(text) {
      const time = now();
      if (time - drawnAt < REDRAW_MS) return;
      drawnAt = time;
      visible = true;
      // A full line would wrap, and then only its end would be redrawn.
      stream.write(CLEAR_LINE + text(time).slice(0, columns - 1));
    },
    clear() {
      if (visible) stream.write(CLEAR_LINE);
      visible = false;
    },
  };
}

/** "[########............]  42 %  1,234,567 packets  345 MB/s". */
export function progressLine(
  fraction: number | undefined,
  packets: number,
  totalBytes: number | undefined,
  elapsedMs: number,
): string {
  const counted = `${formatCount(packets)} packets`;
  if (fraction === undefined) return counted;
  const done = Math.min(Math.max(fraction, 0), 1);
  const bar = progressBar(done);
  if (totalBytes === undefined || elapsedMs <= 0) return `${bar}  ${counted}`;
  const rate = `${formatBytes(Math.round((done * totalBytes * 1000) / elapsedMs))}/s`;
  return `${bar}  ${counted}  ${rate}`;
}

/** "[########............]  42 %". @param done 0 to 1 */
export function progressBar(done: number): string {
  const cells = Math.floor(done * BAR_CELLS);
  return `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}] ${String(Math.floor(done * 100)).padStart(3)} %`;
}
