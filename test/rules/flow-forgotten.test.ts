import { describe, expect, test } from 'vitest';
import type { ResetFacts } from '../../src/tcp/reset-watch.ts';
import { flowForgotten } from '../../src/rules/flow-forgotten.ts';
import { check, judged, mark, NO_TIMES, told, type RecordSpec } from '../helpers/record-builder.ts';

const RESET: ResetFacts = {
  hopLimit: 64,
  identification: 0,
  window: 0,
  hasAcknowledgement: false,
  isOfUnknown: false,
  answersUnseen: false,
  missing: 0,
  afterSilence: { from: mark(20, 1000), until: mark(89, 412_000) },
  sentAfter: null,
};

const FORGOTTEN: RecordSpec = {
  clientSide: { frames: 2 },
  serverSide: { rst: mark(90, 412_001), reset: RESET },
};

test('the message names the silence, the data and the RST that answers it', () => {
  const found = check(flowForgotten, FORGOTTEN);
  expect(found).toMatchObject({
    kind: 'forgotten',
    severity: 'error',
    packets: [20, 89, 90],
    evidence: { by: 'server', silentMs: 411_000, afterDataMs: 1, forged: null },
  });
  expect(told(found)).toMatch(
    /^Neither side had sent a byte for 6 min 51 s when the client sent data again \(packet 89\)\. 1 ms after it, a bare RST in the name of the server answered \(packet 90\): whoever sent that RST did not know the connection any more\. Nobody had closed it\. /,
  );
});

test('another TTL says that the side itself did not answer', () => {
  const found = check(flowForgotten, {
    firstEnd: { by: 'server', how: 'rst', mark: mark(90, 412_001), forged: 'suspected' },
    serverSide: { ...FORGOTTEN.serverSide, reset: { ...RESET, hopLimit: 243 } },
  });
  expect(found?.message).toContain(
    '(packet 90), with TTL 243, while the 10 other packets of the server have 64:',
  );
  expect(found?.advice).toMatch(/^The server did not close it/);
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['no end', {}],
    ['a FIN', { serverSide: { fin: mark(90, 412_001) } }],
    ['no silence', { serverSide: { rst: mark(90, 412_001), reset: { ...RESET, afterSilence: null } } }],
    ['no WebSocket', { ...FORGOTTEN, upgrade: { response: null, accept: null } }],
  ])('%s', (_name, spec) => {
    expect(check(flowForgotten, spec)).toBeNull();
  });
});

test('says all that others would say of the end', () => {
  const { raised } = judged({
    ...FORGOTTEN,
    firstEnd: { by: 'server', how: 'rst', mark: mark(90, 412_001), forged: 'certain' },
  });
  expect(raised.filter((rule) => !rule.startsWith('silent'))).toEqual(['flow-forgotten error']);
});

test('is withheld without times', () => {
  expect(judged(FORGOTTEN, NO_TIMES).withheld).toContain('flow-forgotten');
});
