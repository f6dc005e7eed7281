import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { expectationSchema } from '../../../src/cli/check/expectation-schema.ts';
import { parseExpectation } from '../../../src/cli/check/parse-expectation.ts';

const parse = (value: unknown) => parseExpectation(JSON.stringify(value), 'x.wscap.json');
const entry = (changes: object) => ({ connections: [changes] });

const RIGHT: readonly unknown[] = [
  { connections: [] },
  { schema: 'wscap/expectation@1', connections: [], anomalies: { 'reconnect-loop': 'error' } },
  entry({}),
  entry({ target: null, times: 2, verdict: 'clean', upgrade: '101', closed: 'still open', anomalies: {} }),
  entry({ messages: {} }),
  entry({ messages: { client: 0, server: { min: 1, max: 3 } } }),
  { $schema: 'x', expect: { 'handshake-close': 0, clean: { min: 1 }, connections: 2, errors: 0 } },
  { paths: { '/chat': { 'slow-upgrade': 0 } }, hosts: {} },
];

const WRONG: readonly (readonly [unknown, string])[] = [
  [[], 'must be an object, not a list'],
  [{}, 'expects nothing: give it "connections" (wscap check -u does) or "expect"'],
  [{ expect: {}, paths: {} }, 'expects nothing: give it "connections" (wscap check -u does) or "expect"'],
  [{ hosts: { '10.0.0.1': { clean: 1 } } }, 'is an address, and addresses are not compared'],
  [{ hosts: { 'ws.example:80': { clean: 1 } } }, 'names a port, and ports are not compared'],
  [{ hosts: { 'ws.example/chat': { clean: 1 } } }, 'holds a path: "hosts" takes only hosts'],
  [{ hosts: { 'WS.example': { clean: 1 } } }, 'must be in lower case'],
  [{ paths: { chat: { clean: 1 } } }, 'must begin with / (or *)'],
  [{ paths: { '/chat?room=1': { clean: 1 } } }, 'holds a query, and queries are not compared'],
  [
    { conections: [] },
    'conections: unknown key, did you mean "connections"? An expectation has schema, connections',
  ],
  [
    { schema: 'wscap/expectation@2', expect: {} },
    'schema: "wscap/expectation@2" is not the format that this wscap reads',
  ],
  [{ connections: {} }, 'connections: must be a list, not an object'],
  [
    entry({ verdct: 'clean' }),
    'connections[0].verdct: unknown key, did you mean "verdict"? A connection has target',
  ],
  [entry({ verdict: 'claen' }), 'connections[0].verdict: "claen" is not known, did you mean "clean"?'],
  [entry({ times: 0 }), 'connections[0].times: must be 1 or more'],
  [entry({ closed: 1 }), 'connections[0].closed: must be a text, not 1'],
  [entry({ messages: { up: 1 } }), 'connections[0].messages.up: unknown key. There are client, server'],
  [
    entry({ messages: { client: '1' } }),
    'connections[0].messages.client: must be a whole number from 0 up, or {',
  ],
  [entry({ messages: { client: 1.5 } }), 'connections[0].messages.client: must be a whole number from 0 up'],
  [
    entry({ anomalies: { 'handshake-clos': 'error' } }),
    'anomalies.handshake-clos: no such rule, did you mean',
  ],
  [entry({ anomalies: { 'handshake-close': 'info' } }), 'anomalies.handshake-close: "info" is not known'],
  [{ expect: { claen: 1 } }, 'expect.claen: nothing is counted under this name, did you mean "clean"?'],
  [{ expect: { clean: {} } }, 'expect.clean: says nothing: give it min or max'],
  [{ expect: { clean: { least: 1 } } }, 'expect.clean.least: unknown key. There are min, max'],
  [{ paths: [] }, 'paths: must be an object, as in'],
  [{ paths: { '/chat': { no: 1 } } }, 'paths./chat.no: nothing is counted under this name'],
];

describe('an expectation file', () => {
  it.each(RIGHT.map((value) => [value]))('may hold %j', (value) => {
    expect(() => parse(value)).not.toThrow();
  });

  it.each(WRONG)('is refused with %j', (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });

  it('is refused where its bounds contradict each other, or it is not JSON', () => {
    expect(() => parse({ expect: { clean: { min: 2, max: 1 } } })).toThrow('its min is above its max');
    expect(() => parseExpectation('{"connections": [', 'x')).toThrow(/^x: is not JSON/);
  });
});

describe('docs/expectation.schema.json', () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(
    expectationSchema(),
  );

  it('is what the rules say now; otherwise: npm run schema', () => {
    const published: unknown = JSON.parse(readFileSync('docs/expectation.schema.json', 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(expectationSchema())));
  });

  it.each(RIGHT.map((value) => [value]))('accepts %j, as the program does', (value) => {
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(WRONG)('refuses %j, as the program does', (value) => {
    expect(validate(value)).toBe(false);
  });
});
