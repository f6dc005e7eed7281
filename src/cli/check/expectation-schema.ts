/**
 * The JSON Schema of an expectation file, for editors: docs/expectation.schema.json is made from it (`npm run
 * schema`). The checks of parse-expectation.ts say the same in words; a test compares the two.
 */
import { EXPECTATION_SCHEMA, type Expectation, type ExpectedConnection } from '../../check/expectation.ts';
import { ALL_RULES } from '../../rules/index.ts';
import { VERDICTS } from '../../basics/verdict.ts';
import { ASSERTABLE, MAX_CONNECTIONS, SEVERITIES } from './parse-expectation.ts';

type Schema = Readonly<Record<string, unknown>>;

export function expectationSchema(): Schema {
  const properties: Readonly<Record<keyof Expectation, Schema>> = {
    $schema: { type: 'string', description: 'The address of this schema, for editors.' },
    schema: { const: EXPECTATION_SCHEMA },
    connections: {
      type: 'array',
      maxItems: MAX_CONNECTIONS,
      items: connectionSchema(),
      description: 'All connections of the report, in any order; saved by wscap check -u.',
    },
    anomalies: {
      $ref: '#/definitions/severities',
      description: 'Findings over the whole capture; saved by wscap check -u.',
    },
    expect: {
      $ref: '#/definitions/assertions',
      description: 'Assertions on the whole capture, written by hand.',
    },
    hosts: {
      $ref: '#/definitions/hosts',
      description: 'Assertions by host; * stands for any characters.',
    },
    paths: {
      $ref: '#/definitions/paths',
      description: 'Assertions by path, as in "/chat"; * stands for any characters.',
    },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'wscap expectation',
    description: 'What is expected of a capture: dump.pcap.wscap.json beside dump.pcap (docs/check.md).',
    ...closedObject(properties),
    anyOf: [
      ...['connections', 'anomalies'].map((key) => ({ required: [key] })),
      ...['expect', 'hosts', 'paths'].map((key) => ({
        required: [key],
        properties: { [key]: { type: 'object', minProperties: 1 } },
      })),
    ],
    definitions: definitions(),
  };
}

function connectionSchema(): Schema {
  const properties: Readonly<Record<keyof ExpectedConnection, Schema>> = {
    target: { type: ['string', 'null'], description: 'Host and path; null: the request was not captured.' },
    times: { type: 'integer', minimum: 1, default: 1, description: 'How many connections look like this.' },
    verdict: { enum: VERDICTS },
    upgrade: {
      type: 'string',
      description: '"101", "101, subprotocol chat", "403", "no answer", "not captured".',
    },
    closed: {
      type: 'string',
      description: '"client Close 1000, answered", "server FIN right after the 101", "still open".',
    },
    messages: {
      ...closedObject({ client: { $ref: '#/definitions/bound' }, server: { $ref: '#/definitions/bound' } }),
      description: 'Whole messages that each side sent.',
    },
    anomalies: { $ref: '#/definitions/severities' },
  };
  return { ...closedObject(properties), description: 'Fields that are missing are not compared.' };
}

function definitions(): Schema {
  const count = { type: 'integer', minimum: 0 };
  return {
    bound: {
      description: 'A count, or its bounds.',
      anyOf: [count, { ...closedObject({ min: count, max: count }), minProperties: 1 }],
    },
    severities: {
      ...closedObject(Object.fromEntries(ALL_RULES.map(({ id, title }) => [id, severitySchema(title)]))),
      description: 'Rules that found something, with their worst severity; severity info is not compared.',
    },
    assertions: {
      ...closedObject(Object.fromEntries(ASSERTABLE.map((name) => [name, { $ref: '#/definitions/bound' }]))),
      description: 'How many connections have a verdict, or a finding of a rule.',
    },
    hosts: scopes(HOST_PATTERN),
    paths: scopes(PATH_PATTERN),
  };
}

/** No address, no port, no path, in lower case. */
const HOST_PATTERN = String.raw`^(?!(\[.*\]|\d{1,3}(\.\d{1,3}){3})$)(?!.*:\d+$)[^/A-Z]*$`;
/** Without its query. */
const PATH_PATTERN = String.raw`^[/*][^?]*$`;

function scopes(pattern: string): Schema {
  return {
    type: 'object',
    propertyNames: { pattern },
    additionalProperties: { $ref: '#/definitions/assertions' },
  };
}

function severitySchema(title: string): Schema {
  return { enum: SEVERITIES, description: `${title}.` };
}

function closedObject(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, additionalProperties: false };
}
