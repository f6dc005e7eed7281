import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { wscap } from './run-wscap.ts';

const RECONNECTS = resolve('fixtures/founding/swoole-reconnects.pcap');

function typesOf(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
}

it('prints a line for each connection, then one for the rest', async () => {
  const { code, stdout, stderr } = await wscap(['analyze', RECONNECTS, '-f', 'ndjson']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(typesOf(stdout)).toEqual(['connection', 'connection', 'connection', 'connection', 'report']);
});

it('writes a file that is named after it, and nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wscap-ndjson-'));
  try {
    const file = join(folder, 'report.ndjson');
    const { code, stdout } = await wscap(['analyze', RECONNECTS, '-o', file, '--fail-on', 'error']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(typesOf(await readFile(file, 'utf8'))).toHaveLength(5);
    expect(await readdir(folder)).toEqual(['report.ndjson']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('says the same when other formats are written too', async () => {
  const alone = await wscap(['analyze', RECONNECTS, '-f', 'ndjson']);
  const folder = await mkdtemp(join(tmpdir(), 'wscap-ndjson-'));
  try {
    const json = join(folder, 'report.json');
    const both = await wscap(['analyze', RECONNECTS, '-f', 'ndjson', '-o', '-', '-o', json]);
    expect(both.stdout).toBe(alone.stdout);
    expect(await readdir(folder)).toEqual(['report.json']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('leaves no file behind where the capture can not be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wscap-ndjson-'));
  try {
    const { code } = await wscap(['analyze', resolve('package.json'), '-o', join(folder, 'report.ndjson')]);
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
