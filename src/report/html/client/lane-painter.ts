/** Paints one lane. Every meaning has its own shape, so that nothing depends on colour alone. */
import type { LaneShapes } from '../lane-shapes.ts';
import type { FrameKind } from '../page-data.ts';
import { SYMBOL_PATHS } from '../symbol-paths.ts';
import type { Palette } from './palette.ts';

/** Where a lane is on the canvas. */
export interface LanePlace {
  /** Milliseconds of the connection to pixels. */
  readonly x: (ms: number) => number;
  readonly width: number;
  /** The middle of the lane. */
  readonly y: number;
  /** Half of its height. */
  readonly half: number;
}

const SYMBOLS = {
  error: new Path2D(SYMBOL_PATHS.error),
  warning: new Path2D(SYMBOL_PATHS.warning),
  info: new Path2D(SYMBOL_PATHS.info),
};
const SYMBOL_SIZE = 13;
/** A silence with fewer pixels than this gets no text. */
const LEAST_FOR_TEXT = 80;

export function paintLane(
  context: CanvasRenderingContext2D,
  shapes: LaneShapes,
  place: LanePlace,
  palette: Palette,
  silenceText: (ms: number) => string,
): void {
  paintHandshake(context, shapes, place, palette);
  paintLife(context, shapes, place, palette, silenceText);
  paintCells(context, shapes, place, palette);
  paintFrames(context, shapes, place, palette);
  paintEnd(context, shapes, place, palette);
  paintFindings(context, shapes, place, palette);
}

/** An arrow at the edge of the lanes, towards a connection beyond it. */
export function paintElsewhere(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  side: -1 | 1,
  { faint }: Palette,
): void {
  context.fillStyle = faint;
  context.beginPath();
  context.moveTo(x - side * 3, y);
  context.lineTo(x - side * 9, y - 4);
  context.lineTo(x - side * 9, y + 4);
  context.fill();
}

/** An open box up to the answer: hatched if the upgrade was refused, without an end if there was no answer. */
function paintHandshake(
  context: CanvasRenderingContext2D,
  { handshake, answer }: LaneShapes,
  { x, y, half, width }: LanePlace,
  { handshake: color, marks, paper }: Palette,
): void {
  if (handshake === null) return;
  const left = Math.max(-4, x(handshake.from));
  const right = Math.min(width + 4, Math.max(x(handshake.to), x(handshake.from) + 2));
  if (right < 0 || left > width) return;
  const height = Math.round(half * 0.7);
  context.fillStyle = paper;
  context.fillRect(left, y - height, right - left, 2 * height);
  context.strokeStyle = answer === 'accepted' ? color : marks.warning;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(right, y - height + 0.5);
  context.lineTo(left + 0.5, y - height + 0.5);
  context.lineTo(left + 0.5, y + height - 0.5);
  context.lineTo(right, y + height - 0.5);
  if (answer !== 'none') context.closePath();
  if (answer === 'refused') {
    for (let at = left + 4; at < right; at += 5) {
      context.moveTo(at, y + height - 1);
      context.lineTo(Math.min(right, at + 4), y - height + 1);
    }
  }
  context.stroke();
}

/** A line while the connection is open, dotted during silence. */
function paintLife(
  context: CanvasRenderingContext2D,
  { life, silences }: LaneShapes,
  { x, y, width }: LanePlace,
  { life: color, faint, paper }: Palette,
  silenceText: (ms: number) => string,
): void {
  if (life === null) return;
  const left = Math.max(0, x(life.from));
  const right = Math.min(width, Math.max(x(life.to), x(life.from) + 1));
  if (right < 0 || left > width) return;
  context.fillStyle = color;
  context.fillRect(left, y - 1, right - left, 2);
  for (const silence of silences) {
    const from = Math.max(0, x(silence.from));
    const to = Math.min(width, x(silence.to));
    if (to - from < 6) continue;
    context.fillStyle = paper;
    context.fillRect(from + 1, y - 1, to - from - 2, 2);
    context.fillStyle = color;
    for (let at = from + 3; at < to - 2; at += 6) context.fillRect(at, y - 1, 2, 2);
    if (to - from < LEAST_FOR_TEXT) continue;
    context.fillStyle = faint;
    context.font = '11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'alphabetic';
    context.fillText(silenceText(silence.to - silence.from), (from + to) / 2, y - 4);
  }
}

/**
 * For many frames: bars above the line for the client's, below it for the server's; higher bars mean more
 * (logarithmic).
 */
function paintCells(
  context: CanvasRenderingContext2D,
  { cells }: LaneShapes,
  { x, y, half, width }: LanePlace,
  { frames }: Palette,
): void {
  for (const { begin, end, from, kind, level } of cells) {
    const left = x(begin);
    const right = Math.max(x(end), left + 1);
    if (right < 0 || left > width) continue;
    const height = Math.max(2, (half - 2) * Math.min(1, level / 8));
    context.fillStyle = frames[kind];
    context.globalAlpha = 0.75;
    if (from === 'client') context.fillRect(left, y - 1 - height, Math.max(1, right - left - 0.5), height);
    else context.fillRect(left, y + 1, Math.max(1, right - left - 0.5), height);
    context.globalAlpha = 1;
  }
}

/** Text: a stroke. Binary: a stroke with a foot. Ping and pong: a dot. Close: a long stroke with a bar. */
function paintFrames(
  context: CanvasRenderingContext2D,
  { frames }: LaneShapes,
  { x, y, half, width }: LanePlace,
  { frames: colors }: Palette,
): void {
  const painted = new Set<string>();
  for (const { at, from, kind } of frames) {
    const left = Math.round(x(at));
    if (left < -4 || left > width + 4) continue;
    // Of frames on the same pixel, one is enough.
    const key = `${left} ${from} ${kind}`;
    if (painted.has(key)) continue;
    painted.add(key);
    context.fillStyle = colors[kind];
    paintFrame(context, kind, left, y, from === 'client' ? -1 : 1, half);
  }
}

function paintFrame(
  context: CanvasRenderingContext2D,
  kind: FrameKind,
  x: number,
  y: number,
  side: -1 | 1,
  half: number,
): void {
  const bar = (left: number, width: number, from: number, to: number): void => {
    context.fillRect(left, side < 0 ? y - to : y + from, width, to - from);
  };
  switch (kind) {
    case 'text':
      bar(x - 1, 2, 1, half * 0.72);
      break;
    case 'binary':
      bar(x - 1, 2, 1, half * 0.72);
      bar(x - 2, 4, half * 0.72 - 2, half * 0.72);
      break;
    case 'control':
      context.beginPath();
      context.arc(x, y + side * half * 0.45, 2, 0, 2 * Math.PI);
      context.fill();
      break;
    case 'close':
      bar(x - 1, 2, 0, half - 2);
      bar(x - 3, 6, half - 4, half - 2);
      break;
  }
}

/** FIN: a stop. RST: a cross. Still open: an arrow. */
function paintEnd(
  context: CanvasRenderingContext2D,
  { end, life }: LaneShapes,
  { x, y, half, width }: LanePlace,
  { ink }: Palette,
): void {
  const at = Math.round(x(end.at));
  if (at < -6 || at > width + 6 || (end.how === 'unknown' && life === null)) return;
  const size = Math.round(half * 0.55);
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineWidth = 2;
  context.beginPath();
  switch (end.how) {
    case 'fin':
      context.fillRect(at, y - size, 2, 2 * size);
      break;
    case 'rst':
      context.moveTo(at - 4, y - 4);
      context.lineTo(at + 4, y + 4);
      context.moveTo(at + 4, y - 4);
      context.lineTo(at - 4, y + 4);
      break;
    case 'open':
      context.moveTo(at - 3, y - 4);
      context.lineTo(at + 2, y);
      context.lineTo(at - 3, y + 4);
      break;
    case 'unknown':
      break;
  }
  context.stroke();
}

/** The symbols of findings, side by side if they would overlap. */
function paintFindings(
  context: CanvasRenderingContext2D,
  { findings, end }: LaneShapes,
  { x, y, width }: LanePlace,
  { marks, paper }: Palette,
): void {
  const seen = findings.filter(({ at }) => x(at) >= -SYMBOL_SIZE && x(at) <= width + SYMBOL_SIZE);
  const centers = apart(
    seen.map(({ at }) => besideEnd(x(at), x(end.at))),
    width - SYMBOL_SIZE / 2,
  );
  seen.forEach(({ severity }, i) => {
    context.save();
    context.translate(centers[i]! - SYMBOL_SIZE / 2, y - SYMBOL_SIZE / 2);
    context.scale(SYMBOL_SIZE / 16, SYMBOL_SIZE / 16);
    context.lineWidth = 4;
    context.strokeStyle = paper;
    context.lineJoin = 'round';
    context.stroke(SYMBOLS[severity]);
    context.fillStyle = marks[severity];
    context.fill(SYMBOLS[severity], 'evenodd');
    context.restore();
  });
}

/** Next to the end of the connection, not on top of it. */
function besideEnd(x: number, end: number): number {
  return Math.abs(x - end) < SYMBOL_SIZE ? end + 5 + SYMBOL_SIZE / 2 : x;
}

/** Moves the ascending centres of symbols to the right until none overlap, then back to the left of `limit`. */
function apart(middles: readonly number[], limit: number): number[] {
  const room = SYMBOL_SIZE + 2;
  const moved: number[] = [];
  for (const middle of middles) moved.push(Math.max(middle, (moved.at(-1) ?? -Infinity) + room));
  for (let i = moved.length - 1, most = limit; i >= 0; i--, most = moved[i + 1]! - room) {
    moved[i] = Math.min(moved[i]!, most);
  }
  return moved;
}
