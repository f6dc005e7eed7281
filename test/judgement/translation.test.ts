/** One TCP connection, captured before and behind an address translation. */
import { describe, expect, test } from 'vitest';
import { areTranslated, seenWithTwin, translationKey } from '../../src/judgement/translation.ts';
import { mark, recordOf, seenRequest, seenResponse, type RecordSpec } from '../helpers/record-builder.ts';

const FRONT_SERVER = { address: '10.88.1.1', port: 8080 };
const BACK_SERVER = { address: '172.31.0.2', port: 80 };

/** What comes from the client passes the front first, what comes from the server the back. */
const FRONT: RecordSpec = {
  id: 0,
  server: FRONT_SERVER,
  clientSide: { syn: mark(1, -10), lastByte: mark(21, 100) },
  serverSide: { syn: mark(4, -9), lastByte: mark(32, 200) },
  upgrade: { request: seenRequest(undefined, mark(5, -5)), response: seenResponse(undefined, mark(8, 0)) },
};
const BACK: RecordSpec = {
  id: 1,
  server: BACK_SERVER,
  clientSide: { syn: mark(2, -9.9), lastByte: mark(22, 100.1) },
  serverSide: { syn: mark(3, -9.1), lastByte: mark(31, 199.9) },
  upgrade: {
    request: seenRequest(undefined, mark(6, -4.9)),
    response: seenResponse(undefined, mark(7, -0.1)),
  },
};

test('both captures have the same key', () => {
  expect(translationKey(recordOf(FRONT))).toBe('1000 2000');
  expect(translationKey(recordOf(BACK))).toBe('1000 2000');
});

test.each([0, 1, null])('the number %s is no key', (initialSequence) => {
  expect(translationKey(recordOf({ serverSide: { initialSequence } }))).toBeNull();
});

test('the client is in front, in whatever order the two are given', () => {
  const [front, back] = [recordOf(FRONT), recordOf(BACK)];
  expect(areTranslated(front, back)).toEqual({ front, back });
  expect(areTranslated(back, front)).toEqual({ front, back });
});

describe('no translation', () => {
  test.each<[string, RecordSpec]>([
    ['other numbers', { ...BACK, serverSide: { ...BACK.serverSide, initialSequence: 2001 } }],
    ['the same addresses', { ...BACK, server: FRONT_SERVER }],
    ['a packet that took longer', { ...BACK, clientSide: { ...BACK.clientSide, lastByte: mark(22, 201) } }],
    ['a packet that went the other way', { ...BACK, serverSide: { ...BACK.serverSide, syn: mark(6, -8.9) } }],
  ])('%s', (_name, back) => {
    expect(areTranslated(recordOf(FRONT), recordOf(back))).toBeNull();
  });

  test('the last bytes are not compared where one capture has more of them', () => {
    const back = { ...BACK, serverSide: { ...BACK.serverSide, streamBytes: 170, lastByte: mark(90, 8000) } };
    expect(areTranslated(recordOf(FRONT), recordOf(back))).not.toBeNull();
  });
});

describe('a RST that the other side of the translation lacks', () => {
  const RST = mark(91, 8001);
  /** The server's message at 8 s does not come through; a RST in the client's name answers it. */
  const reset = recordOf({
    ...BACK,
    clientSide: { ...BACK.clientSide, rst: RST },
    serverSide: { ...BACK.serverSide, streamBytes: 170, lastByte: mark(90, 8000) },
  });

  test('was made in between where the data that it answers did not come through', () => {
    expect(seenWithTwin(reset, recordOf(FRONT)).firstEnd).toMatchObject({ forged: 'certain', absentFrom: 0 });
  });

  test('was made in between where the other side goes on', () => {
    const whole = recordOf({ ...BACK, clientSide: { ...BACK.clientSide, rst: RST } });
    expect(seenWithTwin(whole, recordOf(FRONT))).toBe(whole);
    const front = recordOf({ ...FRONT, last: mark(99, 9000) });
    expect(seenWithTwin(whole, front).firstEnd).toMatchObject({ forged: 'certain' });
  });

  test('is its sender’s own where the other side is not the one of its sender', () => {
    const front = recordOf({ ...FRONT, clientSide: { ...FRONT.clientSide, rst: RST }, last: RST });
    expect(seenWithTwin(front, recordOf({ ...BACK, last: mark(99, 9000) }))).toBe(front);
  });

  test('is its sender’s own where the other side has one too', () => {
    const front = recordOf({ ...FRONT, clientSide: { ...FRONT.clientSide, rst: mark(90, 8000.9) } });
    expect(seenWithTwin(reset, front)).toBe(reset);
  });
});
