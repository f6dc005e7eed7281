/** The findings, one card per rule: what happened first, where else, and the packets that prove it. Bounded. */
import { compareSeverity } from '../../basics/severity.ts';
import { clockTextOf } from '../clock-text.ts';
import { storiesOf, type PlacedAnomaly, type Story } from '../stories.ts';
import { formatCount } from '../format-count.ts';
import type { CaptureReport, Report, Severity } from '../model.ts';
import { packetFilters } from '../packet-filter.ts';
import { markup, type Content, type Markup } from './markup.ts';
import { MARK_NAMES } from './symbol-paths.ts';
import { symbol } from './symbols.ts';

const SHOWN_CONNECTIONS = 12;
const LONGEST_FILTER = 160;

interface RuleGroup {
  /** The first one that leads; of those that follow, the worst, and of several the earliest. */
  readonly first: PlacedAnomaly;
  findings: number;
  readonly connections: Set<number>;
}

interface RuleFamily {
  readonly group: RuleGroup;
  severity: Severity;
  /** What follows from these findings, by rule. */
  readonly followers: Map<string, RuleGroup>;
}

export function findingsSection(report: Report): Markup | null {
  const families = familiesOf(storiesOf(report));
  if (families.length === 0) return null;
  return markup`<section class="findings" aria-labelledby="findings-title">
<h2 id="findings-title">What was found</h2>
<ol class="cards">${families.map((family) => card(family.group, [...family.followers.values()], report))}</ol>
</section>`;
}

/** A card for each rule that leads, and under it one for each rule whose findings follow from it. */
function familiesOf(stories: readonly Story[]): RuleFamily[] {
  const families = new Map<string, RuleFamily>();
  for (const { root, followers, severity } of stories) {
    // A warning and an error of one rule are two problems.
    const key = `${root.anomaly.rule} ${root.anomaly.severity}`;
    let family = families.get(key);
    if (family === undefined) {
      family = { group: emptyGroup(root), severity, followers: new Map<string, RuleGroup>() };
      families.set(key, family);
    }
    if (compareSeverity(severity, family.severity) < 0) family.severity = severity;
    count(family.group, root);
    for (const follower of followers) {
      let group = family.followers.get(follower.anomaly.rule);
      if (group === undefined) family.followers.set(follower.anomaly.rule, (group = emptyGroup(follower)));
      count(group, follower);
    }
  }
  return [...families.values()].sort(
    (a, b) => compareSeverity(a.severity, b.severity) || b.group.connections.size - a.group.connections.size,
  );
}

function emptyGroup(first: PlacedAnomaly): RuleGroup {
  return { first, findings: 0, connections: new Set() };
}

function count(group: RuleGroup, { connections }: PlacedAnomaly): void {
  group.findings++;
  for (const id of connections) group.connections.add(id);
}

function card(
  { first, findings, connections }: RuleGroup,
  followers: readonly RuleGroup[],
  report: Report,
): Markup {
  const { rule, severity, message, packets, at } = first.anomaly;
  const time = clockTextOf(report)(at);
  const times = findings > 1 ? markup` <span class="count">× ${formatCount(findings)}</span>` : null;
  const under =
    followers.length === 0
      ? null
      : markup`
<p class="label">What followed from it</p>
<ol class="followers">${followers.map((follower) => card(follower, [], report))}</ol>`;
  return markup`<li class="card" data-mark="${severity}">
<h3>${symbol(severity)}<span class="unseen">${MARK_NAMES[severity]}: </span>${rule}${times}</h3>
<p>${message}</p>
<p class="where">${places([...connections], rule)}${time === null ? null : `, ${findings > 1 ? 'first ' : ''}at ${time}`}</p>
${evidence(packets, report.captures)}${under}
</li>`;
}

function places(ids: readonly number[], rule: string): Content {
  if (ids.length === 0) return null;
  const links = ids.slice(0, SHOWN_CONNECTIONS).map((id) => markup` <a href="#connection-${id}">#${id}</a>`);
  const all = markup` … <a class="scripted" href="#rule-${rule}">show all ${formatCount(ids.length)}</a>`;
  return [
    ids.length === 1 ? 'Connection' : `${formatCount(ids.length)} connections:`,
    links,
    ids.length > links.length ? all : null,
  ];
}

/** The packets as display filters to paste into Wireshark, one per file. */
function evidence(packets: readonly number[], captures: readonly CaptureReport[]): Markup | null {
  const filters = packetFilters(packets, captures, LONGEST_FILTER);
  if (filters.length === 0) return null;
  const items = filters.map(({ path, filter }) => {
    const place = path === null ? null : ` (${path})`;
    return markup`<li><span class="label">Wireshark${place}</span> <code>${filter}</code> <button type="button" class="copy scripted" data-copy="${filter}">Copy</button></li>`;
  });
  return markup`<ul class="evidence">${items}</ul>`;
}
