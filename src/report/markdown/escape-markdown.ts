/**
 * Escapes text for a Markdown comment on GitHub or GitLab. Wire text must stay text: no markup, no HTML, no link, no
 * formula, and no mention or reference. The hosts turn those into links (and send mail) after Markdown is done, and a
 * backslash doesn't stop them; an invisible empty HTML comment between the sign and the name does.
 */
import { escapeText } from '../escape.ts';

const BREAK = '<!-- -->';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };

/** For a sentence, also in a table cell, or at the beginning of a line. */
export function escapeProse(text: string): string {
  return (
    escapeText(text)
      // One pass, so that inserted escapes are not escaped again. A command in our own advice (`-s 0`) stays code:
      // with only letters, digits and dashes it is harmless even if it comes from the wire.
      .replace(
        /(?<!`)`[a-z\d-][a-z\d ._:=-]*`(?!`)|[@#!%~&$](?=\w)|:(?=\/\/)|:(?=[\w+-]*[a-z_][\w+-]*:)|\bwww(?=\.)|[&<>|]|[\\`*_[\]~$]/gi,
        (found) => {
          if (found.startsWith('`') && found.length > 1) return found;
          if (found.length > 1) return found + BREAK;
          const safe = ENTITIES[found] ?? (/[\\`*_[\]~$]/.test(found) ? `\\${found}` : found);
          return safe === found || /[~$&]/.test(found) ? safe + BREAK : safe;
        },
      )
      // Characters that would begin a list or a heading, or turn the line above into one.
      .replace(/^(\s*)([-+=#])|^(\s*\d+)([.)])(?=\s|$)/, '$1$3\\$2$4')
  );
}

/**
 * A code span, in which nothing is markup. In a table, a pipe would still end the cell, so it is written as an
 * escape. Empty text has no code span.
 */
export function codeSpan(text: string): string {
  const safe = escapeText(text).replaceAll('|', '\\x7c');
  if (safe.trim() === '') return safe === '' ? '' : '(blank)';
  const fence = '`'.repeat(longestRun(safe) + 1);
  const padding = /^[`\s]|[`\s]$/.test(safe) ? ' ' : '';
  return fence + padding + safe + padding + fence;
}

/** A fenced block; each line is escaped by itself. */
export function codeBlock(language: string, lines: readonly string[]): string {
  const safe = lines.map(escapeText);
  const fence = '`'.repeat(Math.max(3, longestRun(safe.join('\n')) + 1));
  return [`${fence}${language}`, ...safe, fence].join('\n');
}

/** The longest run of backticks. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Lines of a table; an empty head gives an empty head row. Cells must be escaped already. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
