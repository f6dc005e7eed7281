/**
 * A Markdown table, aligned the way prettier aligns it. The first columns are text, the others numbers.
 * @param {string[]} header
 * @param {string[][]} rows
 * @param {number} textColumns how many columns are text
 * @returns {string}
 */
export function markdownTable(header, rows, textColumns = 1) {
  const widths = header.map((_, i) => Math.max(3, ...[header, ...rows].map((row) => row[i].length)));
  const rule = widths.map((width, i) => (i < textColumns ? '-'.repeat(width) : '-'.repeat(width - 1) + ':'));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const padded = (row) =>
    row.map((cell, i) => (i < textColumns ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  return [line(padded(header)), line(rule), ...rows.map((row) => line(padded(row)))].join('\n');
}
