/** What `wscap diff` writes where: the endings of analyze, as far as diff has their formats. */
import type { OutputTarget } from '../output-plan.ts';
import { planOutputs, refuseUnknownEndings } from '../output-plan.ts';
import { UsageError } from '../usage-error.ts';
import { DIFF_FORMATS, type DiffFormat } from './diff-request.ts';

export interface DiffTarget {
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly format: DiffFormat;
}

export function planDiffOutputs(
  paths: readonly (string | undefined)[],
  asked: DiffFormat | undefined,
  cwd: string,
): DiffTarget[] {
  refuseUnknownEndings(paths, asked, 'diff');
  return planOutputs(paths, asked, asked ?? 'table', cwd, 'diff').map(asDiffTarget);
}

function asDiffTarget({ path, format }: OutputTarget): DiffTarget {
  const known = DIFF_FORMATS.find((each) => each === format);
  if (known !== undefined) return { path, format: known };
  throw new UsageError(
    `--output ${path ?? '-'} has an ending that means ${format}, which diff does not write: it writes ${DIFF_FORMATS.join(', ')}`,
    'diff',
  );
}
