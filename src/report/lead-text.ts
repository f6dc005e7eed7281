/** The first story in a clause of its own, where the name of a rule would say too little. */
import { countOf } from './format-count.ts';
import type { Story } from './stories.ts';

export interface Lead {
  /** Begins in lower case, or with a number. May hold wire text. */
  readonly text: string;
  /** The stories that it tells. */
  readonly stories: ReadonlySet<Story>;
}

/** null where the first story has no such clause. */
export function leadOf(stories: readonly Story[]): Lead | null {
  const [first] = stories;
  if (first === undefined || first.severity === 'info') return null;
  const { headline, rule } = first.root.anomaly;
  const alike = stories.filter(({ root }) => root.anomaly.rule === rule);
  if (headline !== undefined) return sameHeadline(headline, alike);
  if (!alike.every(isEndOfBothLegs)) return null;
  const webSockets = new Set(alike.flatMap((story) => [...story.webSockets])).size;
  const each = webSockets === 1 ? 'both legs of it' : 'both legs of each';
  return {
    text: `${countOf(webSockets, 'WebSocket')} through a proxy, which closed ${each}`,
    stories: new Set(alike),
  };
}

/** Several findings that say the same are said once. */
function sameHeadline(headline: string, alike: readonly Story[]): Lead {
  const stories = new Set(alike.filter(({ root }) => root.anomaly.headline === headline));
  const webSockets = new Set([...stories].flatMap((story) => [...story.webSockets])).size;
  return {
    text:
      stories.size === 1 || webSockets === 1
        ? headline
        : `${headline} (${countOf(webSockets, 'connection')})`,
    stories,
  };
}

/** The two legs of a WebSocket show that the proxy between them ended both. */
function isEndOfBothLegs({ root, followers }: Story): boolean {
  const { evidence } = root.anomaly;
  return evidence['endedByProxy'] === true && followers.some(({ refs }) => refs[0] !== root.refs[0]);
}
