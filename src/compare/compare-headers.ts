/** Compares two lists of header lines, name by name: missing lines and different values. */
import type { HeaderLine } from '../report/model.ts';
import { headerNoise } from './header-noise.ts';
import type { Renaming } from './host-renaming.ts';
import type { Difference, Section } from './model.ts';

/** Compared elsewhere: the negotiated subprotocol and extensions as such, the accept against its key. */
const ELSEWHERE: ReadonlySet<string> = new Set(['sec-websocket-protocol', 'sec-websocket-extensions']);
/** Lists of tokens whose order and case don't matter (RFC 9110 §7.6.1, §7.8). */
const TOKEN_LISTS: ReadonlySet<string> = new Set(['connection', 'upgrade']);

export interface HeaderSide {
  readonly headers: readonly HeaderLine[];
  readonly packet: number | null;
}

export interface HeaderComparison {
  readonly differences: Difference[];
  /** Names of headers that have the same value on both sides, in the order of the good side. */
  readonly same: readonly string[];
}

/**
 * @param renaming the host names of the two sides
 * @param withNegotiation also compare the lines on subprotocols and extensions here, as for requests
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
  // A missing line counts, unless it only gives a time.
  return name === 'date' || name === 'age' ? 'the time' : null;
}

/**
 * Lines with the same name form one list (RFC 9110 §5.3). Cookies must not be joined by commas, so they get another
 * separator.
 */
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

/** The case of header names and the order of different headers have no meaning in HTTP. */
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
      noise: 'has no meaning in HTTP',
    },
  ];
}
