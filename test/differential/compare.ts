/** What wscap says of a generated capture, and tshark, held against what is true of it. */
import type { ConnectionReport, FrameCounts, Report } from '../../src/report/model.ts';
import type { TsharkPacket } from '../helpers/tshark.ts';
import type { Truth, TrueCapture } from './capture.ts';
import type { Side } from './plan.ts';
import type { TrueFrame } from './script.ts';

/** Of one connection; `frames` as [opcode, payload bytes on the wire] in the order of each stream. */
export interface Facts {
  readonly first: number;
  readonly last: number;
  readonly response: readonly [packet: number, status: number] | null;
  readonly frames: Readonly<Record<Side, readonly (readonly [opcode: number, length: number])[]>>;
  readonly end: readonly [packet: number, how: string] | null;
  readonly codes: readonly number[];
}

export interface Disagreement {
  readonly connection: number;
  readonly truth: Truth;
  readonly what: string;
  readonly said: unknown;
  readonly expected: unknown;
}

const SIDES = ['client', 'server'] as const;

const OPCODES: Readonly<Record<keyof FrameCounts, number>> = {
  continuation: 0,
  text: 1,
  binary: 2,
  reserved: 3,
  close: 8,
  ping: 9,
  pong: 10,
};

export function factsOfTruth({ firstPacket, lastPacket, responsePacket, script, end }: Truth): Facts {
  const { status, frames, codes } = script;
  const pairs = (side: Side) => frames[side].map(({ opcode, length }) => [opcode, length] as const);
  return {
    first: firstPacket,
    last: lastPacket,
    response: status === null || responsePacket === null ? null : [responsePacket, status],
    frames: { client: pairs('client'), server: pairs('server') },
    end: end === null ? null : [end.packet, end.how],
    codes: [codes.client, codes.server].filter((code) => code !== null).toSorted((a, b) => a - b),
  };
}

function factsOfReport(connection: ConnectionReport): Facts {
  const { firstPacket, lastPacket, upgrade, close, activity } = connection;
  const pairs = (side: Side) =>
    (activity?.frames ?? [])
      .filter(({ from }) => from === side)
      .map(({ opcode, length }) => [OPCODES[opcode], length] as const);
  return {
    first: firstPacket,
    last: lastPacket,
    response: upgrade === null ? null : [upgrade.responsePacket!, upgrade.status!],
    frames: { client: pairs('client'), server: pairs('server') },
    end: endOf(close),
    codes: [close?.clientCode ?? null, close?.serverCode ?? null]
      .filter((code) => code !== null)
      .toSorted((a, b) => a - b),
  };
}

function endOf(close: ConnectionReport['close']): Facts['end'] {
  const packet = close?.packet ?? null;
  return packet === null ? null : [packet, close!.how!];
}

export function factsOfTshark(packets: readonly TsharkPacket[], port: number): Facts {
  const end = packets.find(({ isFin, isRst }) => isFin || isRst);
  const answers = packets.flatMap(({ number, statuses }) =>
    statuses.map((status) => [number, status] as const),
  );
  const pairs = (side: Side) =>
    packets
      .filter(({ sourcePort }) => (sourcePort === port) === (side === 'client'))
      .flatMap(({ opcodes, lengths }) => opcodes.map((opcode, i) => [opcode, lengths[i] ?? -1] as const));
  return {
    first: packets[0]?.number ?? 0,
    last: packets.at(-1)?.number ?? 0,
    response: answers.findLast(([, status]) => status === 101 || status === 403) ?? null,
    frames: { client: pairs('client'), server: pairs('server') },
    end: end === undefined ? null : [end.number, end.isRst ? 'rst' : 'fin'],
    codes: packets.flatMap(({ closeCodes }) => closeCodes).toSorted((a, b) => a - b),
  };
}

/** Everything in the report that isn't so. */
export function untruths(report: Report, capture: TrueCapture): Disagreement[] {
  const { truths, packets } = capture;
  const found: Disagreement[] = [];
  const hold = (connection: number, what: string, said: unknown, expected: unknown) => {
    if (JSON.stringify(said) === JSON.stringify(expected)) return;
    found.push({ connection, truth: truths[connection] ?? truths[0]!, what, said, expected });
  };
  hold(0, 'packets', report.totals.packets, packets);
  hold(0, 'connections', report.totals.tcpConnections, truths.length);
  hold(
    0,
    'notes',
    report.captures.flatMap(({ notes }) => notes.map(({ code }) => code)),
    [],
  );
  const byId = new Map(report.connections.map((connection) => [connection.id, connection]));
  for (const [id, truth] of truths.entries()) {
    const connection = byId.get(id);
    if (truth.script.status === null) {
      hold(id, 'upgrade', connection?.upgrade ?? null, null);
      continue;
    }
    if (connection === undefined) {
      hold(id, 'reported', false, true);
      continue;
    }
    const facts = factsOfReport(connection);
    const expected = factsOfTruth(truth);
    for (const key of Object.keys(expected) as (keyof Facts)[]) hold(id, key, facts[key], expected[key]);
    holdMore(connection, truth, (what, said, is) => {
      hold(id, what, said, is);
    });
  }
  return found;
}

type Hold = (what: string, said: unknown, expected: unknown) => void;

/** What tshark doesn't say. */
function holdMore(connection: ConnectionReport, truth: Truth, hold: Hold): void {
  const { script, port, requestPacket, plan } = truth;
  const { upgrade, traffic, close, activity, client, anomalies } = connection;
  hold('client', client.port, port);
  hold('request', upgrade?.requestPacket, requestPacket);
  hold('opening', connection.opening, script.status === 101 ? 'handshake' : null);
  const streams = { client: traffic.clientToServer, server: traffic.serverToClient };
  for (const side of SIDES) {
    const { frames, messages, payloadBytes, gapBytes } = streams[side];
    hold(`counts of ${side}`, frames, countsOf(script.frames[side]));
    hold(`messages of ${side}`, messages, script.messages[side].length);
    const bytes = script.frames[side].reduce((sum, { length }) => sum + length, 0);
    hold(`payload bytes of ${side}`, payloadBytes, bytes);
    if (!truth.hasGap) hold(`gaps of ${side}`, gapBytes, 0);
  }
  if (script.status === 101 && !truth.hasGap) {
    for (const side of SIDES) {
      const lengths = (activity?.frames ?? [])
        .filter(
          ({ from, payload, opcode, final }) =>
            from === side && payload !== undefined && final && OPCODES[opcode] < 8,
        )
        .map(({ payload }) => payload!.of);
      // An empty one has nothing to show.
      hold(
        `lengths of messages of ${side}`,
        lengths,
        script.messages[side].filter((length) => length > 0),
      );
    }
    hold('accept', upgrade?.accept, 'valid');
    hold('subprotocol', upgrade?.subprotocol, plan.subprotocol ? 'chat' : null);
  }
  hold('first FIN or RST by', close?.firstBy ?? null, truth.end?.from ?? null);
  hold('first Close by', close?.frameFirstBy ?? null, script.closesFirst);
  hold(
    'codes',
    [close?.clientCode ?? null, close?.serverCode ?? null],
    [script.codes.client, script.codes.server],
  );
  hold(
    'reasons',
    [close?.clientReason ?? '', close?.serverReason ?? ''],
    [script.reasons.client ?? '', script.reasons.server ?? ''],
  );
  hold(
    'clean',
    close?.clean ?? false,
    SIDES.every((side) => script.frames[side].some(({ opcode }) => opcode === 8)),
  );
  // Legal frames are never called a violation.
  hold(
    'violations',
    anomalies.map(({ rule }) => rule).filter((rule) => VIOLATIONS.has(rule)),
    [],
  );
}

const VIOLATIONS: ReadonlySet<string> = new Set([
  'unmasked-client-frame',
  'masked-server-frame',
  'reserved-bits',
  'reserved-opcode',
  'control-frame-invalid',
  'fragmentation-invalid',
  'length-invalid',
  'invalid-utf8',
  'close-frame-invalid',
  'deflate-error',
  'data-after-close',
  'message-unfinished',
  'upgrade-request-invalid',
  'upgrade-response-invalid',
  'accept-mismatch',
  'data-before-upgrade',
  'half-open',
  'zero-window',
]);

function countsOf(frames: readonly TrueFrame[]): FrameCounts {
  const counts: FrameCounts = {
    text: 0,
    binary: 0,
    continuation: 0,
    close: 0,
    ping: 0,
    pong: 0,
    reserved: 0,
  };
  for (const { opcode } of frames) {
    const [name] = Object.entries(OPCODES).find(([, code]) => code === opcode)! as [
      keyof FrameCounts,
      number,
    ];
    counts[name]++;
  }
  return counts;
}
