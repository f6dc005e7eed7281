/**
 * Text for a Markdown comment on GitHub or GitLab. Wire text in it must stay text: no markup, no HTML, no link, no formula,
 * and no mention or reference, of which the hosts make links (and send mail) after Markdown is done. A backslash
 * doesn't stop those; an empty HTML comment between the sign and the name does, and shows nothing.
 */
import { escapeText } from '../escape.ts';

const BREAK = '<!-- -->';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };

/** A sentence, also in a cell of a table, or at the beginning of a line. */
export function escapeProse(text: string): string {
  return (
    escapeText(text)
      // One pass: what is put in must not be escaped again. A command in our own advice (`-s 0`) stays code: of letters,
      // digits and dashes alone, it does no harm on the wire either.
      .replace(
        /(?<!`)`[a-z\d-][a-z\d ._:=-]*`(?!`)|[@#!%~&$](?=\w)|:(?=\/\/)|:(?=[\w+-]*[a-z_][\w+-]*:)|\bwww(?=\.)|[&<>|]|[\\`*_[\]~$]/gi,
        (found) => {
          if (found.startsWith('`') && found.length > 1) return found;
          if (found.length > 1) return found + BREAK;
          const safe = ENTITIES[found] ?? (/[\\`*_[\]~$]/.test(found) ? `\\${found}` : found);
          return safe === found || /[~$&]/.test(found) ? safe + BREAK : safe;
        },
      )
      // What would begin a list, a heading or a line under one.
      .replace(/^(\s*)([-+=#])|^(\s*\d+)([.)])(?=\s|$)/, '$1$3\\$2$4')
  );
}

/**
 * A code span, in which nothing is markup. In a table a pipe would end the cell even there, so it is written as an escape.
 * Empty text has no code span.
 */
export function codeSpan(text: string): string {
  const safe = escapeText(text).replaceAll('|', '\\x7c');
  if (safe.trim() === '') return safe === '' ? '' : '(blank)';
  const fence = '`'.repeat(longestRun(safe) + 1);
  const padding = /^[`\s]|[`\s]$/.test(safe) ? ' ' : '';
  return fence + padding + safe + padding + fence;
}

/** A fenced block; each line is made safe by itself. */
export function codeBlock(language: string, lines: readonly string[]): string {
  const safe = lines.map(escapeText);
  const fence = '`'.repeat(Math.max(3, longestRun(safe.join('\n')) + 1));
  return [`${fence}${language}`, ...safe, fence].join('\n');
}

/** Of backticks. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Lines of a table: an empty head where its cells are. Cells are escaped already. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
