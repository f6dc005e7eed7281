/**
 * Draws a ladder on the terminal: two lifelines with one arrow per step, packet numbers and times aligned before
 * them. On a screen too narrow for lifelines, draws a list.
 */
import { endpointText } from '../connection-text.ts';
import { displayWidth } from '../display-width.ts';
import { cutMiddle } from '../fit-text.ts';
import { gapText } from '../ladder.ts';
import type { Ladder, LadderEvent, LadderStep } from '../ladder.ts';
import type { ConnectionReport, Severity } from '../model.ts';
import type { Theme } from './theme.ts';

/** Space between the lifelines: wider is no easier to read. */
const WIDEST_LANE = 60;
const NARROWEST_LANE = 26;
/** The parts of an arrow beside its text: "── ", " ──►" and a minimum length. */
const ARROW = 10;
/** In a list, on any screen. */
const NARROWEST_TEXT = 8;
/** From this time on, seconds are used as the unit. */
const SECONDS_FROM_MS = 1000;

export interface LadderTextOptions {
  readonly connection: ConnectionReport;
  /** Severity of the finding: its colour marks the evidence. */
  readonly severity: Severity;
  /** Cells that a line may take. */
  readonly width: number;
}

type Paint = (text: string) => string;

interface Row {
  readonly step: LadderStep;
  readonly isMarked: boolean;
  readonly packet: string;
  readonly time: string;
  /** Safe to print. */
  readonly text: string;
}

export function ladderLines(ladder: Ladder, theme: Theme, options: LadderTextOptions): string[] {
  const { unit, rows } = rowsOf(ladder, theme);
  const timeTitle = `${unit} from ${ladder.zero}`;
  const packetWidth = Math.max('packet'.length, ...rows.map(({ packet }) => packet.length));
  const timeWidth = Math.max(timeTitle.length, ...rows.map(({ time }) => time.length));
  const columns = (packet: string, time: string): string =>
    `${packet.padStart(packetWidth)}  ${time.padStart(timeWidth)}`;
  // Room for the mark, two spaces and the lifelines after the columns.
  const room = options.width - displayWidth(columns('', '')) - 2 - 4;
  const isList = room < NARROWEST_LANE;
  const header = headers(options.connection, theme);
  const wanted = rows.map(({ step, text }) => displayWidth(text) + (step.kind === 'event' ? ARROW : 4));
  const lane = Math.min(room, WIDEST_LANE, Math.max(NARROWEST_LANE, header.least, ...wanted));
  return [
    theme.faint(`  ${columns('packet', timeTitle)}  ${isList ? '' : header.fit(lane)}`.trimEnd()),
    ...rows.map((row) => {
      const paint = paintOf(row, theme, options.severity);
      const mark = row.isMarked ? paint(theme.own('▸')) : ' ';
      const what = isList
        ? paint(listed(row, theme, room + 2))
        : `${theme.faint(theme.own('│'))}${drawn(row, theme, lane, paint)}${theme.faint(theme.own('│'))}`;
      return `${mark} ${paint(columns(row.packet, row.time))}  ${what}`;
    }),
  ];
}

/** Evidence has the colour of its finding; gaps, which only count events, are faint. */
function paintOf({ step, isMarked }: Row, theme: Theme, severity: Severity): Paint {
  if (isMarked) return (text) => theme.colored(severity, text);
  return step.kind === 'gap' ? theme.faint : (text) => text;
}

/** All times in one unit with the same number of decimals, so that the decimal points align. */
function rowsOf({ steps }: Ladder, theme: Theme): { unit: string; rows: Row[] } {
  const inSeconds = steps.some((step) => step.kind === 'event' && Math.abs(step.sinceMs) >= SECONDS_FROM_MS);
  const time = (ms: number): string =>
    withoutNegativeZero(inSeconds ? (ms / 1000).toFixed(6) : ms.toFixed(3));
  const rows = steps.map((step): Row =>
    step.kind === 'event'
      ? {
          step,
          isMarked: step.isEvidence,
          packet: String(step.packet),
          time: time(step.sinceMs),
          text: theme.safe(step.text),
        }
      : {
          step,
          isMarked: step.evidence.length > 0,
          packet: theme.ellipsis,
          time: '',
          text: theme.own(gapText(step)),
        },
  );
  return { unit: inSeconds ? 's' : 'ms', rows };
}

function withoutNegativeZero(fixed: string): string {
  return /^-[0.]+$/.test(fixed) ? fixed.slice(1) : fixed;
}

/** Labels of the lifelines, with addresses if they fit. */
function headers(
  { client, server }: ConnectionReport,
  theme: Theme,
): { least: number; fit: (lane: number) => string } {
  const left = `client ${endpointText(client, theme.safe)}`;
  const right = `${endpointText(server, theme.safe)} server`;
  const least = displayWidth(left) + displayWidth(right);
  const join = (a: string, b: string, cells: number): string =>
    a + ' '.repeat(Math.max(1, cells - displayWidth(a) - displayWidth(b))) + b;
  return {
    least,
    fit: (lane) => (least < lane + 2 ? join(left, right, lane + 2) : join('client', 'server', lane + 2)),
  };
}

/** "── GET /chat ───────►", "◄──────────── FIN ──", "  60 s later         ". */
function drawn({ step, isMarked, text }: Row, theme: Theme, lane: number, paint: Paint): string {
  if (step.kind === 'gap') {
    const shown = cutMiddle(text, lane - 4, theme.ellipsis);
    return `  ${paint(shown)}${' '.repeat(lane - 2 - displayWidth(shown))}`;
  }
  const label = ` ${cutMiddle(text, lane - ARROW + 3, theme.ellipsis)} `;
  const dash = theme.own(lineOf(step));
  const short = dash.repeat(2);
  const long = dash.repeat(lane - displayWidth(label) - 3);
  if (isMarked) {
    return paint(
      step.from === 'client' ? short + label + long + theme.own('►') : theme.own('◄') + long + label + short,
    );
  }
  return step.from === 'client'
    ? `${theme.faint(short)}${label}${theme.faint(long)}${theme.own('►')}`
    : `${theme.own('◄')}${theme.faint(long)}${label}${theme.faint(short)}`;
}

/** An arrow for bytes that were sent but not captured is dashed. */
function lineOf({ event }: LadderEvent): string {
  return event === 'gap' ? '·' : '─';
}

function listed({ step, text }: Row, theme: Theme, width: number): string {
  const arrow = step.kind === 'gap' ? '' : theme.own(step.from === 'client' ? '→ ' : '← ');
  return arrow + cutMiddle(text, Math.max(width, NARROWEST_TEXT) - displayWidth(arrow), theme.ellipsis);
}
