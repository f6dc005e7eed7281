import { describe, expect, it } from 'vitest';
import { bytesToKeep, createPrinter } from '../../../src/cli/follow/printer.ts';
import type { FollowRequest } from '../../../src/cli/follow/follow-request.ts';
import { createTestIo } from '../../helpers/test-io.ts';
import { END, entryOf, START } from '../../report/sample-conversation.ts';

const REQUEST: FollowRequest = {
  captures: ['a.pcap'],
  connection: 3,
  from: undefined,
  limit: Infinity,
  time: 'relative',
  format: 'text',
  pretty: false,
  hex: false,
  maxBytes: undefined,
  ports: [],
  reader: 'wscap',
  color: false,
  ascii: false,
};

function printed(
  changes: Partial<FollowRequest>,
  entries = [entryOf('one'), entryOf('two')],
  end: typeof END | null = END,
): string {
  let output = '';
  const printer = createPrinter({ ...REQUEST, ...changes }, (text) => (output += text), createTestIo());
  printer.start(START);
  for (const entry of entries) printer.entry(entry);
  printer.end(end, entries.length);
  return output;
}

describe('text', () => {
  it('has a start, a line for each message, and an end', () => {
    expect(printed({})).toMatch(/^Connection 3 {2}[^]*\n.* one\n.* two\n\nServer FIN .*2 of them shown\n$/);
  });

  it('says where it was stopped', () => {
    expect(printed({}, undefined, null)).toMatch(/ two\n… stopped after 2 \(--limit\)\n$/);
  });

  it('cuts texts and, sooner, dumps', () => {
    const long = 'x'.repeat(5000);
    expect(printed({}, [entryOf(long)])).toContain('… 2,952 of 5,000 bytes not shown');
    expect(printed({}, [entryOf(long, { type: 'binary' })])).toContain('… 4,744 of 5,000 bytes not shown');
    expect(printed({ hex: true }, [entryOf(long)])).toContain('… 4,744 of 5,000 bytes not shown');
  });

  it('cuts both where it was told to', () => {
    const long = 'x'.repeat(5000);
    for (const type of ['text', 'binary'] as const) {
      expect(printed({ maxBytes: 4999 }, [entryOf(long, { type })])).toContain('… 1 of 5,000 bytes');
      expect(printed({ maxBytes: Infinity }, [entryOf(long, { type })])).not.toContain('not shown');
    }
  });

  it('indents JSON that is longer than the texts it shows, but cuts other texts', () => {
    const json = JSON.stringify({ text: 'y'.repeat(5000) });
    expect(printed({ pretty: true }, [entryOf(json)])).not.toContain('not shown');
    expect(printed({ pretty: true }, [entryOf('y'.repeat(5000))])).toContain('2,952 of 5,000');
  });
});

it('ndjson is messages and nothing else', () => {
  const lines = printed({ format: 'ndjson' }).split('\n');
  expect(lines.map((line) => (line === '' ? '' : (JSON.parse(line) as { text: string }).text))).toEqual([
    'one',
    'two',
    '',
  ]);
});

it('json is one object', () => {
  expect(JSON.parse(printed({ format: 'json' }))).toMatchObject({
    schema: 'wscap/follow@1',
    messages: [{ text: 'one' }, { text: 'two' }],
    end: END,
  });
});

it.each([
  [{}, 2048],
  [{ pretty: true }, 65_536],
  [{ format: 'json' }, 1_048_576],
  [{ format: 'ndjson', pretty: true }, 1_048_576],
  [{ format: 'ndjson', maxBytes: 7 }, 7],
] as const)('%j keeps %d bytes of each message', (changes, bytes) => {
  expect(bytesToKeep({ ...REQUEST, ...changes })).toBe(bytes);
});
