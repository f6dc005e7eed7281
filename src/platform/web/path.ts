/**
 * The last part of a path. Browsers show files without a path, so the path comes from a report made
 * elsewhere.
 */

/** Slashes at the end don't count. */
export function basename(path: string): string {
  const end = path.replace(/\/+$/, '');
  return end.slice(end.lastIndexOf('/') + 1);
}
