/**
 * Recognises the files of one rotated capture by their names: tcpdump -C writes dump.pcap, dump.pcap1, dump.pcap2; dumpcap -b
 * dump_00001_20260101120000.pcapng and so on.
 */
import { existsSync } from 'node:fs';
import { expectationPath } from '../../check/result.ts';

const UNNUMBERED = -1;

interface Part {
  readonly path: string;
  /** Files of one capture have the same. */
  readonly key: string;
  readonly number: number;
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

function partOf(path: string): Part {
  const tcpdump = /^(.*\.(?:pcap|pcapng|cap|dmp))(\d{0,6})(\.gz)?$/is.exec(path);
  const dumpcap = /^(.*)_(?:(\d{5})_\d{14}|\d{14}_(\d{5}))(\.pcap(?:ng)?(?:\.gz)?)$/is.exec(path);
  if (dumpcap !== null) {
    const [, name = '', number, later, ending = ''] = dumpcap;
    // No file name holds a NUL, so this is not the key of a file of another kind.
    return { path, key: `${name}\0${ending}`, number: Number(number ?? later) };
  }
  if (tcpdump === null) return { path, key: path, number: 0 };
  const [, name = '', number = '', zip = ''] = tcpdump;
  return { path, key: name + zip, number: number === '' ? UNNUMBERED : Number(number) };
}

/** A number that is missing, or is there twice, begins another capture. */
function capturesOf(parts: readonly Part[]): string[][] {
  const captures: string[][] = [];
  let before: Part | null = null;
  for (const part of parts.toSorted((a, b) => a.number - b.number || (a.path < b.path ? -1 : 1))) {
    const goesOn = before !== null && isNext(before, part) && !existsSync(expectationPath(part.path));
    if (goesOn) captures.at(-1)!.push(part.path);
    else captures.push([part.path]);
    before = part;
  }
  return captures;
}

/** tcpdump names the second file dump.pcap1; with -W the first one is dump.pcap0. */
function isNext({ number: before }: Part, { number }: Part): boolean {
  return before === UNNUMBERED ? number === 1 : number === before + 1;
}
