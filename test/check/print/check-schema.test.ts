import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printJson } from '../../../src/check/print/print-json.ts';
import { BROKEN, CLEAN, wscap } from '../../cli/run-wscap.ts';

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  $defs?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  description?: string;
  $ref?: string;
}

const schema = JSON.parse(readFileSync('docs/check.schema.json', 'utf8')) as Schema;

/** Consumers may meet new fields; here none may go undescribed. */
function closed(node: Schema): Schema {
  const mapped = (nodes: Record<string, Schema>) =>
    Object.fromEntries(Object.entries(nodes).map(([name, child]) => [name, closed(child)]));
  return {
    ...node,
    ...(node.properties === undefined
      ? {}
      : { properties: mapped(node.properties), additionalProperties: false }),
    ...(node.$defs === undefined ? {} : { $defs: mapped(node.$defs) }),
    ...(node.items === undefined ? {} : { items: closed(node.items) }),
  };
}

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  closed(schema),
);
const errorsOf = (json: string): unknown => {
  validate(JSON.parse(json));
  return validate.errors ?? [];
};

describe('docs/check.schema.json', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wscap-check-schema-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const inside = (name: string) => join(folder, name);
  const check = async (args: readonly string[] = [], env: Record<string, string> = {}) =>
    (await wscap(['check', '.', '--reporter', 'json', ...args], { cwd: folder, env })).stdout;

  it('describes what is printed, whatever a capture came to', async () => {
    cpSync(CLEAN, inside('a.pcap'));
    cpSync(CLEAN, inside('b.pcap'));
    writeFileSync(inside('damaged.pcap'), 'no capture');
    const outputs = [
      await check([], { CI: 'true' }),
      await check(['--window', '50', '--rule', 'slow-upgrade=error', '--port', '8080']),
    ];
    cpSync(BROKEN, inside('a.pcap'));
    rmSync(inside('b.pcap'));
    outputs.push(await check());
    outputs.push(await check(['-u']));
    outputs.push(await check());
    expect(outputs.map(errorsOf)).toEqual(outputs.map(() => []));
    const statuses = outputs.flatMap((json) =>
      (JSON.parse(json) as { captures: { status: string }[] }).captures.map(({ status }) => status),
    );
    const every = ['different', 'failed', 'missing', 'passed', 'updated', 'written'];
    expect([...new Set(statuses)].sort()).toEqual(every);
  });

  it('describes a run that was interrupted', () => {
    const partial = {
      version: '0.1.0',
      options: { windowMs: 100, reader: 'wscap', ports: [], rules: {} },
      captures: [],
      obsolete: [{ path: 'gone.pcap.wscap.json', removed: true }],
      unchecked: 3,
    } as const;
    expect(errorsOf([...printJson(partial)].join(''))).toEqual([]);
  });

  it('does not accept just anything', () => {
    expect(errorsOf('{"schema":"wscap/check@2"}')).not.toEqual([]);
  });

  it('describes every field', () => {
    const undescribed: string[] = [];
    const walk = (node: Schema, path: string): void => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if (child.description === undefined && child.$ref === undefined) undescribed.push(`${path}.${name}`);
        walk(child, `${path}.${name}`);
      }
      for (const [name, child] of Object.entries(node.$defs ?? {})) walk(child, name);
      if (node.items !== undefined) walk(node.items, path);
    };
    walk(schema, 'check');
    expect(undescribed).toEqual([]);
  });
});
