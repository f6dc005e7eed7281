import { compare } from '../run/compare.mjs';
import { resultSection } from '../run/report.mjs';
import { memoryTarget, ratioTarget, speedTarget } from '../run/targets.mjs';
import { installedTools } from '../run/tools.mjs';
import { captureFor } from './study.mjs';

/**
 * wscap and the tools that are installed, on the same captures.
 * @param {import('./study.mjs').Bench} bench
 * @returns {Promise<import('./study.mjs').Findings>}
 */
export async function besideTools(bench) {
  const mixed200MB = await measured(bench, { kind: 'mixed', size: '200MB' });
  const mixed1GiB = await measured(bench, { kind: 'mixed', size: '1GiB' });
  const chatty = await measured(bench, { kind: 'chatty', size: '200MB' });
  return {
    sections: [mixed200MB.section, mixed1GiB.section, chatty.section],
    targets: [
      ...mixed1GiB.ratios('mixed 1 GiB', { capinfos: 2, tcptrace: 0.8 }),
      mixed200MB.speed('mixed 200 MB', 60),
      ...chatty.ratios('chatty 200 MB', { capinfos: 3, tcptrace: 1 }),
      chatty.speed('chatty 200 MB', 80),
      memoryTarget('peak memory, mixed 1 GiB', 170, mixed1GiB.of('wscap')),
    ],
  };
}

async function measured(bench, wanted) {
  const capture = await captureFor(bench, wanted);
  const willing = installedTools(bench.tools).filter(
    ({ largest = Infinity }) => capture.truth.bytes <= largest,
  );
  const entries = willing.map(({ name, command, args }) => ({ name, command, args: args(capture.path) }));
  const results = compare(entries, bench.runs, bench.watch);
  const of = (name) => results.find(({ entry }) => entry.name === name);
  return {
    of,
    section: resultSection(capture, results),
    ratios: (what, limits) =>
      Object.entries(limits).map(([name, atMost]) =>
        ratioTarget(what, atMost, of('wscap'), of(name), { name }),
      ),
    speed: (what, atLeast) => speedTarget(what, atLeast, of('wscap'), of('tshark'), 'tshark'),
  };
}
