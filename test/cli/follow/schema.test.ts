/** docs/follow.schema.json against what the program's parts print. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createTestIo } from '../../helpers/test-io.ts';
import { createPrinter } from '../../../src/cli/follow/printer.ts';
import { follow } from '../../../src/follow.ts';

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: boolean;
  description?: string;
  items?: Schema;
  oneOf?: Schema[];
  $defs?: Record<string, Schema>;
  $ref?: string;
}

const schema = JSON.parse(readFileSync('docs/follow.schema.json', 'utf8')) as Schema;
const objects = [schema, ...Object.values(schema.$defs!), schema.properties!['tool']!];
// The published schema lets readers meet new fields; here none may go undescribed.
const closed = structuredClone(schema);
for (const node of [closed, ...Object.values(closed.$defs!), closed.properties!['tool']!]) {
  node.additionalProperties = false;
}
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(closed);

async function printed(name: string, format: 'json' | 'ndjson', maxBytes?: number): Promise<string> {
  let output = '';
  const printer = createPrinter(
    {
      captures: [],
      connection: 0,
      from: undefined,
      limit: Infinity,
      time: 'relative',
      format,
      pretty: false,
      hex: false,
      maxBytes,
      ports: [],
      reader: 'wscap',
      color: false,
      ascii: false,
    },
    (text) => (output += text),
    createTestIo(),
  );
  const options = { connection: 0, maxBytes: maxBytes ?? 4096 };
  const end = await follow([`fixtures/${name}.pcap`], options, printer);
  expect(end).not.toBeNull();
  printer.end(end, 0);
  return output;
}

/** Keys come in the order of the schema. */
function expectOrder(value: unknown, node: Schema): void {
  if (Array.isArray(value)) {
    for (const item of value) expectOrder(item, node.items!);
    return;
  }
  const target = node.oneOf?.[0] ?? node;
  const object = target.$ref === undefined ? target : schema.$defs![target.$ref.replace('#/$defs/', '')]!;
  if (value === null || typeof value !== 'object') return;
  const keys = Object.keys(value);
  expect(keys).toEqual(Object.keys(object.properties!).filter((key) => keys.includes(key)));
  for (const [key, child] of Object.entries(value)) expectOrder(child, object.properties![key]!);
}

const FIXTURES = [
  'abnormal/server-killed',
  'clean/fragments-with-ping',
  'clean/still-open',
  'clean/text-binary-ping',
  'close-frame-invalid/near-miss-no-code',
  'close-frame-invalid/one-byte',
  'deflate-error/corrupt',
  'deflate/client-drops-context-websockets',
  'formats/rotated-1',
  'handshake-close/reset-linger',
  'invalid-utf8/binary-sent-as-text',
  'invalid-utf8/close-reason',
  'tcp/gap-in-frames',
  'tcp/gap-in-payload',
  'tcp/mid-stream-frames-only',
];

describe('docs/follow.schema.json', () => {
  it.each(FIXTURES)('describes the conversation of %s, keys in order', async (name) => {
    const conversation: unknown = JSON.parse(await printed(name, 'json'));
    validate(conversation);
    expect(validate.errors ?? []).toEqual([]);
    expectOrder(conversation, schema);
  });

  it('describes what was cut', async () => {
    const conversation = JSON.parse(await printed('clean/text-binary-ping', 'json', 2)) as {
      messages: object[];
    };
    validate(conversation);
    expect(validate.errors ?? []).toEqual([]);
    expect(conversation.messages[0]).toMatchObject({ bytes: 5, text: 'he', cut: true });
    expect(conversation.messages[2]).toMatchObject({ bytes: 8, base64: 'AAE=', cut: true });
  });

  it('describes each line of ndjson as a message', async () => {
    const whole = JSON.parse(await printed('clean/text-binary-ping', 'json')) as { messages: object[] };
    const lines = (await printed('clean/text-binary-ping', 'ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(whole.messages);
  });

  it('says a meaning for every field', () => {
    const undescribed = objects.flatMap(({ properties = {} }) =>
      Object.entries(properties)
        .filter(
          ([key, { description = '' }]) =>
            description === '' || (key.endsWith('Ms') && !/milliseconds/i.test(description)),
        )
        .map(([key]) => key),
    );
    expect(undescribed).toEqual([]);
  });
});
