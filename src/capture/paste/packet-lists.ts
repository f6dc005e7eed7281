/**
 * Lists of packets in all their forms: lines of text, values between commas (CSV), tabs or bars (Markdown), and PSML. Where a line with
 * the names of columns stands above, columns are found by their names.
 */
import { lineOf, parseListLine, type ListCells } from './packet-list-line.ts';
import type { PacketLine } from './printed-packet.ts';

/** @bound columns of a list of packets: {count} */
const MAX_COLUMNS = 64;

type Column = keyof ListCells;

const NAMES: Readonly<Record<string, Column>> = {
  no: 'number',
  'no.': 'number',
  'frame.number': 'number',
  time: 'time',
  'frame.time_relative': 'time',
  'frame.time_epoch': 'time',
  source: 'source',
  src: 'source',
  'ip.src': 'source',
  destination: 'destination',
  dst: 'destination',
  'ip.dst': 'destination',
  protocol: 'protocol',
  '_ws.col.protocol': 'protocol',
  length: 'length',
  'frame.len': 'length',
  info: 'info',
  '_ws.col.info': 'info',
};

const PSML_SECTION = /^<section>(.{0,4096})<\/section>$/;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

export class PacketLists {
  #columns: readonly (Column | null)[] | null = null;
  /** Cells of a PSML packet or structure that is not complete. */
  #psml: string[] | null = null;
  #isStructure = false;

  /** @returns 'heading' for a line that belongs to a list and is not a packet */
  line(line: string): PacketLine | 'heading' | undefined {
    const psml = this.#psmlLine(line);
    if (psml !== undefined) return psml;
    const cells = cellsOf(line);
    if (cells !== null) {
      const columns = columnsOf(cells);
      if (columns !== null) {
        this.#columns = columns;
        return 'heading';
      }
      if (this.#columns !== null && cells.length >= this.#columns.length - 1) {
        const found = this.#byColumns(cells, this.#columns);
        if (found !== undefined) return found;
      }
      return parseListLine(cells.join(' '));
    }
    if (columnsOf(line.split(/ +/)) !== null) return 'heading';
    return parseListLine(line);
  }

  #psmlLine(line: string): PacketLine | 'heading' | undefined {
    if (line === '<structure>' || line === '<packet>') {
      this.#psml = [];
      this.#isStructure = line === '<structure>';
      return 'heading';
    }
    const cells = this.#psml;
    if (cells === null) return /^<\/?psml\b/.test(line) ? 'heading' : undefined;
    if (line === '</structure>' || line === '</packet>') {
      this.#psml = null;
      if (this.#isStructure) this.#columns = columnsOf(cells);
      else if (this.#columns !== null) return this.#byColumns(cells, this.#columns) ?? 'heading';
      return 'heading';
    }
    const section = PSML_SECTION.exec(line)?.[1];
    if (section === undefined) return undefined;
    if (cells.length < MAX_COLUMNS) cells.push(unescaped(section));
    return 'heading';
  }

  #byColumns(cells: readonly string[], columns: readonly (Column | null)[]): PacketLine | undefined {
    const found: Partial<Record<Column, string>> = {};
    for (const [index, column] of columns.entries()) {
      if (column !== null) found[column] = (cells[index] ?? '').trim();
    }
    return lineOf(found);
  }
}

/** The values of a line that has separators; null where it has none. */
function cellsOf(line: string): string[] | null {
  if (line.startsWith('"') && line.includes('","')) return csvCells(line);
  if (line.startsWith('|') && line.endsWith('|') && line.length > 2) {
    const cells = line.slice(1, -1).split('|', MAX_COLUMNS + 1);
    return cells.length > 3 && cells.length <= MAX_COLUMNS ? cells.map((cell) => cell.trim()) : null;
  }
  return null;
}

/** RFC 4180; a quote in a value is doubled. */
function csvCells(line: string): string[] | null {
  const cells: string[] = [];
  const cell = /"((?:[^"]|"")*)"(?:,|$)/y;
  while (cell.lastIndex < line.length && cells.length < MAX_COLUMNS) {
    const found = cell.exec(line);
    if (found === null) return null;
    cells.push(found[1]!.replaceAll('""', '"'));
  }
  return cells;
}

/** What the columns hold, where these are the names of columns: source, destination and info at the least. */
function columnsOf(cells: readonly string[]): (Column | null)[] | null {
  const columns = cells.map((cell) => NAMES[cell.trim().toLowerCase()] ?? null);
  return (['source', 'destination', 'info'] as const).every((name) => columns.includes(name))
    ? columns
    : null;
}

function unescaped(text: string): string {
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (all, name: string | undefined, decimal: string | undefined, hexadecimal: string | undefined) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
      const code = decimal === undefined ? parseInt(hexadecimal!, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
