/** The public library API. */
export type * from './report/model.ts';
export { analyze } from './analyze.ts';
export type { AnalyzeOptions } from './analyze.ts';
export { CaptureError } from './capture/capture-error.ts';
