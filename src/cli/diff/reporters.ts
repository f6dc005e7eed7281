/** From a comparison to the text of an output. Each format, and what redacts, is loaded only when it is needed. */
import type { DiffReport } from '../../compare/model.ts';
import type { Report } from '../../report/model.ts';
import { lookOf } from '../color-support.ts';
import type { Io } from '../io.ts';
import type { DiffTarget } from './plan.ts';
import type { DiffRequest } from './diff-request.ts';

export function createDiffReporter(
  diff: DiffReport,
  reports: readonly [Report, Report],
  request: DiffRequest,
  io: Io,
): (target: DiffTarget) => Promise<Iterable<string>> {
  return async ({ format, path }) => {
    const secrets = request.redact ?? format === 'markdown';
    const addresses = request.anonymizeAddresses;
    const key = request.redactKey === undefined ? null : new TextEncoder().encode(request.redactKey);
    let shown = diff;
    if (secrets || addresses) {
      const { redactDiff } = await import('../../compare/redact-diff.ts');
      shown = redactDiff(diff, reports, { secrets, addresses, key });
    }
    switch (format) {
      case 'json': {
        const { renderJson } = await import('../../report/json.ts');
        return renderJson(shown);
      }
      case 'markdown': {
        const { renderDiffMarkdown } = await import('../../compare/print/markdown.ts');
        return [renderDiffMarkdown(shown, { maxLength: request.maxLength })];
      }
      case 'table': {
        const { renderDiffTable } = await import('../../compare/print/table.ts');
        return [renderDiffTable(shown, { ...lookOf(path, request, io), all: request.all })];
      }
    }
  };
}
