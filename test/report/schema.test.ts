import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { handshakeClose, sampleAcross, sampleConnection, sampleReport } from './sample-report.ts';

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  description?: string;
  items?: Schema;
  oneOf?: Schema[];
  $defs?: Record<string, Schema>;
  $ref?: string;
}

const schema = JSON.parse(readFileSync('docs/report.schema.json', 'utf8')) as Schema;

/** The published schema lets consumers meet new fields; here none may go undescribed. */
function closed(node: Schema): Schema {
  const copy: Schema = { ...node };
  if (copy.properties !== undefined) {
    copy.additionalProperties = false;
    copy.properties = mapValues(copy.properties);
  }
  if (copy.$defs !== undefined) copy.$defs = mapValues(copy.$defs);
  if (copy.items !== undefined) copy.items = closed(copy.items);
  if (copy.oneOf !== undefined) copy.oneOf = copy.oneOf.map(closed);
  return copy;
}

function mapValues(schemas: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([key, value]) => [key, closed(value)]));
}

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
const validate = ajv.compile(closed(schema));

function errorsOf(report: unknown): unknown {
  validate(report);
  return validate.errors ?? [];
}

/** Follows a value and its schema side by side and checks that keys come in the order of the schema. */
function expectOrder(value: unknown, node: Schema, path: string): void {
  const target = node.$ref === undefined ? node : schema.$defs![node.$ref.replace('#/$defs/', '')]!;
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      expectOrder(item, target.items ?? {}, `${path}[${i}]`);
    });
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const object = target.oneOf?.[0];
  if (object !== undefined) {
    expectOrder(value, object, path);
    return;
  }
  if (target.properties === undefined) return;
  const described = Object.keys(target.properties);
  const keys = Object.keys(value);
  expect(keys, path).toEqual(described.filter((key) => keys.includes(key)));
  for (const [key, child] of Object.entries(value))
    expectOrder(child, target.properties[key]!, `${path}.${key}`);
}

const captures = readdirSync('fixtures', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(pcap|pcapng)(\.gz)?$/.test(name))
  .sort()
  .map((name) => join('fixtures', name));

/** As a reader of the JSON gets it; null for a fixture that is unreadable on purpose. */
async function reportOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify(await analyze(path, { activity: true })));
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

describe('docs/report.schema.json', () => {
  it('describes a report with everything in it', () => {
    const loop = sampleAcross([0, 1], { rule: 'reconnect-loop' });
    const full = sampleConnection({
      heartbeat: { pings: 2, pongs: 2, intervalMs: 30_000, roundTripMs: { min: 1, median: 2, max: 3 } },
      timeline: [
        {
          at: '2024-05-01T10:00:00.123456000Z',
          packet: 4,
          from: 'client',
          event: 'request',
          offsetMs: 0.5,
          detail: 'GET /',
        },
        {
          at: '2024-05-01T10:00:00.123456000Z',
          packet: 9,
          from: 'server',
          event: 'frame',
          offsetMs: 0.5,
          opcode: 'close',
          length: 2,
          code: 1000,
        },
        {
          at: '2024-05-01T10:00:00.123456000Z',
          packet: 9,
          from: 'server',
          event: 'omitted',
          offsetMs: 0.5,
          count: 7,
        },
      ],
      notes: [{ code: 'gap', message: '12 bytes', packet: 3 }],
    });
    const report = sampleReport(
      [full, handshakeClose({ id: 1 }), sampleConnection({ upgrade: null, close: null })],
      {
        anomalies: [loop],
      },
    );
    expect(errorsOf(report)).toEqual([]);
  });

  it('describes an empty report', () => {
    expect(errorsOf(sampleReport([], { captures: [] }))).toEqual([]);
  });

  it('says a unit or a meaning for every field', () => {
    const undescribed: string[] = [];
    const walk = (node: Schema, path: string): void => {
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        if (child.description === undefined && child.$ref === undefined) undescribed.push(`${path}.${key}`);
        if (
          key.endsWith('Ms') &&
          child.oneOf === undefined &&
          !/milliseconds/i.test(child.description ?? '')
        ) {
          undescribed.push(`${path}.${key} has no unit`);
        }
        walk(child, `${path}.${key}`);
      }
      for (const [name, child] of Object.entries(node.$defs ?? {})) walk(child, name);
      for (const child of [...(node.oneOf ?? []), ...(node.items === undefined ? [] : [node.items])])
        walk(child, path);
    };
    walk(schema, 'report');
    expect(undescribed).toEqual([]);
  });

  it.each(captures)('describes the report of %s, keys in order', async (path) => {
    const report = await reportOf(path);
    if (report === null) return;
    expect(errorsOf(report)).toEqual([]);
    expectOrder(report, schema, 'report');
  });
});
