/**
 * The JSON Schema of a config file, for editors: docs/config.schema.json is made from it (`npm run schema`).
 * The checks of check-config.ts say the same in words; a test compares the two.
 */
import { ALL_RULES } from '../../rules/index.ts';
import { DEFAULT_WINDOW_MS } from '../../judgement/settings.ts';
import type { RuleMeta, RuleOptionSpec } from '../../judgement/rule.ts';
import { FORMATS, LEVELS, SETTINGS } from '../choices.ts';
import { HIGHEST_PORT } from '../option-values.ts';
import type { CONFIG_KEYS } from './check-config.ts';
import { isWhole } from './check-rules.ts';

type Schema = Readonly<Record<string, unknown>>;

const UNITS: Readonly<Record<RuleOptionSpec['unit'], string>> = {
  ms: 'Milliseconds',
  count: 'A count',
  percent: 'Percent',
};

export function configSchema(): Schema {
  const properties: Readonly<Record<(typeof CONFIG_KEYS)[number], Schema>> = {
    $schema: { type: 'string', description: 'The address of this schema, for editors.' },
    window: {
      type: 'number',
      minimum: 0,
      default: DEFAULT_WINDOW_MS,
      description: 'Milliseconds after the 101 in which a close is a handshake-close.',
    },
    ports: {
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: HIGHEST_PORT },
      default: [],
      description: 'Server ports of WebSockets whose handshake is not in the capture.',
    },
    keylog: {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string', minLength: 1 } },
      ],
      description: 'Key logs (SSLKEYLOGFILE) of TLS connections, by names relative to this file.',
    },
    failOn: {
      enum: LEVELS,
      default: 'never',
      description: 'The exit code is 1 on findings of this severity or worse.',
    },
    format: { enum: FORMATS, default: 'table', description: 'How to print the report.' },
    rules: {
      ...closedObject(Object.fromEntries(ALL_RULES.map((rule) => [rule.id, ruleSchema(rule)]))),
      description: 'Severities and options of rules, by the id of the rule.',
    },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'wscap configuration',
    description: 'wscap.config.json, or the key "wscap" of a package.json. Options on the command line win.',
    ...closedObject(properties),
    definitions: {
      severity: {
        enum: SETTINGS,
        description: 'The severity of its most severe findings; off: not reported.',
      },
    },
  };
}

function ruleSchema({ title, severity, spec, options }: RuleMeta): Schema {
  return {
    description: `${title}. Severity: ${severity}. Rests on ${spec}.`,
    default: severity,
    anyOf: [
      { $ref: '#/definitions/severity' },
      closedObject({
        severity: { $ref: '#/definitions/severity' },
        options: closedObject(
          Object.fromEntries(Object.entries(options).map(([name, option]) => [name, optionSchema(option)])),
        ),
      }),
    ],
  };
}

function optionSchema(option: RuleOptionSpec): Schema {
  return {
    type: isWhole(option) ? 'integer' : 'number',
    minimum: 0,
    default: option.default,
    description: `${UNITS[option.unit]}: ${option.description}.`,
  };
}

function closedObject(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, additionalProperties: false };
}
