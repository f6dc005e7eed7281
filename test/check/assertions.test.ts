import { describe, expect, it } from 'vitest';
import { compareReport } from '../../src/check/compare.ts';
import type { Expectation } from '../../src/check/expectation.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleConnection,
  sampleReport,
  sampleUpgrade,
} from '../report/sample-report.ts';

const to = (host: string, target: string) => sampleUpgrade({ host, target });
const REPORT = sampleReport(
  [
    sampleConnection({ id: 0, upgrade: to('a.example', '/chat') }),
    handshakeClose({ id: 1, upgrade: to('a.example', '/chat') }),
    handshakeClose({ id: 2, upgrade: to('b.example', '/feed/news') }),
    sampleConnection({
      id: 3,
      upgrade: to('b.example', '/feed/news'),
      anomalies: [sampleAnomaly({ severity: 'info' })],
    }),
  ],
  { anomalies: [sampleAcross([1, 2], { rule: 'reconnect-loop' })] },
);

const judged = (expectation: Expectation) =>
  compareReport(REPORT, expectation).map(({ sentence }) => sentence);

describe('an assertion', () => {
  it.each<Expectation>([
    { expect: { 'handshake-close': 2, clean: 2, connections: 4, 'reconnect-loop': 1, abnormal: 0 } },
    { expect: { 'handshake-close': { min: 1, max: 2 }, errors: { min: 1 }, warnings: 0 } },
    { paths: { '/chat': { 'handshake-close': 1, connections: 2 }, '/feed/*': { clean: 1 } } },
    { hosts: { 'a.example': { errors: 1 }, '*.example': { connections: 4 } } },
    { paths: { '/no': { connections: 0 } } },
  ])('holds: %j', (expectation) => {
    expect(judged(expectation)).toEqual([]);
  });

  it.each<[Expectation, string]>([
    [{ expect: { 'handshake-close': 0 } }, 'expected no handshake-close, found 2: connections 1 and 2'],
    [
      { expect: { clean: { min: 3 } } },
      'expected at least 3 clean connections, found 2: connections 0 and 3',
    ],
    [{ expect: { connections: 5 } }, 'expected 5 connections, found 4'],
    [
      { expect: { errors: 0 } },
      'expected no connections with errors, found 3: connections 1 and 2, the capture as a whole',
    ],
    [{ expect: { abnormal: { min: 1, max: 2 } } }, 'expected 1 to 2 abnormal connections, found none'],
    [
      { paths: { '/chat': { 'handshake-close': 0 } } },
      'expected no handshake-close to /chat, found 1: connection 1',
    ],
    [{ hosts: { 'c.*': { errors: 0 } } }, 'no connection to c.* in the capture'],
  ])('fails: %j', (expectation, sentence) => {
    expect(judged(expectation)).toEqual([sentence]);
  });

  it('does not take a short clean session for a handshake-close', () => {
    expect(judged({ paths: { '/feed/*': { 'handshake-close': 1 } } })).toEqual([]);
  });
});
