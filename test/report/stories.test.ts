import { describe, expect, it } from 'vitest';
import { leadOf } from '../../src/report/lead-text.ts';
import { placeAnomalies, storiesOf, webSocketNames } from '../../src/report/stories.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleConnection,
  sampleReport,
} from './sample-report.ts';

const warning = sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning' });
const under = (rule: string, ref: string) => ({ follows: { rule, ref } });

describe('placeAnomalies', () => {
  it('puts the worst first, then what concerns most WebSockets', () => {
    const loop = sampleAcross([0, 1], { rule: 'reconnect-loop', severity: 'warning' });
    const report = sampleReport([sampleConnection({ id: 1, anomalies: [warning] }), handshakeClose()], {
      anomalies: [loop],
    });
    const rules = placeAnomalies(report).map(({ anomaly }) => anomaly.rule);
    expect(rules).toEqual(['handshake-close', 'reconnect-loop', 'slow-upgrade']);
  });

  it('puts a finding under the one that it follows from, which takes its rank', () => {
    const crash = sampleAcross([0, 1], { rule: 'mass-disconnect', severity: 'warning' });
    const refused = sampleAnomaly({ rule: 'connection-refused', ...under('mass-disconnect', '0') });
    const report = sampleReport(
      [
        handshakeClose({ id: 0, anomalies: [sampleAnomaly({ packets: [1] })] }),
        sampleConnection({ id: 5, anomalies: [refused] }),
      ],
      { anomalies: [crash] },
    );
    expect(placeAnomalies(report).map(({ anomaly }) => anomaly.rule)).toEqual([
      'mass-disconnect',
      'connection-refused',
      'handshake-close',
    ]);
    expect(storiesOf(report)[0]).toMatchObject({ severity: 'error', webSockets: new Set(['0', '1', '5']) });
  });

  it('puts the end of a chain at the top', () => {
    const own = [
      sampleAnomaly({ rule: 'close-unanswered', ...under('error-close-code', '0') }),
      sampleAnomaly({ rule: 'error-close-code', ...under('unmasked-client-frame', '0') }),
      sampleAnomaly({ rule: 'unmasked-client-frame' }),
    ];
    const [story] = storiesOf(sampleReport([sampleConnection({ anomalies: own })]));
    expect(story!.root.anomaly.rule).toBe('unmasked-client-frame');
    expect(story!.followers).toHaveLength(2);
  });

  it('keeps every finding of a circle, and one whose origin was left out', () => {
    const own = [
      sampleAnomaly({ rule: 'a', ...under('b', '0') }),
      sampleAnomaly({ rule: 'b', ...under('a', '0') }),
      sampleAnomaly({ rule: 'c', ...under('gone', '0') }),
    ];
    const rules = placeAnomalies(sampleReport([sampleConnection({ anomalies: own })])).map(
      ({ anomaly }) => anomaly.rule,
    );
    expect(rules.toSorted()).toEqual(['a', 'b', 'c']);
  });
});

describe('webSocketNames', () => {
  it('gives the legs of one WebSocket, and a translated connection, one name', () => {
    const nameOf = webSocketNames([
      sampleConnection({ id: 0, sameAs: { ref: '1', as: 'back' } }),
      sampleConnection({ id: 1, sameAs: { ref: '0', as: 'front' } }),
      sampleConnection({ id: 2, sameAs: { ref: '1', as: 'front' } }),
      sampleConnection({ id: 3, sameAs: { ref: '4', as: 'translated' } }),
      sampleConnection({ id: 4, sameAs: { ref: '3', as: 'translated' } }),
      sampleConnection({ id: 5 }),
    ]);
    expect(['0', '1', '2', '3', '4', '5'].map(nameOf)).toEqual(['0', '0', '0', '3', '3', '5']);
  });
});

describe('leadOf', () => {
  it('takes the words of the finding that leads', () => {
    const headline = 'the server went away';
    const crash = sampleAcross([0, 1], { rule: 'mass-disconnect', headline });
    const stories = storiesOf(sampleReport([], { anomalies: [crash] }));
    expect(leadOf(stories)?.text).toBe(headline);
    expect(leadOf(storiesOf(sampleReport([handshakeClose()])))).toBeNull();
  });

  it('says once what several connections say, and leaves others to be named', () => {
    const headline = 'upgrade refused, status 502';
    const connections = [headline, headline, 'another'].map((text, id) =>
      sampleConnection({ id, anomalies: [sampleAnomaly({ rule: 'upgrade-rejected', headline: text })] }),
    );
    const lead = leadOf(storiesOf(sampleReport(connections)));
    expect(lead?.text).toBe(`${headline} (2 connections)`);
    expect(lead?.stories.size).toBe(2);
  });

  it('tells a proxy that closed both legs of each WebSocket', () => {
    const evidence = { endedByProxy: true };
    const legs = [0, 2].flatMap((id) => [
      sampleConnection({
        id,
        sameAs: { ref: String(id + 1), as: 'back' },
        anomalies: [sampleAnomaly({ evidence })],
      }),
      sampleConnection({
        id: id + 1,
        sameAs: { ref: String(id), as: 'front' },
        anomalies: [sampleAnomaly({ evidence, ...under('handshake-close', String(id)) })],
      }),
    ]);
    expect(leadOf(storiesOf(sampleReport(legs)))?.text).toBe(
      '2 WebSockets through a proxy, which closed both legs of each',
    );
  });
});
