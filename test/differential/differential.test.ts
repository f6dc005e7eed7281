/**
 * Random but legal conversations whose truth is known, over a network that loses, delays, repeats and cuts: what wscap
 * says of them is true, and tshark says the same, except for what docs/tshark-differences.md explains.
 * `npm run test:long` takes as many as you like.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../helpers/captures.ts';
import { HAS_TSHARK } from '../helpers/tshark.ts';
import { captureOf } from './capture.ts';
import { untruths } from './compare.ts';
import { CLOSES, OPENINGS, planOf } from './plan.ts';
import { describe as sentence, problemsOf, shrink, tsharkIfThere, writeCapture } from './run.ts';
import { DIFFERENCE_CLASSES } from './tshark-classes.ts';
import { analyze } from '../../src/analyze.ts';

const SEED = 1;
const COUNT = 400;

const folder = mkdtempSync(join(tmpdir(), 'wscap-differential-'));
const path = join(folder, 'generated.pcap');
const capture = writeCapture(path, SEED, COUNT);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('generated conversations', () => {
  it('are of every kind', () => {
    const plans = capture.truths.map(({ plan }) => plan);
    expect(new Set(plans.map(({ opening }) => opening))).toEqual(new Set(OPENINGS));
    expect(new Set(plans.map(({ close }) => close))).toEqual(new Set(CLOSES));
    for (const fate of ['lost', 'late', 'again', 'overlap', 'swapped'] as const) {
      expect(plans.filter(({ network }) => network[fate] > 0).length, fate).toBeGreaterThan(50);
    }
    expect(capture.truths.filter(({ hasGap }) => hasGap).length).toBeGreaterThan(2);
  });

  it('are the same for the same seed', () => {
    const again = captureOf(Array.from({ length: 12 }, (_, i) => planOf(SEED + i)));
    expect(Buffer.from(again.bytes).equals(readFileSync(path).subarray(0, again.bytes.length))).toBe(true);
  });

  it('are described as they were', async () => {
    expect((await problemsOf(path, capture)).map(sentence)).toEqual([]);
  });

  it('would not pass if one fact were different', async () => {
    const report = await analyze(path, { activity: true });
    const other = { ...capture, truths: capture.truths.map((truth) => ({ ...truth, lastPacket: 1 })) };
    expect(untruths(report, other).length).toBeGreaterThan(300);
  });

  it.skipIf(!HAS_TSHARK)('are described by tshark as they were, except for known differences', async () => {
    const { unexplained, explained } = (await tsharkIfThere(path, capture))!;
    expect(unexplained.map(sentence)).toEqual([]);
    expect([...explained.keys()].toSorted()).toEqual(
      DIFFERENCE_CLASSES.map(({ name }) => name)
        .filter((name) => name !== 'late-byte')
        .toSorted(),
    );
  });

  it('each kind of difference is explained in the documentation', () => {
    const text = readFileSync(join(REPOSITORY, 'docs/tshark-differences.md'), 'utf8');
    for (const { name } of DIFFERENCE_CLASSES) expect(text).toContain(`\`${name}\``);
  });

  it('that do not fail are not made smaller', async () => {
    expect(await shrink(planOf(3), join(folder, 'small.pcap'))).toBeNull();
  });
});
