/** Reduces a connection's frames to what the page may hold of them. */
import type { ActivityReport, DensityReport, FrameCounts, FrameReport, Role } from '../model.ts';
import { toDigits } from './density-levels.ts';
import type { FrameAllowance } from './frame-allowance.ts';
import type { FrameKind, PageConnection, PageDensity, PageFrame } from './page-data.ts';

type PageActivity = Pick<PageConnection, 'frames' | 'omitted' | 'omittedAfter' | 'density'>;

const NOTHING: PageActivity = { frames: [], omitted: 0, omittedAfter: 0, density: null };
const HEAD_SHARE = 1 / 4;
const KINDS: Readonly<Record<keyof FrameCounts, FrameKind>> = {
  text: 'text',
  binary: 'binary',
  continuation: 'binary',
  close: 'close',
  ping: 'control',
  pong: 'control',
  reserved: 'control',
};

export function thinActivity(
  activity: ActivityReport | undefined,
  allowance: FrameAllowance,
  isProblem: boolean,
): PageActivity {
  if (activity === undefined) {
    allowance.take(0, false);
    return NOTHING;
  }
  const { frames, omitted, omittedAfter } = activity;
  const allowed = allowance.take(frames.length, isProblem);
  if (allowed === frames.length) {
    return {
      frames: frames.map((frame) => pageFrame(frame, allowance)),
      omitted,
      omittedAfter,
      density: activity.density === null ? null : pageDensity(activity.density, allowance.slices),
    };
  }
  const head = Math.min(omittedAfter === 0 ? frames.length : omittedAfter, Math.floor(allowed * HEAD_SHARE));
  const kept = [...frames.slice(0, head), ...frames.slice(frames.length - (allowed - head))];
  return {
    frames: kept.map((frame) => pageFrame(frame, allowance)),
    omitted: omitted + frames.length - kept.length,
    omittedAfter: head,
    density: pageDensity(activity.density ?? densityOf(frames, allowance.slices), allowance.slices),
  };
}

function pageFrame(
  { packet, offsetMs, from, opcode, length, final, payload }: FrameReport,
  allowance: FrameAllowance,
): PageFrame {
  return {
    packet,
    offsetMs,
    from,
    opcode,
    length,
    ...(final ? {} : { more: true }),
    ...(payload !== undefined && allowance.takePayload(payload.value.length) ? { payload } : {}),
  };
}

/** Counts frames that are all present. */
function densityOf(frames: readonly FrameReport[], slices: number): DensityReport {
  const startMs = frames[0]?.offsetMs ?? 0;
  const lastMs = Math.max(startMs, ...frames.map(({ offsetMs }) => offsetMs));
  // Slightly larger slices, so that the last frame falls into the last slice, not after it.
  const sliceMs = ((lastMs - startMs) / slices) * 1.0001 || 1;
  const counts = frames.map(({ offsetMs, from, opcode }) => ({
    slice: Math.max(0, Math.floor((offsetMs - startMs) / sliceMs)),
    from,
    opcode,
    frames: 1,
  }));
  return { startMs, sliceMs, counts };
}

function pageDensity({ startMs, sliceMs, counts }: DensityReport, slices: number): PageDensity {
  const last = Math.max(0, ...counts.map(({ slice }) => slice));
  const merged = Math.ceil((last + 1) / slices);
  const rows = new Map<string, { from: Role; kind: FrameKind; counts: number[] }>();
  for (const { slice, from, opcode, frames } of counts) {
    const kind = KINDS[opcode];
    const key = `${from} ${kind}`;
    let row = rows.get(key);
    if (row === undefined) {
      row = { from, kind, counts: Array.from({ length: slices }, () => 0) };
      rows.set(key, row);
    }
    row.counts[Math.floor(slice / merged)]! += frames;
  }
  const levels = [...rows.values()].map(({ from, kind, counts: row }) => ({
    from,
    kind,
    digits: toDigits(row),
  }));
  // Rounded to a microsecond, for fewer digits in the file.
  const rounded = Math.ceil(sliceMs * merged * 1000) / 1000;
  return { startMs, sliceMs: rounded, levels };
}
