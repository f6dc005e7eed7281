/** Plays bytes of both directions into an UpgradeExchange and records all that it reports. */
import { HttpBudget } from '../../src/http/http-budget.ts';
import type { HttpSpans } from '../../src/http/http-spans.ts';
import { UpgradeExchange, type ExchangeHandler } from '../../src/http/upgrade-exchange.ts';

export type Direction = 0 | 1;

/** What one direction sends next, or the length of a gap in it. */
export type Piece = readonly [Direction, string | Uint8Array | number];

export interface ExchangeLog {
  /** One line a call, without packet numbers. */
  readonly events: string[];
  /** Bytes handed over as the WebSocket's, as Latin-1; `<gap n>` where some are missing. */
  readonly raw: [string, string];
  /** Packet of each head that was told, by its line in `events`. */
  readonly packets: Map<string, number>;
}

/** How a piece is cut into segments: lengths, the last one taking what remains. */
export type Segmentation = (length: number) => readonly number[];

export const WHOLE: Segmentation = (length) => [length];
export const BYTE_BY_BYTE: Segmentation = (length) => new Array<number>(length).fill(1);

/** Segments of these sizes, again and again. */
export function inSegmentsOf(...sizes: readonly number[]): Segmentation {
  return (length) => {
    const lengths: number[] = [];
    for (let left = length, i = 0; left > 0; i++) {
      const size = Math.min(left, Math.max(1, sizes[i % sizes.length] ?? 1));
      lengths.push(size);
      left -= size;
    }
    return lengths;
  };
}

/** Packets are counted from 1, one a segment; packet 7 comes at 7 s. */
export function playExchange(
  pieces: readonly Piece[],
  segmentation: Segmentation = WHOLE,
  isFromStart = true,
): ExchangeLog {
  const log = newLog();
  play(new UpgradeExchange(logger(log), isFromStart, new HttpBudget()), pieces, segmentation);
  return log;
}

/** In place of a byte that is missing: no byte in Latin-1. */
export const MISSING = '\u2205';

export interface SpanLog {
  readonly log: ExchangeLog;
  /** By direction, what was reported and what was handed over as the WebSocket's, in the order in which that came. */
  readonly covered: [string, string];
  /** The same as runs: "body abc"; those of the WebSocket have the kind "frames". */
  readonly runs: [string[], string[]];
}

/** The same with somebody who asks what each byte is, up to the end of the connection. */
export function playSpans(
  pieces: readonly Piece[],
  segmentation: Segmentation = WHOLE,
  isFromStart = true,
): SpanLog {
  const log = newLog();
  const covered: [string, string] = ['', ''];
  const runs: [string[], string[]] = [[], []];
  const lastKinds: [string, string] = ['', ''];
  const add = (direction: Direction, kind: string, text: string) => {
    covered[direction] += text;
    // Lines of a head stay apart.
    const goesOn = lastKinds[direction] === kind && !kind.endsWith('-line');
    const before = goesOn ? runs[direction].pop() : undefined;
    runs[direction].push(before === undefined ? `${kind} ${text}` : before + text);
    lastKinds[direction] = kind;
  };
  const spansOf = (direction: Direction): HttpSpans => ({
    span: (kind, bytes, start, end) => {
      if (start >= end) throw new Error(`an empty span of kind ${kind}`);
      add(direction, kind, Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    },
    missing: (length) => {
      if (length === 'unknown') throw new Error('how many bytes of a TCP stream are missing is known');
      add(direction, 'missing', MISSING.repeat(length));
    },
  });
  const handler: ExchangeHandler = {
    ...logger(log),
    webSocketData: (direction, bytes, start, end, ...mark) => {
      logger(log).webSocketData(direction, bytes, start, end, ...mark);
      add(direction, 'frames', Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    },
    webSocketGap: (direction, length, ...mark) => {
      logger(log).webSocketGap(direction, length, ...mark);
      // A gap that opens the WebSocket has been reported already, and a gap of unknown length is not a separate event.
      if (length !== 'unknown' && opening.gapIn !== direction) {
        add(direction, 'frames', MISSING.repeat(length));
      }
    },
    webSocketOpen: (direction) => {
      opening.isOpen[direction] = true;
    },
  };
  const opening: { gapIn: Direction | null; isOpen: [boolean, boolean] } = {
    gapIn: null,
    isOpen: [false, false],
  };
  const exchange = new UpgradeExchange(handler, isFromStart, new HttpBudget(), {
    spans: [spansOf(0), spansOf(1)],
  });
  play(exchange, pieces, segmentation, (direction) => {
    opening.gapIn = direction !== null && !opening.isOpen[direction] ? direction : null;
  });
  exchange.end();
  return { log, covered, runs };
}

function newLog(): ExchangeLog {
  return { events: [], raw: ['', ''], packets: new Map() };
}

/** @param gapIn is told in which direction bytes are missing, and null behind that */
function play(
  exchange: UpgradeExchange,
  pieces: readonly Piece[],
  segmentation: Segmentation,
  gapIn: (direction: Direction | null) => void = () => undefined,
): void {
  let packet = 0;
  for (const [direction, piece] of pieces) {
    if (typeof piece === 'number') {
      packet++;
      gapIn(direction);
      exchange.gap(direction, piece, packet, packet, 0);
      gapIn(null);
      continue;
    }
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
    let start = 0;
    for (const length of segmentation(bytes.length)) {
      packet++;
      // A view into a larger buffer that is overwritten when the call returns: nobody may keep it.
      const segment = new Uint8Array(length + 5).fill(0x0a);
      segment.set(bytes.subarray(start, start + length), 2);
      exchange.data(direction, segment, 2, 2 + length, packet, packet, 0);
      segment.fill(0xee);
      start += length;
    }
  }
}

function logger(log: ExchangeLog): ExchangeHandler {
  const say = (line: string, packet?: number) => {
    log.events.push(line);
    if (packet !== undefined) log.packets.set(line, packet);
  };
  return {
    upgradeRequested: (from, { head, packet }) => {
      say(`${from} asks for ${head.target}${head.isCut ? ' (cut)' : ''}`, packet);
    },
    upgradeRefused: (request, { head, packet }) => {
      say(`${request.head.target} refused ${head.status}`, packet);
    },
    upgraded: (client, request, { head, packet }) => {
      const target = request === null ? '?' : request.head.target;
      say(`${client} upgraded ${target} ${head.status}${head.isCut ? ' (cut)' : ''}`, packet);
    },
    bytesBeforeResponse: (length, { packet }) => {
      say(`${length} bytes before the response`, packet);
    },
    lateRequest: ({ head, packet }) => {
      say(`late request for ${head.target}`, packet);
    },
    webSocketData: (direction, bytes, start, end) => {
      log.raw[direction] += Buffer.from(bytes.subarray(start, end)).toString('latin1');
    },
    webSocketOpen: () => undefined,
    webSocketGap: (direction, length) => {
      log.raw[direction] += `<gap ${length}>`;
    },
    proxyHeader: ({ version, source }) => {
      say(`PROXY v${version} ${source === null ? '-' : `${source.address} ${source.port}`}`);
    },
    notWebSocket: (reason) => {
      say(`no WebSocket: ${reason}`);
    },
  };
}
