/** A connection's mark: the severity of its problem; otherwise whether it closed cleanly. */
import { isProblem, type RankedConnection } from '../connection-rank.ts';
import type { Mark } from './page-data.ts';

export function markOf(ranked: RankedConnection): Mark {
  if (isProblem(ranked)) return ranked.severity!;
  return ranked.connection.verdict === 'clean' ? 'clean' : 'neutral';
}
