/** The types of the library as its users see them: checked by the compiler (`npm run typecheck`), which compiles this file. */
import { Readable } from 'node:stream';
import { expectTypeOf, it } from 'vitest';
import {
  analyze,
  analyzeEach,
  compareReports,
  type AnalyzeInput,
  type ConnectionReport,
  type DiffReport,
  type Report,
  type ReportSummary,
  type Rule,
  type Verdict,
} from '../../src/index.ts';
import { formatHtml, formatTable, type Reporter } from '../../src/reporters.ts';

it('takes what can be read as bytes, and nothing else', () => {
  expectTypeOf<string>().toExtend<AnalyzeInput>();
  expectTypeOf<URL>().toExtend<AnalyzeInput>();
  expectTypeOf<Buffer>().toExtend<AnalyzeInput>();
  expectTypeOf<ArrayBuffer>().toExtend<AnalyzeInput>();
  expectTypeOf<Readable>().toExtend<AnalyzeInput>();
  expectTypeOf<ReadableStream<Uint8Array>>().toExtend<AnalyzeInput>();
  expectTypeOf<AsyncGenerator<Uint8Array>>().toExtend<AnalyzeInput>();
  expectTypeOf<readonly string[]>().toExtend<AnalyzeInput>();
  expectTypeOf<number>().not.toExtend<AnalyzeInput>();
  expectTypeOf<AsyncIterable<string>>().not.toExtend<AnalyzeInput>();
  expectTypeOf<undefined>().not.toExtend<AnalyzeInput>();
});

it('gives a report, or connections one by one', () => {
  expectTypeOf(analyze).returns.resolves.toEqualTypeOf<Report>();
  expectTypeOf(analyzeEach).returns.toExtend<AsyncIterable<ConnectionReport>>();
  expectTypeOf(analyzeEach).returns.toHaveProperty('summary').resolves.toEqualTypeOf<ReportSummary>();
  expectTypeOf<Report['connections'][number]['verdict']>().toEqualTypeOf<Verdict>();
  expectTypeOf(compareReports).returns.toEqualTypeOf<DiffReport>();
});

it('takes rules whose check sees a connection', () => {
  const rule = { id: 'x', check: (connection: ConnectionReport) => ({ message: connection.verdict }) };
  expectTypeOf(rule).toExtend<Rule>();
  expectTypeOf<{ id: string; check: (connection: ConnectionReport) => string }>().not.toExtend<Rule>();
});

it('has formats that are reporters', () => {
  expectTypeOf(formatTable).toExtend<Reporter>();
  expectTypeOf(formatHtml).toExtend<Reporter>();
});
