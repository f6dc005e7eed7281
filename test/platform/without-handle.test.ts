/** A Node whose private zlib handle is gone, or has changed: pako inflates, and nobody notices. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { FIXTURES } from '../helpers/captures.ts';

const FOLDERS = ['deflate', 'deflate-error', 'reserved-bits', 'clean'];
const captures = FOLDERS.flatMap((folder) =>
  readdirSync(join(FIXTURES, folder))
    .filter((name) => /\.pcap(?:ng)?$/.test(name))
    .map((name) => join(FIXTURES, folder, name)),
);

const getBuiltinModule = process.getBuiltinModule.bind(process);
const zlib = getBuiltinModule('node:zlib');
type Handle = Record<'init' | 'writeSync' | 'reset', (...parameters: unknown[]) => unknown>;
const handle = (zlib.createInflateRaw() as unknown as { readonly _handle: Handle })._handle;
const prototype = Object.getPrototypeOf(handle) as Handle;
const { init, writeSync, reset } = prototype;

/** A zlib module in which something is replaced. */
function pretend(changed: object): void {
  vi.spyOn(process, 'getBuiltinModule').mockImplementation((name: string) =>
    name === 'node:zlib' ? { ...zlib, ...changed } : getBuiltinModule(name),
  );
}

interface Modules {
  readonly isPako: boolean;
  reports(paths: readonly string[]): Promise<Report[]>;
}

/** Loaded again: the code that inflates is chosen only once in a process. */
async function load(): Promise<Modules> {
  vi.resetModules();
  const { openRawInflate } = await import('../../src/platform/node/raw-inflate.ts');
  const { openRawInflate: openPako } = await import('../../src/platform/web/raw-inflate.ts');
  return {
    isPako: openRawInflate(15).constructor.name === openPako(15).constructor.name,
    reports: async (paths) => {
      const { analyze } = await import('../../src/analyze.ts');
      return Promise.all(paths.map((path) => analyze(path)));
    },
  };
}

const nothing = (): void => undefined;

describe.each<[string, () => void]>([
  [
    'is gone',
    () => {
      pretend({ createInflateRaw: () => ({}) });
    },
  ],
  [
    'has no synchronous write',
    () => {
      Object.assign(prototype, { writeSync: undefined });
    },
  ],
  [
    'is called with one parameter more',
    () => {
      prototype.init = function (this: Handle, ...parameters): unknown {
        return init.apply(this, parameters.slice(0, 7));
      };
      pretend({
        createInflateRaw: (...parameters: Parameters<typeof zlib.createInflateRaw>) => {
          const before = prototype.init;
          prototype.init = function (this: Handle, ...all): unknown {
            return before.apply(this, [...all, 'new']);
          };
          const stream = zlib.createInflateRaw(...parameters);
          prototype.init = before;
          return stream;
        },
      });
    },
  ],
  [
    'writes, but elsewhere',
    () => {
      prototype.writeSync = function (
        this: Handle,
        flush,
        input,
        at,
        length,
        output,
        outputAt,
        room,
      ): unknown {
        const other = new Uint8Array((output as Uint8Array).length);
        return writeSync.call(this, flush, input, at, length, other, outputAt, room);
      };
    },
  ],
  [
    'forgets nothing by a reset',
    () => {
      prototype.reset = nothing;
    },
  ],
  [
    'takes no dictionary',
    () => {
      prototype.init = function (this: Handle, ...parameters): unknown {
        return init.apply(this, parameters.with(6, undefined));
      };
    },
  ],
  [
    'tells of no error',
    () => {
      Object.defineProperty(prototype, 'onerror', { get: () => nothing, set: nothing, configurable: true });
    },
  ],
])('where the handle %s', (_, change) => {
  beforeEach(change);
  afterEach(() => {
    vi.restoreAllMocks();
    Object.assign(prototype, { init, writeSync, reset });
    Reflect.deleteProperty(prototype, 'onerror');
  });

  test('pako inflates', async () => {
    const { isPako } = await load();
    expect(isPako).toBe(true);
  });
});

test('with pako the reports of compressed messages are the same', async () => {
  const usual = await load();
  expect(usual.isPako).toBe(false);
  const expected = await usual.reports(captures);
  pretend({ createInflateRaw: () => ({}) });
  const fallback = await load();
  expect(fallback.isPako).toBe(true);
  const reports = await fallback.reports(captures);
  vi.restoreAllMocks();
  expect(reports).toEqual(expected);
  const anomalies = reports.flatMap(({ connections }) => connections.flatMap((each) => each.anomalies));
  expect(anomalies.map(({ message }) => message).join('\n')).toContain('invalid distance too far back');
}, 60_000);
