/**
 * Takes a ByteStream and gives what an analysis reads of it: the bytes in front of carriers (a PROXY header, a CONNECT), and then those
 * inside the innermost carrier. Where a carrier begins is found by the code that an analysis uses, UpgradeExchange.
 */
import { MAX_CARRIERS, type Carrier, type OpenCarrier } from '../../carrier/carrier.ts';
import type { ByteStream, GapLength } from '../../carrier/byte-stream.ts';
import type { Direction } from '../../basics/direction.ts';
import type { ExchangeHandler } from '../../http/exchange-handler.ts';
import type { HttpBudget } from '../../http/http-budget.ts';
import { TlsStream, type TlsListener } from '../../tls/tls-stream.ts';
import { UpgradeExchange } from '../../http/upgrade-exchange.ts';

/** The alert by which a side ends (RFC 8446 §6.1). */
const CLOSE_NOTIFY = 0;

/** Takes the bytes that are in no carrier, or in none that is known. */
export interface PlainSink {
  /** The next bytes; a view that is valid until the call returns. */
  plain(direction: Direction, bytes: Uint8Array, start: number, end: number): void;
  missing(direction: Direction, length: GapLength): void;
  /** The side says, in this packet, that it sends nothing more (close_notify). */
  closed(direction: Direction, packet: number): void;
  /** So many bytes of the outermost stream were plain, and a carrier follows. */
  carried(direction: Direction, plainBytes: number): void;
}

export interface TapTools {
  readonly carriers: readonly Carrier[];
  readonly httpBudget: HttpBudget;
}

class TapSide {
  received = 0;
  /** Of them, those that the carrier got. */
  carried = 0;
  /** The last bytes, which may turn out to be the carrier's. */
  held: Uint8Array[] = [];
  heldBytes = 0;
  isOpen = false;
}

export class PlainTap implements ByteStream, ExchangeHandler {
  readonly #sink: PlainSink;
  readonly #tools: TapTools;
  readonly #around: number;
  readonly #exchange: UpgradeExchange;
  readonly #sides: readonly [TapSide, TapSide] = [new TapSide(), new TapSide()];
  /** What came from inside while it is not known yet how many bytes stand in front of the carrier. */
  #waiting: (() => void)[] = [];
  #isBusy = false;
  #inside: PlainTap | null = null;
  /** So many bytes of the direction that is being read may be a carrier's first ones: too few to tell. */
  #undecided = 0;

  /** @param isFromStart the capture holds both directions from their first byte on */
  constructor(sink: PlainSink, tools: TapTools, isFromStart: boolean, server: Direction | null, around = 0) {
    this.#sink = sink;
    this.#tools = tools;
    this.#around = around;
    this.#exchange = new UpgradeExchange(this, isFromStart, tools.httpBudget, {
      carriers: around < MAX_CARRIERS ? tools.carriers.map((carrier) => this.#watched(carrier)) : [],
      server: isFromStart ? server : null,
    });
  }

  data(...piece: Parameters<ByteStream['data']>): void {
    const [direction, bytes, start, end] = piece;
    const side = this.#sides[direction];
    side.received += end - start;
    if (side.isOpen) {
      this.#release(direction, 0);
      this.#sink.plain(direction, bytes, start, end);
      return;
    }
    const wasCarried = side.carried > 0;
    if (!wasCarried) {
      side.held.push(new Uint8Array(bytes.subarray(start, end)));
      side.heldBytes += end - start;
    }
    this.#undecided = 0;
    this.#whileBusy(() => {
      this.#exchange.data(...piece);
    });
    if (!wasCarried) this.#release(direction, side.carried > 0 ? side.carried : this.#undecided);
    if (!wasCarried && side.carried > 0) this.#sink.carried(direction, side.received - side.carried);
    this.#flush();
  }

  gap(...piece: Parameters<ByteStream['gap']>): void {
    const [direction, length] = piece;
    const side = this.#sides[direction];
    if (side.isOpen) {
      this.#release(direction, 0);
      this.#sink.missing(direction, length);
      return;
    }
    const before = side.carried;
    this.#whileBusy(() => {
      this.#exchange.gap(...piece);
    });
    if (before === 0) {
      this.#release(direction, side.carried);
      if (this.#inside === null) {
        this.#sink.missing(direction, length);
        if (length !== 'unknown') side.received += length;
      }
    }
    this.#flush();
  }

  end(): void {
    // What is inside ends with the whole.
  }

  /** Nothing more will come. */
  finish(): void {
    this.#whileBusy(() => {
      this.#exchange.end();
      this.#inside?.finish();
    });
    for (const direction of [0, 1] as const) this.#release(direction, this.#sides[direction].carried);
    this.#flush();
  }

  carrierBegins(carrier: Carrier): OpenCarrier {
    const direct: PlainSink = {
      plain: (direction, bytes, start, end) => {
        const copy = this.#isBusy ? new Uint8Array(bytes.subarray(start, end)) : null;
        this.#later(() => {
          if (copy === null) this.#sink.plain(direction, bytes, start, end);
          else this.#sink.plain(direction, copy, 0, copy.length);
        });
      },
      missing: (direction, length) => {
        this.#later(() => {
          this.#sink.missing(direction, length);
        });
      },
      closed: (direction, packet) => {
        this.#sink.closed(direction, packet);
      },
      carried: () => undefined,
    };
    const inside = new PlainTap(direct, this.#tools, true, null, this.#around + 1);
    this.#inside = inside;
    const open = carrier.open(inside);
    if (open instanceof TlsStream) open.listener = closeListener(this.#sink);
    return {
      data: (direction, bytes, start, end, packet, seconds, nanoseconds) => {
        this.#sides[direction].carried += end - start;
        open.data(direction, bytes, start, end, packet, seconds, nanoseconds);
      },
      gap: (direction, length, packet, seconds, nanoseconds) => {
        open.gap(direction, length, packet, seconds, nanoseconds);
      },
      end: (direction) => {
        open.end(direction);
      },
      sendTo: () => undefined,
    };
  }

  webSocketOpen(direction: Direction): void {
    this.#sides[direction].isOpen = true;
  }

  // What else http/ has to say, nobody here asks.
  upgradeRequested(): void {
    // Nothing to do.
  }
  upgradeRefused(): void {
    // Nothing to do.
  }
  upgraded(): void {
    // Nothing to do.
  }
  lateRequest(): void {
    // Nothing to do.
  }
  bytesBeforeResponse(): void {
    // Nothing to do.
  }
  webSocketData(): void {
    // They were taken when they came.
  }
  webSocketGap(): void {
    // It was taken when it came.
  }
  proxyHeader(): void {
    // Nothing to do.
  }
  notWebSocket(): void {
    // Nothing to do.
  }

  /** The carrier, which tells when it needs more bytes to recognise itself. */
  #watched(carrier: Carrier): Carrier {
    return {
      recognise: (bytes, start, end) => {
        const recognition = carrier.recognise(bytes, start, end);
        if (recognition === 'more') this.#undecided = Math.max(this.#undecided, end - start);
        return recognition;
      },
      open: (inside) => carrier.open(inside),
    };
  }

  #later(action: () => void): void {
    if (this.#isBusy) this.#waiting.push(action);
    else action();
  }

  /** Bytes in front of a carrier go first, and how many they are is known only behind the call. */
  #whileBusy(action: () => void): void {
    this.#isBusy = true;
    action();
    this.#isBusy = false;
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const action of waiting) action();
  }

  /** Hands on what is held, but for the last bytes, so many. */
  #release(direction: Direction, keep: number): void {
    const side = this.#sides[direction];
    while (side.heldBytes > keep) {
      const [first] = side.held;
      const length = Math.min(first!.length, side.heldBytes - keep);
      this.#sink.plain(direction, first!, 0, length);
      side.heldBytes -= length;
      if (length === first!.length) side.held.shift();
      else side.held[0] = first!.subarray(length);
    }
    if (side.carried > 0) {
      side.held = [];
      side.heldBytes = 0;
    }
  }
}

function closeListener(sink: PlainSink): TlsListener {
  return {
    clientHello: () => undefined,
    established: () => undefined,
    alert: (direction, code, _, { packet }) => {
      if (code === CLOSE_NOTIFY) sink.closed(direction, packet);
    },
  };
}
