/** The last part of a path: browsers show files without one, so it is that of a report made elsewhere. */

/** Slashes at the end don't count. */
export function basename(path: string): string {
  const end = path.replace(/\/+$/, '');
  return end.slice(end.lastIndexOf('/') + 1);
}
