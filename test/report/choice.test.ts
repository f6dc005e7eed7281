import { describe, expect, it } from 'vitest';
import {
  choose,
  EVERYTHING,
  leftOutText,
  refsText,
  unknownRefs,
  type Choice,
} from '../../src/report/choice.ts';
import { sampleAnomaly, sampleConnection, sampleReport, sampleUpgrade } from './sample-report.ts';

const REPORT = sampleReport([
  sampleConnection({ id: 0, ref: '0', openedAt: '2024-05-01T10:00:00.000000000Z', durationMs: 1000 }),
  sampleConnection({
    id: 1,
    ref: '1',
    verdict: 'abnormal',
    openedAt: '2024-05-01T10:01:00.000000000Z',
    durationMs: 60_000,
    upgrade: sampleUpgrade({ host: 'Ws.Example:8443', target: '/room/7?token=x' }),
    server: { address: '10.0.0.9', port: 8443 },
    anomalies: [sampleAnomaly({ severity: 'error' })],
  }),
  sampleConnection({
    id: 2,
    ref: '2',
    verdict: 'refused',
    openedAt: '2024-05-01T10:05:00.000000000Z',
    durationMs: 0,
    opening: null,
    upgrade: null,
    server: { address: '2001:db8::1', port: 80 },
  }),
]);

const refs = (choice: Partial<Choice>) =>
  choose(REPORT, { ...EVERYTHING, ...choice }).connections.map(({ ref }) => ref);
const clock = (hours: number, minutes: number) => ({
  kind: 'clock' as const,
  ms: (hours * 60 + minutes) * 60_000,
});

describe('choose', () => {
  it('leaves a report as it is where nothing is asked for', () => {
    expect(choose(REPORT, EVERYTHING)).toBe(REPORT);
  });

  it.each<[Partial<Choice>, string[]]>([
    [{ refs: ['2', '0'] }, ['0', '2']],
    [{ hosts: ['ws.example'] }, ['1']],
    [{ hosts: ['WS.example:*'] }, ['1']],
    [{ hosts: ['10.0.0.9:8443'] }, ['1']],
    [{ hosts: ['[2001:db8::1]:80'] }, ['2']],
    [{ paths: ['/room/*'] }, ['1']],
    [{ paths: ['/chat'] }, ['0']],
    [{ verdicts: ['abnormal', 'refused'] }, ['1', '2']],
    [{ since: clock(10, 2) }, ['1', '2']],
    [{ until: clock(10, 1) }, ['0', '1']],
    [{ since: clock(10, 3), until: clock(10, 4) }, []],
    [{ verdicts: ['abnormal'], paths: ['/chat'] }, []],
  ])('takes for %j the connections %j', (choice, expected) => {
    expect(refs(choice)).toEqual(expected);
  });

  it('speaks of those chosen alone: totals, findings over several, and how many are left out', () => {
    const across = {
      ...sampleAnomaly({ rule: 'mass-disconnect', severity: 'warning' }),
      connections: [0, 1],
      refs: ['0', '1'],
      followers: [],
    };
    const other = { ...across, connections: [2], refs: ['2'] };
    const chosen = choose({ ...REPORT, anomalies: [across, other] }, { ...EVERYTHING, refs: ['1'] });
    expect(chosen.totals).toMatchObject({
      upgradeRequests: 1,
      webSocketConnections: 1,
      webSockets: 1,
      anomalies: { error: 1, warning: 1, info: 0 },
    });
    expect(chosen.anomalies).toEqual([{ ...across, connections: [1], refs: ['1'] }]);
    expect(chosen.choice).toEqual({ leftOut: 2 });
    expect(leftOutText(chosen)).toBe('2 others left out');
  });

  it('names the connections that there are where others are asked for', () => {
    expect(unknownRefs(REPORT, { ...EVERYTHING, refs: ['1', '7'] })).toEqual(['7']);
    expect(refsText(REPORT)).toBe('it has 0, 1 and 2');
  });
});
