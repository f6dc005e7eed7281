/** The rule that was most likely meant by a name that none has: a misspelling, or a part of the name. */
import { ALL_RULES } from '../rules/index.ts';
import { closestTo } from './did-you-mean.ts';

export function nearestRule(name: string): string | undefined {
  const ids = ALL_RULES.map(({ id }) => id);
  const part = name.toLowerCase();
  return closestTo(name, ids) ?? (part.length > 2 ? ids.find((id) => id.includes(part)) : undefined);
}
