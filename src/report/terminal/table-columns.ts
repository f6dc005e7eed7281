/**
 * The columns of the connection table, and which of them are side by side at which width: the widest layout whose
 * minimum width fits is used. Narrow layouts stack several facts in one column; no layout drops a fact.
 */
import { verdictThatSaysAsMuch } from '../../rules/relations.ts';
import type { RankedConnection } from '../connection-rank.ts';
import {
  NO_BREAK_SPACE,
  closedText,
  endpointText,
  frameTexts,
  targetText,
  upgradeText,
} from '../connection-text.ts';
import { formatDuration } from '../../basics/format-duration.ts';
import type { ConnectionReport } from '../model.ts';
import type { Mark, Theme } from './theme.ts';

export interface CellLine {
  text: string;
  /** What to do with text wider than the column. If missing, the column is as wide as the text. */
  fit?: 'cut' | 'cut-target' | 'wrap';
  /** Prefixes the symbol and colours the line. */
  mark?: Mark;
}

export interface Column {
  title: string;
  /** Minimum width of lines that can be fitted. */
  minimum: number;
  alignRight?: boolean;
  lines(ranked: RankedConnection, theme: Theme): CellLine[];
}

const number: Column = {
  title: '#',
  minimum: 1,
  alignRight: true,
  lines: ({ connection }) => [{ text: String(connection.id) }],
};
const client: Column = {
  title: 'client',
  minimum: 21,
  lines: ({ connection }, theme) => [{ text: endpointText(connection.client, theme.safe), fit: 'cut' }],
};
const server: Column = {
  title: 'server',
  minimum: 21,
  lines: ({ connection }, theme) => [{ text: endpointText(connection.server, theme.safe), fit: 'cut' }],
};
const target: Column = {
  title: 'target',
  minimum: 20,
  lines: ({ connection }, theme) => [{ text: targetText(connection, theme.safe), fit: 'cut-target' }],
};
const ends: Column = {
  title: 'client → server',
  minimum: 20,
  lines: ({ connection }, theme) => [
    { text: endpointText(connection.client, theme.safe), fit: 'cut' },
    { text: `→ ${endpointText(connection.server, theme.safe)}`, fit: 'cut' },
  ],
};
const verdict: Column = {
  title: 'verdict',
  minimum: 0,
  lines: (ranked) => {
    const also = rulesBeside(ranked);
    const line: CellLine = { text: ranked.connection.verdict, mark: ranked.mark };
    return also === '' ? [line] : [line, { text: also }];
  },
};
/** In wide layouts: rows of one line. */
const verdictInOneLine: Column = {
  ...verdict,
  lines: (ranked) => {
    const also = rulesBeside(ranked);
    const { verdict: word } = ranked.connection;
    return [{ text: also === '' ? word : `${word}, ${also}`, mark: ranked.mark }];
  },
};
const upgrade: Column = {
  title: 'upgrade',
  minimum: 8,
  lines: ({ connection }) => [{ text: upgradeText(connection), fit: 'wrap' }],
};
const frames: Column = {
  title: 'frames',
  minimum: 0,
  lines: ({ connection }) => frameTexts(connection).map((text) => ({ text })),
};
const framesInOneLine: Column = {
  ...frames,
  lines: ({ connection }) => [{ text: frameTexts(connection).join(' ') }],
};
const lasted: Column = {
  title: 'lasted',
  minimum: 0,
  lines: ({ connection }) => [{ text: lifetime(connection) }],
};
/** Below the frames: "↑ 4", "↓ 13", "in 3.21 s". */
const duration: Column = {
  ...lasted,
  lines: ({ connection }) => [{ text: `in ${lifetime(connection)}` }],
};
const closed: Column = {
  title: 'closed by',
  minimum: 22,
  lines: ({ connection }, theme) => [{ text: closedText(connection, theme.safe), fit: 'wrap' }],
};

/** Several columns in one, one above the other. */
function stacked(title: string, ...columns: [Column, ...Column[]]): Column {
  return {
    title,
    minimum: Math.max(...columns.map(({ minimum }) => minimum)),
    lines: (ranked, theme) => columns.flatMap((column) => column.lines(ranked, theme)),
  };
}

const connection = stacked('client → server', ends, target);

/** "101 in 2.3 ms, ↑ 4, ↓ 13, 3.21 s". */
const summary: Column = {
  title: '',
  minimum: 22,
  lines: (ranked) => [{ text: summaryText(ranked), fit: 'wrap' }],
};

/** Widest first. */
export const LAYOUTS: readonly (readonly Column[])[] = [
  [number, client, server, target, verdictInOneLine, upgrade, framesInOneLine, lasted, closed],
  [number, ends, target, verdict, upgrade, frames, lasted, closed],
  [
    number,
    connection,
    stacked('verdict, closed by', verdict, closed),
    upgrade,
    stacked('frames', frames, duration),
  ],
  [number, connection, stacked('verdict, closed by', verdict, closed, summary)],
];

/** For a screen too narrow for any table: one block per connection. */
export function stackedLines(ranked: RankedConnection, theme: Theme): CellLine[] {
  return [verdict, closed, ends, target, summary].flatMap((column) => column.lines(ranked, theme));
}

function summaryText({ connection }: RankedConnection): string {
  return [
    upgradeText(connection),
    ...frameTexts(connection).map((text) => text.replace(' ', NO_BREAK_SPACE)),
    lifetime(connection).replace(' ', NO_BREAK_SPACE),
  ].join(', ');
}

/** "slow-upgrade", "slow-upgrade +2": the worst rule that the verdict doesn't imply, and how many more. */
function rulesBeside({ connection, anomalies }: RankedConnection): string {
  const others = anomalies.filter(
    ({ rule, severity }) => severity !== 'info' && verdictThatSaysAsMuch(rule) !== connection.verdict,
  );
  const first = others[0];
  if (first === undefined) return '';
  return others.length === 1 ? first.rule : `${first.rule} +${others.length - 1}`;
}

/** How long the connection lasted; unknown if the capture's clock was set back meanwhile. */
function lifetime({ durationMs }: ConnectionReport): string {
  return durationMs < 0 ? 'unknown time' : formatDuration(durationMs);
}
