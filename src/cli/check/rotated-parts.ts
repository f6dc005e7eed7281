/**
 * Recognises the files of one rotated capture by their names: tcpdump -C writes dump.pcap, dump.pcap1, dump.pcap2; dumpcap -b
 * dump_00001_20260101120000.pcapng and so on; tcpdump -G puts the time into the name where its pattern has one
 * (dump-%Y%m%d-%H%M%S.pcap).
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expectationPath } from '../../check/result.ts';

const UNNUMBERED = -1;
/** Captures of other occasions have times in their names, too. At so many equal steps they are parts of one. */
const LEAST_TIMED = 3;

interface Part {
  readonly path: string;
  /** Files of one capture have the same. */
  readonly key: string;
  readonly number: number;
  /** `number` is a time, in seconds. */
  readonly isTimed: boolean;
}

/**
 * The captures, each with its files in order. Files that have an expectation of their own are captures of their own.
 * @param paths absolute
 */
export function groupParts(paths: Iterable<string>): string[][] {
  const groups = new Map<string, Part[]>();
  for (const path of paths) {
    const part = partOf(path);
    const group = groups.get(part.key);
    if (group === undefined) groups.set(part.key, [part]);
    else group.push(part);
  }
  return [...groups.values()].flatMap(capturesOf);
}

/**
 * Finds the files that go on where another one ends. A user who names the first file of a rotated capture means all of them, as with
 * the folder. Each folder is read once.
 */
export class PartsBeside {
  readonly #folders = new Map<string, Map<string, Part[]>>();

  /** @param path absolute */
  after(path: string): readonly string[] {
    const parts = this.#partsIn(dirname(path)).get(partOf(path).key) ?? [];
    if (parts.length < 2) return [];
    const captures = capturesOf(parts);
    return captures.find(([first]) => first === path)?.slice(1) ?? [];
  }

  #partsIn(folder: string): Map<string, Part[]> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const byKey = new Map<string, Part[]>();
    this.#folders.set(folder, byKey);
    for (const name of namesIn(folder)) {
      const part = partOf(join(folder, name));
      const group = byKey.get(part.key);
      if (group === undefined) byKey.set(part.key, [part]);
      else group.push(part);
    }
    return byKey;
  }
}

/** Where a folder can't be read, its files that were named still can. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function partOf(path: string): Part {
  const tcpdump = /^(.*\.(?:pcap|pcapng|cap|dmp))(\d{0,6})(\.gz)?$/is.exec(path);
  const dumpcap = /^(.*)_(?:(\d{5})_\d{14}|\d{14}_(\d{5}))(\.pcap(?:ng)?(?:\.gz)?)$/is.exec(path);
  if (dumpcap !== null) {
    const [, name = '', number, later, ending = ''] = dumpcap;
    // No file name holds a NUL, so this is not the key of a file of another kind.
    return { path, key: `${name}\0${ending}`, number: Number(number ?? later), isTimed: false };
  }
  const timed =
    /^(.*?)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)[-_.T]?(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)([Zs]?\.(?:pcap|pcapng|cap|dmp)(?:\.gz)?)$/is.exec(
      path,
    );
  if (timed !== null) {
    const [, name = '', year, month, day, hour, minute, second, ending = ''] = timed;
    const time = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    return { path, key: `${name}\0time\0${ending}`, number: time / 1000, isTimed: true };
  }
  if (tcpdump === null) return { path, key: path, number: 0, isTimed: false };
  const [, name = '', number = '', zip = ''] = tcpdump;
  return { path, key: name + zip, number: number === '' ? UNNUMBERED : Number(number), isTimed: false };
}

/** A number that is missing, or is there twice, begins another capture. */
function capturesOf(parts: readonly Part[]): string[][] {
  const captures: string[][] = [];
  let before: Part | null = null;
  const sorted = parts.toSorted((a, b) => a.number - b.number || (a.path < b.path ? -1 : 1));
  if (parts[0]?.isTimed === true) return timedCapturesOf(sorted);
  for (const part of sorted) {
    const goesOn = before !== null && isNext(before, part) && !existsSync(expectationPath(part.path));
    if (goesOn) captures.at(-1)!.push(part.path);
    else captures.push([part.path]);
    before = part;
  }
  return captures;
}

/** Runs of files at equal steps of time; a file that is missing, or has an expectation of its own, begins another capture. */
function timedCapturesOf(sorted: readonly Part[]): string[][] {
  const captures: string[][] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    const step = (sorted[to]?.number ?? 0) - sorted[from]!.number;
    while (to < sorted.length && goesOnAfter(sorted, to, step)) to++;
    if (to - from < LEAST_TIMED) to = from + 1;
    captures.push(sorted.slice(from, to).map(({ path }) => path));
    from = to;
  }
  return captures;
}

function goesOnAfter(sorted: readonly Part[], at: number, step: number): boolean {
  const part = sorted[at]!;
  return step > 0 && part.number - sorted[at - 1]!.number === step && !existsSync(expectationPath(part.path));
}

/** tcpdump names the second file dump.pcap1; with -W the first one is dump.pcap0. */
function isNext({ number: before }: Part, { number }: Part): boolean {
  return before === UNNUMBERED ? number === 1 : number === before + 1;
}
