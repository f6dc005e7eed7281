/** What the capture can't show: each note once, with the connections it applies to. */
import { countOf, listOf } from '../format-count.ts';
import type { Report, ReportNote } from '../model.ts';
import { escapeProse } from './escape-markdown.ts';
import { captureName } from './phrases.ts';

const SHOWN_NOTES = 12;
const SHOWN_OF_A_CODE = 3;
const SHOWN_PLACES = 5;

interface NoteGroup {
  readonly note: ReportNote;
  readonly connections: number[];
  readonly files: string[];
  count: number;
}

/** null if there are no notes. */
export function limits(report: Report): string | null {
  const groups = groupNotes(report);
  if (groups.length === 0) return null;
  const ofCode = new Map<string, number>();
  const shown = groups.filter(({ note }) => {
    const before = ofCode.get(note.code) ?? 0;
    ofCode.set(note.code, before + 1);
    return before < SHOWN_OF_A_CODE;
  });
  const lines = shown.slice(0, SHOWN_NOTES).map((group) => {
    return `- **${group.note.code}**${places(group)}: ${escapeProse(group.note.message)}`;
  });
  const hidden = groups.length - lines.length;
  if (hidden > 0) lines.push(`- … and ${countOf(hidden, 'more note')} like these`);
  return ['#### What the capture can’t show', '', ...lines].join('\n');
}

function groupNotes(report: Report): NoteGroup[] {
  const groups = new Map<string, NoteGroup>();
  const add = (note: ReportNote, connection?: number, file?: string): void => {
    const key = JSON.stringify([note.code, note.message]);
    const group = groups.get(key) ?? { note, connections: [], files: [], count: 0 };
    group.count++;
    if (connection !== undefined) group.connections.push(connection);
    if (file !== undefined) group.files.push(file);
    groups.set(key, group);
  };
  const several = report.captures.length > 1;
  for (const capture of report.captures) {
    for (const note of capture.notes) add(note, undefined, several ? captureName(capture) : undefined);
  }
  for (const note of report.notes) add(note);
  for (const { id, notes } of report.connections) for (const note of notes) add(note, id);
  return [...groups.values()];
}

function places({ note, connections, files, count }: NoteGroup): string {
  const parts: string[] = [];
  if (files.length > 0) parts.push(escapeProse(listOf(files, SHOWN_PLACES)));
  const ids = [...new Set(connections)];
  if (ids.length > 0)
    parts.push(`${ids.length === 1 ? 'connection' : 'connections'} ${listOf(ids.map(String), SHOWN_PLACES)}`);
  if (count === 1 && note.packet !== undefined) parts.push(`packet ${note.packet}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
