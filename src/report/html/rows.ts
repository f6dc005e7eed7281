/** The connections as the page's lists need them: a few facts of all, and everything of one when it is asked for. */
import { endpointText, targetText } from '../connection-text.ts';
import { escapeText } from '../escape.ts';
import { ColumnReader } from './column-reader.ts';
import type { Mark, PageConnection, PageData } from './page-data.ts';

export interface Row {
  /** Index in the page's list: worst first. */
  readonly index: number;
  readonly id: number;
  readonly mark: Mark;
  readonly verdict: string;
  readonly client: string;
  readonly server: string;
  readonly target: string;
  readonly startMs: number;
  readonly durationMs: number;
  /** Milliseconds since `startMs`. */
  readonly openedMs: number | null;
  readonly rules: readonly string[];
  /** Severities of its findings. */
  readonly severities: readonly string[];
}

const KEPT_CONNECTIONS = 400;
/** These headers are random: any three letters occur in one of thousands, so a search would find them by chance. */
const RANDOM = /^sec-websocket-(key|accept)$/i;

export class Rows {
  readonly all: readonly Row[];
  readonly #connections: ColumnReader;
  readonly #kept = new Map<number, PageConnection>();

  constructor(data: PageData) {
    this.#connections = new ColumnReader(data.connections, data.strings);
    this.all = lightRows(this.#connections);
  }

  /** Built from the columns, and cached. */
  connection(index: number): PageConnection {
    let connection = this.#kept.get(index);
    if (connection === undefined) {
      connection = this.#connections.at(index) as unknown as PageConnection;
      if (this.#kept.size >= KEPT_CONNECTIONS) this.#kept.delete(this.#kept.keys().next().value!);
      this.#kept.set(index, connection);
    }
    return connection;
  }

  /** All text of a connection that a search looks at, in lower case. */
  searchText({ index, ...row }: Row): string {
    // Field by field: most of a connection is its frames, which are not searched.
    const field = <K extends keyof PageConnection>(key: K): PageConnection[K] =>
      this.#connections.field(key).at(index) as unknown as PageConnection[K];
    const close = field('close');
    const findings = field('findings');
    const upgrade = field('upgrade');
    const notes = field('notes');
    const headers = [...(upgrade?.requestHeaders ?? []), ...(upgrade?.responseHeaders ?? [])];
    return [
      `#${row.id}`,
      row.verdict,
      row.client,
      row.server,
      row.target,
      upgrade?.status ?? '',
      upgrade?.subprotocol ?? '',
      close?.clientCode ?? '',
      close?.clientReason ?? '',
      close?.serverCode ?? '',
      close?.serverReason ?? '',
      ...headers.filter(({ name }) => !RANDOM.test(name)).map(({ name, value }) => `${name}: ${value}`),
      ...findings.flatMap(({ rule, sentences }) => [rule, ...sentences]),
      ...notes.map(({ code }) => code),
    ]
      .join('\n')
      .toLowerCase();
  }
}

function lightRows(connections: ColumnReader): Row[] {
  const read = <K extends keyof PageConnection>(key: K): ((index: number) => PageConnection[K]) => {
    const reader = connections.field(key);
    return (index) => reader.at(index) as unknown as PageConnection[K];
  };
  const id = read('id');
  const mark = read('mark');
  const verdict = read('verdict');
  const client = read('client');
  const server = read('server');
  const startMs = read('startMs');
  const durationMs = read('durationMs');
  const openedMs = read('openedMs');
  const findings = read('findings');
  const upgrade = read('upgrade');
  return Array.from({ length: connections.length }, (_, index) => {
    const found = findings(index);
    return {
      index,
      id: id(index),
      mark: mark(index),
      verdict: verdict(index),
      client: endpointText(client(index), escapeText),
      server: endpointText(server(index), escapeText),
      target: targetText({ upgrade: upgrade(index) }, escapeText),
      startMs: startMs(index),
      durationMs: durationMs(index),
      openedMs: openedMs(index),
      rules: [...new Set(found.map(({ rule }) => rule))],
      severities: [...new Set(found.map(({ severity }) => severity))],
    };
  });
}
