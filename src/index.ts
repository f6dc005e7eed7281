/** The public library API (docs/library.md). */
export type * from './report/model.ts';
export { analyze } from './library/analyze.ts';
export type { AnalyzeOptions } from './library/analyze.ts';
export { analyzeEach } from './library/analyze-each.ts';
export type { ConnectionStream } from './library/analyze-each.ts';
export type { AnalyzeInput, CapturePart } from './library/capture-input.ts';
export type { WebByteStream } from './library/byte-chunks.ts';
export { RuleError } from './library/rule.ts';
export { RuleFailure } from './judgement/rule-failure.ts';
export type { Rule, RuleFinding } from './library/rule.ts';
export { compareReports } from './compare/compare-reports.ts';
export type { CompareOptions } from './compare/compare-reports.ts';
export type {
  CaptureFinding,
  ConnectionReference,
  Difference,
  DiffOptions,
  DiffReport,
  DiffSide,
  Fact,
  NewFinding,
  NotCompared,
  Pair,
  PairedBy,
  PairStrategy,
  Section,
  Side,
  Unpaired,
} from './compare/model.ts';
export { CaptureError } from './capture/capture-error.ts';
