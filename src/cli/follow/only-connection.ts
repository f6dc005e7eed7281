/** Which connection is meant where none was named: the only WebSocket of the capture. */
import { analyze } from '../../analyze.ts';
import type { ReportOptions } from '../../report/model.ts';
import { UsageError } from '../usage-error.ts';

/** Ids named in the message; more are counted. */
const MAX_NAMED = 12;

export async function findOnlyConnection(
  captures: readonly string[],
  options: { readonly ports: readonly number[]; readonly reader: ReportOptions['reader'] },
): Promise<number> {
  if (captures.includes('-')) {
    throw new UsageError('standard input is read only once: say which connection, as in -c 0', 'follow');
  }
  const { connections } = await analyze(captures, options);
  const ids = connections.filter(({ opening }) => opening !== null).map(({ id }) => id);
  const [only] = ids;
  if (only === undefined) throw new UsageError('the capture holds no WebSocket connection', 'follow');
  if (ids.length === 1) return only;
  const named = ids.slice(0, MAX_NAMED).join(', ');
  const more = ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : '';
  throw new UsageError(
    `the capture holds ${ids.length} WebSocket connections (${named}${more}): choose one with -c N`,
    'follow',
  );
}
