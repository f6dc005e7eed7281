import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCaptures } from '../../src/cli/check/find-captures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-parts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(...names: readonly string[]): void {
  for (const name of names) writeFileSync(join(folder, name), '');
}

async function found(...operands: readonly string[]): Promise<string[][]> {
  const { captures } = await findCaptures(operands, folder);
  return captures.map(({ path, parts }) => (parts ?? [path]).map((each) => basename(each)));
}

describe('the first file of a rotated capture brings the others', () => {
  test.each([
    [['dump.pcap', 'dump.pcap1', 'dump.pcap2']],
    [['dump.pcap0.gz', 'dump.pcap1.gz']],
    [['d_00001_20260101120000.pcapng', 'd_00002_20260101120100.pcapng']],
    [['d-20260101-235900.pcap', 'd-20260102-000000.pcap', 'd-20260102-000100.pcap']],
    [['2026-01-01_10:00:00.pcap', '2026-01-01_11:00:00.pcap', '2026-01-01_12:00:00.pcap']],
  ])('%j', async (names) => {
    put(...names, 'other.pcap');
    expect(await found(names[0]!)).toEqual([names]);
    expect(await found('.')).toContainEqual(names);
  });

  test('up to one that is missing, or has an expectation of its own', async () => {
    put('a.pcap', 'a.pcap1', 'a.pcap3', 'b.pcap', 'b.pcap1', 'b.pcap2', 'b.pcap2.wscap.json');
    expect(await found('a.pcap', 'b.pcap')).toEqual([
      ['a.pcap', 'a.pcap1'],
      ['b.pcap', 'b.pcap1'],
    ]);
  });

  test('a later file that is named stays alone', async () => {
    put('dump.pcap', 'dump.pcap1', 'dump.pcap2');
    expect(await found('dump.pcap1')).toEqual([['dump.pcap1']]);
  });
});

describe('times in names make no parts', () => {
  test.each([
    [['d-20260101-100000.pcap', 'd-20260101-110000.pcap']],
    [['d-20260101-100000.pcap', 'd-20260101-110000.pcap', 'd-20260101-113000.pcap']],
    [['d-20260101.pcap', 'd-20260102.pcap', 'd-20260103.pcap']],
  ])('of few files, at unequal steps, or without a time of day: %j', async (names) => {
    put(...names);
    expect(await found(names[0]!)).toEqual([[names[0]!]]);
    expect(await found('.')).toEqual(names.map((name) => [name]));
  });
});
