/** The findings, one card per rule: what happened first, where else, and the packets that prove it. Bounded. */
import { compareSeverity } from '../../basics/severity.ts';
import { clockTextOf } from '../clock-text.ts';
import { placeAnomalies, type PlacedAnomaly } from '../connection-rank.ts';
import { formatCount } from '../format-count.ts';
import type { CaptureReport, Report } from '../model.ts';
import { packetFilters } from '../packet-filter.ts';
import { markup, type Content, type Markup } from './markup.ts';
import { MARK_NAMES } from './symbol-paths.ts';
import { symbol } from './symbols.ts';

const SHOWN_CONNECTIONS = 12;
const LONGEST_FILTER = 160;

interface RuleGroup {
  /** The worst one; of several, the earliest. */
  readonly first: PlacedAnomaly;
  findings: number;
  readonly connections: Set<number>;
}

export function findingsSection(report: Report): Markup | null {
  const groups = groupByRule(placeAnomalies(report));
  if (groups.length === 0) return null;
  return markup`<section class="findings" aria-labelledby="findings-title">
<h2 id="findings-title">What was found</h2>
<ol class="cards">${groups.map((group) => card(group, report))}</ol>
</section>`;
}

function groupByRule(anomalies: readonly PlacedAnomaly[]): RuleGroup[] {
  const groups = new Map<string, RuleGroup>();
  for (const placed of anomalies) {
    let group = groups.get(placed.anomaly.rule);
    if (group === undefined) {
      group = { first: placed, findings: 0, connections: new Set() };
      groups.set(placed.anomaly.rule, group);
    }
    group.findings++;
    for (const id of placed.connections) group.connections.add(id);
  }
  return [...groups.values()].sort(
    (a, b) =>
      compareSeverity(a.first.anomaly.severity, b.first.anomaly.severity) ||
      b.connections.size - a.connections.size,
  );
}

function card({ first, findings, connections }: RuleGroup, report: Report): Markup {
  const { rule, severity, message, packets, at } = first.anomaly;
  const time = clockTextOf(report)(at);
  const times = findings > 1 ? markup` <span class="count">× ${formatCount(findings)}</span>` : null;
  return markup`<li class="card" data-mark="${severity}">
<h3>${symbol(severity)}<span class="unseen">${MARK_NAMES[severity]}: </span>${rule}${times}</h3>
<p>${message}</p>
<p class="where">${places([...connections], rule)}${time === null ? null : `, ${findings > 1 ? 'first ' : ''}at ${time}`}</p>
${evidence(packets, report.captures)}
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
