/** Patterns in which `*` stands for any characters, slashes included. */

/** Matching never goes back, so no pattern can make it slow. */
export function wildcard(pattern: string): (text: string) => boolean {
  const [start = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return (text) => text === pattern;
  const end = rest.pop()!;
  return (text) => {
    if (!text.startsWith(start) || !text.endsWith(end) || text.length < start.length + end.length)
      return false;
    let at = start.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= text.length - end.length;
  };
}
