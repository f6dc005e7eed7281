/** Generated captures, and what is wrong with what is said of them; a failure is made as small as it can be. */
import { writeFileSync } from 'node:fs';
import { analyze } from '../../src/analyze.ts';
import { HAS_TSHARK, tsharkPackets } from '../helpers/tshark.ts';
import { captureOf, type TrueCapture } from './capture.ts';
import { untruths, type Disagreement } from './compare.ts';
import { CALM, planOf, type Plan } from './plan.ts';
import { judgeTshark, type Judged } from './tshark-classes.ts';

/** A capture of the conversations of these seeds, in a file. */
export function writeCapture(path: string, seed: number, count: number): TrueCapture {
  const capture = captureOf(Array.from({ length: count }, (_, index) => planOf(seed + index)));
  writeFileSync(path, capture.bytes);
  return capture;
}

export async function problemsOf(path: string, capture: TrueCapture): Promise<Disagreement[]> {
  return untruths(await analyze(path, { activity: true }), capture);
}

/** Null where tshark is not installed. */
export async function tsharkIfThere(path: string, capture: TrueCapture): Promise<Judged | null> {
  return HAS_TSHARK ? judgeTshark(await tsharkPackets(path), capture) : null;
}

/** A line that says what is wrong, and which seed found it. */
export function describe({ connection, truth, what, said, expected }: Disagreement): string {
  const short = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200));
  return `seed ${truth.plan.seed} (connection ${connection}), ${what}: ${short(said)} instead of ${short(expected)}`;
}

/**
 * The smallest plan that still fails, alone in a capture at `path`; null where it only fails in company.
 */
export async function shrink(plan: Plan, path: string): Promise<Plan | null> {
  const fails = async (candidate: Plan) => {
    const capture = captureOf([candidate]);
    writeFileSync(path, capture.bytes);
    return (await problemsOf(path, capture)).length > 0;
  };
  if (!(await fails(plan))) return null;
  let smallest = plan;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of smallerThan(smallest)) {
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  await fails(smallest);
  return smallest;
}

function* smallerThan(plan: Plan): Generator<Plan> {
  const { turns, network } = plan;
  for (let i = 0; i < turns.length; i++) yield { ...plan, turns: turns.toSpliced(i, 1) };
  for (const [key, calm] of Object.entries(CALM) as [keyof typeof CALM, number][]) {
    if (network[key] !== calm) yield { ...plan, network: { ...network, [key]: calm } };
  }
  if (plan.opening !== 'plain') yield { ...plan, opening: 'plain' };
  if (plan.subprotocol) yield { ...plan, subprotocol: false };
  if (plan.wraps) yield { ...plan, wraps: false };
  if (plan.gap) yield { ...plan, gap: false };
  if (plan.reason !== '') yield { ...plan, reason: '' };
  for (const [i, turn] of turns.entries()) {
    if (turn.compressed) yield { ...plan, turns: turns.with(i, { ...turn, compressed: false }) };
    if (turn.frames > 1) yield { ...plan, turns: turns.with(i, { ...turn, frames: 1, pingInside: false }) };
    if (turn.length > 1) yield { ...plan, turns: turns.with(i, { ...turn, length: turn.length >> 1 }) };
  }
}
