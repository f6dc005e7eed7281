import { compare } from '../run/compare.mjs';
import { plainSection } from '../run/report.mjs';
import { notMeasured, ratioTarget, steadyMemoryTarget } from '../run/targets.mjs';
import { captureFor, wscapOn } from './study.mjs';

const MANY_OPEN = 100_000;

/**
 * Do time per packet and memory stay the same when captures grow, and when more connections are open at once?
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function growth(bench) {
  const captures = {
    '200 MB': await captureFor(bench, { kind: 'mixed', size: '200MB' }),
    '1 GiB': await captureFor(bench, { kind: 'mixed', size: '1GiB' }),
    '1 GiB, 100,000 open at once': await captureFor(bench, {
      kind: 'mixed',
      size: '1GiB',
      connections: MANY_OPEN,
    }),
    ...(bench.isLarge ? { '4 GiB': await captureFor(bench, { kind: 'mixed', size: '4GiB' }) } : {}),
  };
  const names = Object.keys(captures);
  const entries = names.map((name) => wscapOn(name, 'analyze', captures[name].path));
  const results = compare(entries, bench.runs, bench.watch);
  const of = (name) => results[names.indexOf(name)];
  const perPacket = (what, atMost, one, other) =>
    ratioTarget(what, atMost, of(one), of(other), {
      name: `that of ${other}`,
      scale: captures[other].truth.packets / captures[one].truth.packets,
    });
  const rows = results.map((result, i) => ({ result, packets: captures[names[i]].truth.packets }));
  return {
    sections: [plainSection('mixed, growing', rows)],
    targets: [
      steadyMemoryTarget('peak memory, mixed 200 MB, 1 GiB, 4 GiB', 1.15, [
        of('200 MB'),
        of('1 GiB'),
        of('4 GiB'),
      ]),
      bench.isLarge
        ? perPacket('mixed, time a packet of 4 GiB', 1.1, '4 GiB', '200 MB')
        : notMeasured('mixed, time a packet of 4 GiB', 'at most 1.1 × that of 200 MB'),
      perPacket(
        'mixed, time a packet with 100,000 open at once',
        1.5,
        '1 GiB, 100,000 open at once',
        '1 GiB',
      ),
    ],
  };
}
