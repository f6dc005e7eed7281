/** What a lane shows of a connection, as shapes in time. The page decides how to paint them. */
import type { Role, Severity } from '../model.ts';
import { fromDigits } from './density-levels.ts';
import type { FrameKind, PageConnection, PageFrame } from './page-data.ts';
import type { Span } from './time-scale.ts';

export interface LaneShapes {
  /** From the first packet to the answer to the upgrade request; without an answer, to the end. */
  readonly handshake: Span | null;
  readonly answer: 'accepted' | 'refused' | 'none';
  /** From the 101 to the first FIN or RST, or to the last packet. */
  readonly life: Span | null;
  /** Long parts of the life without a frame. */
  readonly silences: readonly Span[];
  readonly frames: readonly { readonly at: number; readonly from: Role; readonly kind: FrameKind }[];
  /**
   * `level` is logarithmic: 1 for one frame, 2 for two, 3 for four, …; higher levels come first, so that lower ones
   * are painted over them.
   */
  readonly cells: readonly {
    readonly begin: number;
    readonly end: number;
    readonly from: Role;
    readonly kind: FrameKind;
    readonly level: number;
  }[];
  readonly end: {
    readonly at: number;
    readonly how: 'fin' | 'rst' | 'open' | 'unknown';
    readonly by: Role | null;
  };
  readonly findings: readonly { readonly at: number; readonly severity: Severity }[];
}

const SHORTEST_SILENCE_MS = 1000;
const SHARE_OF_LIFE = 0.15;

/** Times in milliseconds since the connection's first packet. */
export function laneShapes(connection: PageConnection): LaneShapes {
  const { durationMs, openedMs, events, upgrade, findings, startMs, opening } = connection;
  const end = endOf(connection);
  const answerMs = openedMs ?? events.findLast(({ event }) => event === 'response')?.offsetMs ?? null;
  const life = openedMs === null ? null : { from: openedMs, to: Math.max(openedMs, end.at) };
  const cells = cellsOf(connection);
  const frames = connection.density === null ? framesOf(connection.frames) : [];
  return {
    handshake: opening === 'inferred' ? null : { from: 0, to: answerMs ?? durationMs },
    answer: openedMs !== null ? 'accepted' : (upgrade?.status ?? null) !== null ? 'refused' : 'none',
    life,
    silences: life === null ? [] : silencesOf(life, frames, cells),
    frames,
    cells,
    end,
    findings: findings
      .map(({ atMs, severity }) => ({ at: Math.min(durationMs, Math.max(0, atMs - startMs)), severity }))
      .sort((a, b) => a.at - b.at),
  };
}

function framesOf(frames: readonly PageFrame[]): LaneShapes['frames'] {
  const message: Record<Role, FrameKind> = { client: 'binary', server: 'binary' };
  return frames.map(({ offsetMs, from, opcode }) => {
    if (opcode === 'text' || opcode === 'binary') message[from] = opcode;
    // A continuation frame has the kind of the message that it continues.
    return { at: offsetMs, from, kind: opcode === 'continuation' ? message[from] : kindOf(opcode) };
  });
}

function kindOf(opcode: PageFrame['opcode']): FrameKind {
  return opcode === 'text' || opcode === 'binary' || opcode === 'close' ? opcode : 'control';
}

function endOf({ close, events, durationMs, verdict }: PageConnection): LaneShapes['end'] {
  const how = close?.how ?? null;
  if (close === null || how === null) {
    return { at: durationMs, how: verdict === 'open' ? 'open' : 'unknown', by: null };
  }
  const named = events.find(({ event, packet }) => event === how && packet === close.packet);
  return { at: named?.offsetMs ?? durationMs, how, by: close.firstBy };
}

function cellsOf({ density }: PageConnection): LaneShapes['cells'] {
  if (density === null) return [];
  const { startMs, sliceMs, levels } = density;
  return levels
    .flatMap(({ from, kind, digits }) =>
      fromDigits(digits).flatMap((level, slice) => {
        const begin = startMs + slice * sliceMs;
        return level === 0 ? [] : [{ begin, end: begin + sliceMs, from, kind, level }];
      }),
    )
    .sort((a, b) => b.level - a.level);
}

function silencesOf(life: Span, frames: LaneShapes['frames'], cells: LaneShapes['cells']): Span[] {
  const busy: Span[] = [
    ...frames.map(({ at }) => ({ from: at, to: at })),
    ...cells.map(({ begin, end }) => ({ from: begin, to: end })),
  ];
  const least = Math.max(SHORTEST_SILENCE_MS, (life.to - life.from) * SHARE_OF_LIFE);
  const silences: Span[] = [];
  let quietFrom = life.from;
  for (const { from, to } of busy.sort((a, b) => a.from - b.from)) {
    if (from - quietFrom >= least) silences.push({ from: quietFrom, to: Math.min(from, life.to) });
    quietFrom = Math.max(quietFrom, to);
  }
  if (life.to - quietFrom >= least) silences.push({ from: quietFrom, to: life.to });
  return silences;
}
