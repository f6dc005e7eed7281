/** `--reporter json`: the result as data, `wscap/check@1`. */
import { renderJson } from '../../report/json.ts';
import { totalsOf, type CheckResult } from '../result.ts';

export function printJson(result: CheckResult): Iterable<string> {
  const { version, options, captures, obsolete, unchecked } = result;
  return renderJson({
    schema: 'wscap/check@1',
    tool: { name: 'wscap', version },
    options,
    partial: unchecked > 0,
    totals: {
      captures: captures.length,
      ...totalsOf(result),
      obsolete: obsolete.length,
      unchecked,
    },
    captures,
    obsolete,
  });
}
