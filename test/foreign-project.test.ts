/**
 * The library in somebody else's project: packed, installed, used from an ES module, from CommonJS and from TypeScript, with
 * the matchers in a test suite of their own. Every example of the documentation is compiled and run here.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from './helpers/captures.ts';
import {
  borrow,
  createForeignProject,
  INSTALL_TIMEOUT_MS,
  type ForeignProject,
} from './helpers/foreign-project.ts';

/** Beside all other tests on two cores. */
const COMPILE_TIMEOUT_MS = 90_000;
const GOOD = join(REPOSITORY, 'fixtures/diff/production.pcap');
const BAD = join(REPOSITORY, 'fixtures/diff/beta.pcap');

let project: ForeignProject;

function examples(page: string, language: string): string[] {
  const text = readFileSync(join(REPOSITORY, 'docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map((match) => match[1]!);
}

const LIBRARY_EXAMPLES = examples('library.md', 'ts');
const MATCHER_EXAMPLES = examples('vitest.md', 'ts');

beforeAll(() => {
  project = createForeignProject();
  const { directory, write } = project;
  for (const name of ['typescript', '@types/node', 'vitest']) borrow(directory, name);
  mkdirSync(join(directory, 'captures'));
  copyFileSync(BAD, join(directory, 'dump.pcap'));
  copyFileSync(GOOD, join(directory, 'prod.pcap'));
  copyFileSync(BAD, join(directory, 'beta.pcap'));
  copyFileSync(GOOD, join(directory, 'captures/beta.pcap'));
  copyFileSync(BAD, join(directory, 'captures/broken.pcap'));
  LIBRARY_EXAMPLES.forEach((text, i) => {
    write(`src/example-${i}.ts`, text);
  });
  MATCHER_EXAMPLES.forEach((text, i) => {
    write(`src/matchers-${i}.test.ts`, text);
  });
  write(
    'src/common.cts',
    `import wscap = require('wscap');\nimport reporters = require('wscap/reporters');\nvoid wscap.analyze('dump.pcap').then((report) => console.log(reporters.formatTable(report).length > 0));\n`,
  );
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        strict: true,
        exactOptionalPropertyTypes: true,
        // The declarations of the package are checked too, those of vitest are not.
        skipLibCheck: false,
        types: ['node'],
        outDir: 'out',
        rootDir: 'src',
      },
      include: ['src'],
      exclude: ['src/*.test.ts'],
    }),
  );
}, INSTALL_TIMEOUT_MS + 15_000);

afterAll(() => {
  rmSync(project.directory, { recursive: true });
});

function run(program: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], {
    cwd: project.directory,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

describe('in somebody else’s project', () => {
  it(
    'the examples of docs/library.md compile and run, and require works',
    () => {
      expect(LIBRARY_EXAMPLES.length).toBeGreaterThan(5);
      const tsc = run('node_modules/typescript/bin/tsc');
      expect(tsc.stdout).toBe('');
      for (const i of LIBRARY_EXAMPLES.keys()) {
        const { status, stderr, stdout } = run(`out/example-${i}.js`);
        expect({ status, stderr }, LIBRARY_EXAMPLES[i]).toEqual({ status: 0, stderr: '' });
        expect(stdout, LIBRARY_EXAMPLES[i]).not.toBe('');
      }
      expect(run('out/common.cjs').stdout).toBe('true\n');
    },
    COMPILE_TIMEOUT_MS,
  );

  it('the example for CommonJS runs', () => {
    const [text] = examples('library.md', 'js');
    project.write('common.cjs', text!);
    expect(run('common.cjs')).toMatchObject({ status: 0, stdout: '2\n' });
  });

  it(
    'the examples of docs/vitest.md compile, hold, and fail with a message',
    () => {
      expect(MATCHER_EXAMPLES.length).toBeGreaterThan(1);
      project.write(
        'src/wrong.test.ts',
        `import { expect, test } from 'vitest';
import 'wscap/vitest';
test('fails', async () => {
  // @ts-expect-error a code is a number
  expect('x').toCloseWith('1000').catch(() => undefined);
  await expect('captures/broken.pcap').toCloseWith(1000);
});
`,
      );
      project.write(
        'tsconfig.test.json',
        JSON.stringify({
          extends: './tsconfig.json',
          compilerOptions: { noEmit: true, skipLibCheck: true },
          include: ['src'],
          exclude: [],
        }),
      );
      expect(run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json').stdout).toBe('');
      const { stdout, stderr } = run('node_modules/vitest/vitest.mjs', 'run', '--reporter=json', 'src');
      const outcome = JSON.parse(stdout) as {
        numPassedTests: number;
        testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
      };
      const results = outcome.testResults.flatMap(({ assertionResults }) => assertionResults);
      expect(outcome.numPassedTests, stderr).toBe(MATCHER_EXAMPLES.length);
      const failed = results.filter(({ status }) => status !== 'passed');
      expect(failed.map(({ title }) => title)).toEqual(['fails']);
      expect(failed[0]!.failureMessages[0]).toContain(
        'expected broken.pcap to close with 1000, but\n  connection 0 (/chat): handshake-close by the server',
      );
    },
    COMPILE_TIMEOUT_MS,
  );

  it('the command line compares as its documentation says', () => {
    const { status, stdout } = run('node_modules/.bin/wscap', 'diff', 'prod.pcap', 'beta.pcap');
    expect(status).toBe(1);
    expect(stdout).toContain('handshake-close');
  });
});

describe('the package as a thing to install', () => {
  it('is as publint wants it', async () => {
    const pkgDir = join(project.directory, 'node_modules/wscap');
    const { messages, pkg } = (await publint({ pkgDir, strict: true, pack: false })) as Awaited<
      ReturnType<typeof publint>
    > & { pkg: Record<string, unknown> };
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are right, wherever they are resolved', async () => {
    const tarball = readFileSync(join(project.directory, project.packed.filename));
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), {
      // Schemas have no types, and need none.
      excludeEntrypoints: [/\.json$/],
    });
    if (!('problems' in analysis)) throw new Error('the package has no types');
    // The package is an ES module. So resolution from before `exports` finds nothing, and require gets the ES module
    // itself; the tool reports both.
    const expected = ['NoResolution', 'CJSResolvesToESM'];
    const problems = analysis.problems.filter(
      (problem) =>
        !expected.includes(problem.kind) ||
        !('resolutionKind' in problem && /node10|node16-cjs/.test(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });
});
