/**
 * How the terminal report looks: colours and symbols, decided once per output. Every meaning is also expressed by a
 * word, so that nothing is lost without colour; body text keeps the terminal's own colour, so that it is readable on
 * any background.
 */
import { styleText, type StyleName } from '#platform/style-text';
import type { CharName } from 'cli-table3';
import { escapeText, escapeToAscii } from '../escape.ts';
import type { Severity } from '../model.ts';

export interface ThemeOptions {
  color: boolean;
  /** For terminals whose locale is not UTF-8. */
  ascii: boolean;
}

type Style = (text: string) => string;
export type Mark = Severity | 'clean' | 'neutral';

export interface Theme {
  /** Text from the capture, or a file name, made safe for this terminal. */
  safe: Style;
  /** Our own text, which may hold typographic characters. */
  own: Style;
  strong: Style;
  faint: Style;
  /** Text to type, or text from a file. */
  code: Style;
  /** The symbol of a severity or verdict, coloured. */
  symbol(mark: Mark): string;
  /** A word in the colour of its severity. */
  colored(mark: Mark, text: string): string;
  color: boolean;
  ascii: boolean;
  ellipsis: string;
  tableCharacters: TableCharacters;
}

/** Border characters, as cli-table3 names them. */
export type TableCharacters = Readonly<Record<CharName, string>>;

const UNICODE_SYMBOLS: Readonly<Record<Mark, string>> = {
  error: '✖',
  warning: '!',
  info: 'i',
  clean: '✔',
  neutral: '·',
};
const ASCII_SYMBOLS: Readonly<Record<Mark, string>> = {
  error: 'x',
  warning: '!',
  info: 'i',
  clean: '+',
  neutral: '-',
};
// Blue is unreadable on black and yellow on white: blue is not used, yellow only for the symbol beside a bold word.
const SYMBOL_STYLE: Readonly<Record<Mark, readonly StyleName[]>> = {
  error: ['red', 'bold'],
  warning: ['yellow', 'bold'],
  info: ['bold'],
  clean: ['green'],
  neutral: ['dim'],
};
const WORD_STYLE: Readonly<Record<Mark, readonly StyleName[]>> = {
  error: ['red', 'bold'],
  warning: ['bold'],
  info: [],
  clean: [],
  neutral: [],
};
const UNICODE_TABLE: TableCharacters = {
  top: '─',
  'top-mid': '┬',
  'top-left': '┌',
  'top-right': '┐',
  bottom: '─',
  'bottom-mid': '┴',
  'bottom-left': '└',
  'bottom-right': '┘',
  left: '│',
  'left-mid': '├',
  mid: '─',
  'mid-mid': '┼',
  right: '│',
  'right-mid': '┤',
  middle: '│',
};
const ASCII_TABLE: TableCharacters = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};
const ASCII_FOR: Readonly<Record<string, string>> = {
  '→': '->',
  '↔': '<->',
  '←': '<-',
  '↑': '^',
  '↓': 'v',
  '…': '...',
  '–': '-',
  '—': '-',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '≥': '>=',
  '≤': '<=',
  '×': 'x',
  '§': 'section ',
  '│': '|',
  '─': '-',
  '·': '.',
  '►': '>',
  '◄': '<',
  '▸': '>',
};

export function createTheme({ color, ascii }: ThemeOptions): Theme {
  const paint = (styles: readonly StyleName[], text: string): string =>
    !color || styles.length === 0 || text === '' ? text : styleText(styles, text);
  const symbols = ascii ? ASCII_SYMBOLS : UNICODE_SYMBOLS;
  const own: Style = ascii ? transliterate : (text) => text;
  return {
    safe: ascii ? (text) => escapeToAscii(transliterate(text)) : escapeText,
    own,
    strong: (text) => paint(['bold'], text),
    faint: (text) => paint(['dim'], text),
    code: (text) => paint(['cyan'], text),
    symbol: (mark) => paint(SYMBOL_STYLE[mark], symbols[mark]),
    colored: (mark, text) => paint(WORD_STYLE[mark], text),
    color,
    ascii,
    ellipsis: own('…'),
    tableCharacters: ascii ? ASCII_TABLE : UNICODE_TABLE,
  };
}

function transliterate(text: string): string {
  return text.replace(/[→←↔↑↓…–—“”‘’≥≤×§│─·►◄▸]/g, (character) => ASCII_FOR[character]!);
}
