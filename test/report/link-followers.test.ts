import { describe, expect, test } from 'vitest';
import { linkFollowers, linkSame } from '../../src/report/link-followers.ts';
import { sampleAcross, sampleAnomaly, sampleConnection } from './sample-report.ts';

const connections = (count: number) =>
  Array.from({ length: count }, (_, id) =>
    sampleConnection({ id, ref: String(id), anomalies: [sampleAnomaly({ rule: 'effect' })] }),
  );

describe('linkSame', () => {
  test('tells both legs which other one they are, and nobody else', () => {
    const three = connections(3);
    linkSame([{ front: '0', back: '1' }], three);
    expect(three.map(({ sameAs }) => sameAs ?? null)).toEqual([
      { ref: '1', as: 'back' },
      { ref: '0', as: 'front' },
      null,
    ]);
  });

  test('of a chain each leg names the one in front of it', () => {
    const three = connections(3);
    const pairs = [
      { front: '0', back: '1' },
      { front: '1', back: '2' },
    ];
    linkSame(pairs, three);
    expect(three.map(({ sameAs }) => sameAs)).toEqual([
      { ref: '1', as: 'back' },
      { ref: '0', as: 'front' },
      { ref: '1', as: 'front' },
    ]);
  });
});

describe('linkFollowers', () => {
  const across = sampleAcross([0], { rule: 'cause', refs: ['0'], followers: [{ rule: 'effect', ref: '1' }] });

  test('tells a finding which finding over the capture it follows', () => {
    const two = connections(2);
    linkFollowers([across], two);
    expect(two.map(({ anomalies }) => anomalies[0]?.follows ?? null)).toEqual([
      null,
      { rule: 'cause', ref: '0' },
    ]);
  });

  test('leaves a finding alone that follows another already', () => {
    const two = connections(2);
    const known = { rule: 'nearer', ref: '1' };
    two[1]!.anomalies[0]!.follows = known;
    linkFollowers([across], two);
    expect(two[1]!.anomalies[0]!.follows).toEqual(known);
  });
});
