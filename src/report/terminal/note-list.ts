/**
 * What the capture can't show, at the end of the report: each note once, with what it applies to. A capture of
 * thousands of connections can have thousands of notes with one code, so only the first messages are printed and the
 * others are counted.
 */
import { wrapText } from '../fit-text.ts';
import { countOf, listOf } from '../format-count.ts';
import type { Report, ReportNote } from '../model.ts';
import type { Theme } from './theme.ts';

const SHOWN_A_CODE = 3;
const SHOWN_PLACES = 5;
const WIDEST_PROSE = 100;

interface NoteGroup {
  code: string;
  message: string;
  connections: number[];
  packets: number[];
  files: string[];
}

export function noteLines(report: Report, theme: Theme, all: boolean, width: number): string[] {
  const groups = groupNotes(report);
  if (groups.length === 0) return [];
  const lines = ['', theme.strong('Notes: what limits this analysis')];
  const shownOfCode = new Map<string, number>();
  const hiddenOfCode = new Map<string, number>();
  for (const group of groups) {
    const shown = shownOfCode.get(group.code) ?? 0;
    if (!all && shown >= SHOWN_A_CODE) {
      hiddenOfCode.set(group.code, (hiddenOfCode.get(group.code) ?? 0) + 1);
      continue;
    }
    shownOfCode.set(group.code, shown + 1);
    lines.push(...bullet(`${group.code}${places(group, theme)}: ${theme.safe(group.message)}`, theme, width));
  }
  for (const [code, count] of hiddenOfCode) {
    lines.push(
      ...bullet(theme.own(`${code}: ${countOf(count, 'more note')} like these (--all)`), theme, width),
    );
  }
  return lines;
}

function groupNotes(report: Report): NoteGroup[] {
  const groups = new Map<string, NoteGroup>();
  const add = ({ code, message, packet }: ReportNote, connection?: number, file?: string): void => {
    const key = JSON.stringify([code, message]);
    let group = groups.get(key);
    if (group === undefined) {
      group = { code, message, connections: [], packets: [], files: [] };
      groups.set(key, group);
    }
    if (connection !== undefined) group.connections.push(connection);
    if (packet !== undefined) group.packets.push(packet);
    if (file !== undefined) group.files.push(file);
  };
  const several = report.captures.length > 1;
  for (const capture of report.captures) {
    for (const note of capture.notes) add(note, undefined, several ? capture.path : undefined);
  }
  for (const note of report.notes) add(note);
  for (const { id, notes } of report.connections) for (const note of notes) add(note, id);
  return [...groups.values()];
}

/** " (connection 3, packet 12)", " (connections 1, 2, 3 and 37 more)"; the packet only if there is just one. */
function places({ connections, packets, files }: NoteGroup, theme: Theme): string {
  const parts: string[] = [];
  if (files.length > 0) parts.push(listOf(files.map(theme.safe), SHOWN_PLACES));
  const ids = [...new Set(connections)];
  if (ids.length > 0) {
    parts.push(`${ids.length === 1 ? 'connection' : 'connections'} ${listOf(ids.map(String), SHOWN_PLACES)}`);
  }
  if (packets.length === 1) parts.push(`packet ${packets[0]!}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function bullet(text: string, theme: Theme, width: number): string[] {
  const wrapped = wrapText(text, Math.min(width, WIDEST_PROSE) - 2);
  return wrapped.map((line, i) => `${i === 0 ? theme.symbol('neutral') : ' '} ${line}`);
}
