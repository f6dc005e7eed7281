/**
 * The stories that findings tell. A finding that follows from another is shown under it, so that the reader sees first what
 * began it: the crash before the refusals that it caused.
 */
import { compareSeverity, type Severity } from '../basics/severity.ts';
import type { AnomalyReport, ConnectionReport, Report } from './model.ts';

/** An anomaly with the connections that it concerns: one, or several for a rule across connections. */
export interface PlacedAnomaly {
  readonly anomaly: AnomalyReport;
  readonly connections: readonly number[];
  /** Their references, in the same order. */
  readonly refs: readonly string[];
  readonly across: boolean;
}

/** A finding that leads, with those that follow from it. */
export interface Story {
  readonly root: PlacedAnomaly;
  /** Worst first, then by packet. */
  readonly followers: readonly PlacedAnomaly[];
  /** The worst severity among them. */
  readonly severity: Severity;
  /** The WebSockets that any of them concerns; several connections that are the same WebSocket count once. */
  readonly webSockets: ReadonlySet<string>;
}

/** A longer chain of findings, each of which follows from the next, is cut. */
const MAX_CHAIN = 8;
/** A WebSocket has no more legs than this. */
const MAX_LEGS = 8;

/** All anomalies, story by story: what leads, then what follows from it. */
export function placeAnomalies(report: Report): PlacedAnomaly[] {
  return storiesOf(report).flatMap(({ root, followers }) => [root, ...followers]);
}

/** Those with the worst finding come first, then those of most WebSockets, then those that began first. */
export function storiesOf(report: Report): Story[] {
  const placed = placedOf(report);
  const rootOf = rootFinder(placed);
  const webSocketOf = webSocketNames(report.connections);
  const followersOf = new Map<PlacedAnomaly, PlacedAnomaly[]>();
  const roots: PlacedAnomaly[] = [];
  for (const each of placed) {
    const root = rootOf(each);
    // Findings that follow from each other in a circle lead all of them.
    if (root === each || rootOf(root) !== root) roots.push(each);
    else {
      const known = followersOf.get(root);
      if (known === undefined) followersOf.set(root, [each]);
      else known.push(each);
    }
  }
  return roots.map((root) => storyOf(root, followersOf.get(root) ?? [], webSocketOf)).sort(compareStories);
}

function storyOf(
  root: PlacedAnomaly,
  followers: PlacedAnomaly[],
  webSocketOf: (ref: string) => string,
): Story {
  followers.sort(
    (a, b) =>
      compareSeverity(a.anomaly.severity, b.anomaly.severity) ||
      firstPacket(a.anomaly) - firstPacket(b.anomaly),
  );
  const worst = followers[0]?.anomaly.severity ?? 'info';
  const { severity } = root.anomaly;
  return {
    root,
    followers,
    severity: compareSeverity(worst, severity) < 0 ? worst : severity,
    webSockets: new Set([root, ...followers].flatMap(({ refs }) => refs.map(webSocketOf))),
  };
}

function compareStories(a: Story, b: Story): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    b.webSockets.size - a.webSockets.size ||
    firstPacket(a.root.anomaly) - firstPacket(b.root.anomaly)
  );
}

function firstPacket({ packets }: AnomalyReport): number {
  return packets[0] ?? Infinity;
}

/** Those across connections first, then those of one connection, by id. */
function placedOf(report: Report): PlacedAnomaly[] {
  return [
    ...report.anomalies.map((anomaly) => ({
      anomaly,
      connections: anomaly.connections,
      refs: anomaly.refs,
      across: true,
    })),
    ...report.connections
      .toSorted((a, b) => a.id - b.id)
      .filter(({ anomalies }) => anomalies.length > 0)
      .flatMap(({ id, ref, anomalies }) =>
        anomalies.map((anomaly) => ({ anomaly, connections: [id], refs: [ref], across: false })),
      ),
  ];
}

/** Finds the finding that leads: the end of the chain of `follows`, or the finding itself. */
function rootFinder(placed: readonly PlacedAnomaly[]): (placed: PlacedAnomaly) => PlacedAnomaly {
  const known = new Map<string, PlacedAnomaly>();
  // Findings across connections come first: one of the connection itself takes their place.
  for (const each of placed) {
    const { rule } = each.anomaly;
    for (const ref of each.refs) {
      const key = keyOf(rule, ref);
      const before = known.get(key);
      if (before === undefined || before.across) known.set(key, each);
    }
  }
  return (placed) => {
    let root = placed;
    for (let step = 0; step < MAX_CHAIN; step++) {
      const { follows } = root.anomaly;
      const next = follows === null ? undefined : known.get(keyOf(follows.rule, follows.ref));
      // The finding may have been left out, and hostile or foreign reports may have circles.
      if (next === undefined || next === root || next === placed) return root;
      root = next;
    }
    return root;
  };
}

function keyOf(rule: string, ref: string): string {
  return `${rule} ${ref}`;
}

/**
 * Gives connections that are the same WebSocket one name: the reference of the leg nearest to the client; of a connection and
 * its translation the lower number.
 */
export function webSocketNames(connections: readonly ConnectionReport[]): (ref: string) => string {
  const next = new Map<string, string>();
  for (const { id, ref, sameAs } of connections) {
    if (sameAs === undefined) continue;
    const isTowardsClient = sameAs.as === 'front' || (sameAs.as === 'translated' && Number(sameAs.ref) < id);
    if (isTowardsClient) next.set(ref, sameAs.ref);
  }
  return (ref) => {
    let name = ref;
    for (let step = 0; step < MAX_LEGS; step++) name = next.get(name) ?? name;
    return name;
  };
}
