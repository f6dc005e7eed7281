/** Compares two upgrade requests: what the clients asked for. */
import type { ConnectionReport, UpgradeReport } from '../report/model.ts';
import { compareHeaders } from './compare-headers.ts';
import type { Comparison } from './comparison.ts';
import { valueNoise } from './header-noise.ts';
import type { Renaming } from './host-renaming.ts';
import { pathOf, pathShape, queryOf } from './target-parts.ts';

/** Parameters with a new value for every connection. */
const FLEETING =
  /^(?:sid|t|ts|_|time|timestamp|nonce|rand|random|cb|cachebuster|.*(?:token|ticket|session|sig|signature|key|secret|jwt|auth).*)$/i;

export function compareRequests(
  good: ConnectionReport,
  bad: ConnectionReport,
  renaming: Renaming,
  comparison: Comparison,
): void {
  const [ours, theirs] = [good.upgrade, bad.upgrade];
  if (!hasRequest(ours) || !hasRequest(theirs)) {
    const lacking = [hasRequest(ours) ? '' : 'good', hasRequest(theirs) ? '' : 'bad']
      .filter(Boolean)
      .join(' and ');
    comparison.notCompared('request', `no upgrade request in the ${lacking} capture`);
    return;
  }
  const [packet, other] = [ours.requestPacket, theirs.requestPacket];
  comparison.compare('request', 'method', ours.method, theirs.method, { good: packet, bad: other });
  comparison.compare('request', 'http version', ours.httpVersion, theirs.httpVersion, {
    good: packet,
    bad: other,
  });
  const [path, otherPath] = [pathOf(good), pathOf(bad)];
  comparison.compare('request', 'path', path, otherPath, {
    good: packet,
    bad: other,
    noise:
      path !== null && otherPath !== null && pathShape(path) === pathShape(otherPath)
        ? 'ids in the path'
        : null,
  });
  compareQueries(good, bad, comparison);
  const { differences, same } = compareHeaders(
    'request',
    { headers: ours.requestHeaders, packet },
    { headers: theirs.requestHeaders, packet: other },
    renaming,
    true,
  );
  comparison.add(differences);
  if (same.length > 0) comparison.same('request', 'headers', same.join(', '));
}

function hasRequest(upgrade: UpgradeReport | null): upgrade is UpgradeReport {
  return upgrade !== null && upgrade.requestPacket !== null;
}

function compareQueries(good: ConnectionReport, bad: ConnectionReport, comparison: Comparison): void {
  const [ours, theirs] = [parametersOf(good), parametersOf(bad)];
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const [value, other] = [ours.get(name) ?? null, theirs.get(name) ?? null];
    comparison.compare('request', name === '' ? 'query' : `query ${name}`, value, other, {
      good: good.upgrade?.requestPacket ?? null,
      bad: bad.upgrade?.requestPacket ?? null,
      noise: value === null || other === null ? null : parameterNoise(name, value, other),
    });
  }
}

function parameterNoise(name: string, good: string, bad: string): string | null {
  return FLEETING.test(name) ? 'new for every connection' : valueNoise(name, good, bad);
}

/** Parameters with the same name form one list. */
function parametersOf(connection: ConnectionReport): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of queryOf(connection)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return values;
}
