import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/cli/config/check-config.ts';
import { ConfigError } from '../../../src/cli/config/config-error.ts';
import { configSchema } from '../../../src/cli/config/json-schema.ts';
import { Place } from '../../../src/cli/config/place.ts';
import { ALL_RULES } from '../../../src/rules/index.ts';

const check = (value: unknown) => checkConfig(value, new Place('wscap.config.json'));

function messageFor(value: unknown): string {
  try {
    check(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error(`nothing wrong with ${JSON.stringify(value)}`);
}

const RULE_WITH_OPTIONS = ALL_RULES.find(({ options }) => Object.keys(options).length > 0)!;
const OPTION = Object.keys(RULE_WITH_OPTIONS.options)[0]!;
const WITHOUT_OPTIONS = 'accept-mismatch';

const setting = (value: unknown) => ({ rules: { 'handshake-close': value } });
const options = (value: unknown) => ({ rules: { [RULE_WITH_OPTIONS.id]: { options: value } } });

const RIGHT: readonly unknown[] = [
  {},
  { $schema: './node_modules/wscap/docs/config.schema.json' },
  { window: 0 },
  { window: 0.5, ports: [], failOn: 'never', format: 'json', rules: {} },
  { ports: [1, 65_535] },
  { keylog: 'keys.log' },
  { keylog: ['a.log', '../b.log'] },
  { keylog: [] },
  setting('off'),
  setting({}),
  setting({ severity: 'info' }),
  setting({ severity: 'info', options: {} }),
  options({ [OPTION]: 0 }),
  options({ [OPTION]: RULE_WITH_OPTIONS.options[OPTION]!.default }),
];

const WRONG: readonly (readonly [unknown, string])[] = [
  [[], 'must be an object, not a list'],
  [null, 'must be an object, not null'],
  [
    { windw: 1 },
    'windw: unknown key, did you mean "window"? There are window, ports, keylog, failOn, format, rules',
  ],
  [{ window: '100' }, 'window: must be a number from 0 up, as in 100, not "100"'],
  [{ window: -1 }, 'window: must be a number from 0 up, as in 100, not -1'],
  [{ ports: 80 }, 'ports: must be a list, as in [8080], not 80'],
  [{ ports: [80, 0] }, 'ports[1]: 0 is not a port; give a whole number from 1 to 65535'],
  [{ ports: [65_536] }, 'ports[0]: 65536 is not a port; give a whole number from 1 to 65535'],
  [{ ports: ['80'] }, 'ports[0]: "80" is not a port; give a whole number from 1 to 65535'],
  [{ keylog: '' }, 'keylog: must be the name of a file, as in "keys.log", or a list of names, not ""'],
  [
    { keylog: ['a', 1] },
    'keylog[1]: must be the name of a file, as in "keys.log", or a list of names, not 1',
  ],
  [{ failOn: 'off' }, 'failOn: "off" is not known. It is one of error, warning, info, never'],
  [{ format: 'jsn' }, 'format: "jsn" is not known, did you mean "json"? It is one of '],
  [{ rules: [] }, 'rules: must be an object, not a list'],
  [
    { rules: { 'handshake-clos': 'off' } },
    'rules.handshake-clos: no such rule, did you mean "handshake-close"? "wscap explain" lists them',
  ],
  [
    JSON.parse('{"rules": {"__proto__": "off"}}'),
    'rules.__proto__: no such rule. "wscap explain" lists them',
  ],
  [
    setting('eror'),
    'rules.handshake-close: "eror" is not known, did you mean "error"? It is one of off, info',
  ],
  [
    setting(2),
    'rules.handshake-close: must be a severity, as in "off", or an object { "severity", "options" }, not 2',
  ],
  [setting(['error', {}]), 'rules.handshake-close: must be a severity, as in "off", or an object'],
  [setting({ severity: 'bad' }), 'rules.handshake-close.severity: "bad" is not known'],
  [setting({ sevrity: 'off' }), 'rules.handshake-close.sevrity: unknown key, did you mean "severity"?'],
  [
    { rules: { [WITHOUT_OPTIONS]: { options: { x: 1 } } } },
    `rules.${WITHOUT_OPTIONS}.options.x: ${WITHOUT_OPTIONS} has no options`,
  ],
  [
    options({ [`${OPTION}x`]: 1 }),
    `.options.${OPTION}x: no such option, did you mean "${OPTION}"? ${RULE_WITH_OPTIONS.id} has ${OPTION} (`,
  ],
  [options({ [OPTION]: -1 }), `.options.${OPTION}: must be a`],
  [options({ [OPTION]: '5' }), `from 0 up, as in ${RULE_WITH_OPTIONS.options[OPTION]!.default}, not "5"`],
];

describe('checkConfig', () => {
  it('turns keys into settings', () => {
    const rules = { 'handshake-close': 'off', 'abnormal-closure': { severity: 'info' } };
    expect(check({ $schema: 'x', window: 5, ports: [80], failOn: 'error', format: 'json', rules })).toEqual({
      windowMs: 5,
      ports: [80],
      failOn: 'error',
      format: 'json',
      rules: { 'handshake-close': { severity: 'off' }, 'abnormal-closure': { severity: 'info' } },
    });
  });

  it.each(WRONG)('%j is wrong', (value, message) => {
    const text = messageFor(value);
    expect(text).toMatch(/^wscap\.config\.json: [^\n]+$/);
    expect(text).toContain(message);
  });

  it('shows what only a module can hold', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(messageFor({ window: circular })).toContain('not an object');
    expect(messageFor({ window: () => 1 })).toContain('not a function');
    expect(messageFor({ window: NaN })).toContain('not NaN');
    expect(messageFor({ window: 5n })).toContain('not 5n');
    expect(messageFor({ window: Infinity })).toContain('not Infinity');
    expect(messageFor({ format: 'x'.repeat(1000) }).length).toBeLessThan(150);
  });

  it('takes the default of every option', () => {
    for (const { id, options: specs } of ALL_RULES) {
      const values = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
      const { rules } = check({ rules: { [id]: { options: values } } });
      expect(rules).toEqual({ [id]: { options: values } });
    }
  });
});

describe('docs/config.schema.json', () => {
  const validate = new Ajv({ strict: true }).compile(configSchema());

  it('is what the rules say now; otherwise: npm run schema', () => {
    const published: unknown = JSON.parse(readFileSync('docs/config.schema.json', 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(configSchema())));
  });

  it.each(RIGHT.map((value) => [value]))('accepts %j, as the program does', (value) => {
    expect(() => check(value)).not.toThrow();
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(WRONG)('refuses %j, as the program does', (value) => {
    expect(validate(value)).toBe(false);
  });

  it('describes every rule, and every option with its default', () => {
    const { properties } = configSchema() as {
      properties: { rules: { properties: Record<string, { description: string; anyOf: unknown[] }> } };
    };
    for (const { id, title, options: specs } of ALL_RULES) {
      const rule = properties.rules.properties[id]!;
      expect(rule.description).toContain(title);
      for (const [name, { description, default: value }] of Object.entries(specs)) {
        expect(rule.anyOf[1]).toMatchObject({
          properties: {
            options: {
              properties: {
                [name]: { default: value, description: expect.stringContaining(description) as string },
              },
            },
          },
        });
      }
    }
  });
});
