/** Counts, byte sizes and plurals for people. Not toLocaleString: output is the same in every locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 packet", "1,234 packets". */
export function countOf(count: number, singular: string, plural?: string): string {
  return `${formatCount(count)} ${count === 1 ? singular : (plural ?? `${singular}s`)}`;
}

/** Decimal units, as file managers and capinfos give them: "734 B", "12.3 kB", "1.5 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]!}`;
}

/** "a", "a and b", "a, b and c"; beyond `shown` items "a, b and 7 more". */
export function listOf(items: readonly string[], shown?: number): string {
  const named = items.slice(0, shown);
  const hidden = items.length - named.length;
  const parts = hidden > 0 ? [...named, `${formatCount(hidden)} more`] : named;
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}
