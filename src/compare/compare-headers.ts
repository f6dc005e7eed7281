/** Two lists of header lines, name by name: what one has and the other hasn't, what has another value. */
import type { HeaderLine } from '../report/model.ts';
import { headerNoise } from './header-noise.ts';
import type { Renaming } from './host-renaming.ts';
import type { Difference, Section } from './model.ts';

/** Said elsewhere: what was agreed on is compared as such, the accept is judged against its key. */
const ELSEWHERE: ReadonlySet<string> = new Set(['sec-websocket-protocol', 'sec-websocket-extensions']);
/** Lists of tokens that stand in any order and case (RFC 9110 §7.6.1, §7.8). */
const TOKEN_LISTS: ReadonlySet<string> = new Set(['connection', 'upgrade']);

export interface HeaderSide {
  readonly headers: readonly HeaderLine[];
  readonly packet: number | null;
}

export interface HeaderComparison {
  readonly differences: Difference[];
  /** Names of headers that both have with the same value, in the order of the good side. */
  readonly same: readonly string[];
}

/**
 * @param renaming what the hosts of the two sides are called
 * @param withNegotiation where the lines on subprotocols and extensions are compared here as well, as those of requests are
 */
export function compareHeaders(
  section: Section,
  good: HeaderSide,
  bad: HeaderSide,
  renaming: Renaming,
  withNegotiation: boolean,
): HeaderComparison {
  const [ours, theirs] = [valuesByName(good.headers), valuesByName(bad.headers)];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (name) => withNegotiation || !ELSEWHERE.has(name),
  );
  const differences: Difference[] = [];
  const same: string[] = [];
  for (const name of names) {
    const [value, other] = [ours.get(name) ?? null, theirs.get(name) ?? null];
    if (value !== null && other !== null && canonical(name, value) === canonical(name, other)) {
      same.push(name);
      continue;
    }
    differences.push({
      section,
      field: `header ${name}`,
      good: { value, packet: value === null ? null : good.packet },
      bad: { value: other, packet: other === null ? null : bad.packet },
      noise: noiseOf(name, value, other, renaming),
    });
  }
  differences.push(...caseAndOrder(section, good, bad, names));
  return { differences, same };
}

function noiseOf(name: string, good: string | null, bad: string | null, renaming: Renaming): string | null {
  if (good !== null && bad !== null) return headerNoise(name, good, bad, renaming);
  // That a line is missing says much, unless it is one that says only when.
  return name === 'date' || name === 'age' ? 'the time' : null;
}

/** Lines of the same name are one list (RFC 9110 §5.3). Cookies, which may not be joined, are separated so that they aren't. */
function valuesByName(headers: readonly HeaderLine[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of headers) {
    const key = name.toLowerCase();
    const before = values.get(key);
    const separator = key === 'set-cookie' ? '\n' : ', ';
    values.set(key, before === undefined ? value : before + separator + value);
  }
  return values;
}

function canonical(name: string, value: string): string {
  if (!TOKEN_LISTS.has(name)) return value;
  return value
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '')
    .sort()
    .join(',');
}

/** How names are written and in which order lines stand means nothing to HTTP. */
function caseAndOrder(
  section: Section,
  good: HeaderSide,
  bad: HeaderSide,
  names: readonly string[],
): Difference[] {
  const common = new Set(names);
  const written = ({ headers }: HeaderSide, other: HeaderSide) =>
    headers
      .map(({ name }) => name)
      .filter(
        (name) =>
          common.has(name.toLowerCase()) &&
          other.headers.some((line) => line.name.toLowerCase() === name.toLowerCase()),
      );
  const [ours, theirs] = [written(good, bad), written(bad, good)];
  if (ours.join('\n') === theirs.join('\n')) return [];
  return [
    {
      section,
      field: 'order and case of headers',
      good: { value: ours.join(', '), packet: good.packet },
      bad: { value: theirs.join(', '), packet: bad.packet },
      noise: 'HTTP makes nothing of it',
    },
  ];
}
