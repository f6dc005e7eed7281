/** Many plans as one capture: connections in groups that overlap in time, some of them on a 4-tuple of an earlier one. */
import { CaptureWriter } from '../fuzz/capture-writer.ts';
import { Random } from '../fuzz/random.ts';
import { courseOf, type Packet } from './network.ts';
import type { Plan, Side } from './plan.ts';
import { scriptOf, type Script } from './script.ts';

/** A connection as it really was, and the packets that show it. */
export interface Truth {
  readonly plan: Plan;
  readonly script: Script;
  readonly port: number;
  readonly hasGap: boolean;
  firstPacket: number;
  lastPacket: number;
  /** Of the last request for an upgrade and what answers it: that in which the last byte was first seen. */
  requestPacket: number | null;
  responsePacket: number | null;
  end: { readonly packet: number; readonly from: Side; readonly how: 'fin' | 'rst' } | null;
  /** Of a head, segments were captured in the wrong order or more than once. */
  headDisordered: boolean;
  /** A single byte was captured after bytes behind it, or again. */
  hasLateByte: boolean;
}

export interface TrueCapture {
  readonly bytes: Uint8Array;
  readonly packets: number;
  /** By connection number. */
  readonly truths: readonly Truth[];
}

const GROUP = 4;
const FIRST_PORT = 10_000;
const WINDOW = 64_240;

interface WriterState {
  /** Microseconds since the capture began. */
  at: number;
  port: number;
  /** Ports of clients and first sequence numbers that were used. */
  readonly begun: Set<string>;
}

interface Lane {
  readonly truth: Truth;
  readonly packets: readonly Packet[];
  readonly heads: Readonly<Record<'request' | 'response', number>>;
  readonly start: Readonly<Record<Side, number>>;
  readonly upTo: Record<Side, number>;
  next: number;
}

export function captureOf(plans: readonly Plan[]): TrueCapture {
  const writer = new CaptureWriter();
  const truths: Truth[] = [];
  const state: WriterState = { at: 0, port: FIRST_PORT, begun: new Set() };
  for (let i = 0; i < plans.length; i += GROUP) {
    writeGroup(plans.slice(i, i + GROUP), writer, truths, state);
  }
  return { bytes: writer.done(), packets: writer.packets, truths };
}

function writeGroup(
  plans: readonly Plan[],
  writer: CaptureWriter,
  truths: Truth[],
  state: WriterState,
): void {
  const random = new Random(plans[0]!.seed ^ 0x9009);
  const firstPort = state.port;
  const lanes = plans.map((plan, index) => {
    // Now and then the port of the connection four before this one, which is over.
    const isAgain = firstPort > FIRST_PORT && random.below(5) === 0;
    return laneOf(plan, isAgain ? firstPort - GROUP + index : state.port + index, state.begun);
  });
  state.port += GROUP;
  for (let open = [...lanes]; open.length > 0;) {
    const lane = random.of(open);
    if (lane.next === 0) truths.push(lane.truth);
    for (let burst = 1 + random.below(4); burst > 0 && lane.next < lane.packets.length; burst--) {
      state.at += 1 + random.below(400);
      writeNext(lane, writer, state.at);
    }
    open = open.filter(({ next, packets }) => next < packets.length);
  }
}

function laneOf(plan: Plan, port: number, begun: Set<string>): Lane {
  const script = scriptOf(plan);
  const { packets, heads, hasGap } = courseOf(plan, script);
  const random = new Random(plan.seed ^ 0x15e);
  const initial = () => (plan.wraps ? 2 ** 32 - 1 - random.below(300) : random.below(2 ** 32));
  // A SYN with the number of an earlier one on that port would be the same SYN, sent again.
  let client = initial();
  while (begun.has(`${port} ${client}`)) client = initial();
  begun.add(`${port} ${client}`);
  return {
    truth: {
      plan,
      script,
      port,
      hasGap,
      firstPacket: 0,
      lastPacket: 0,
      requestPacket: null,
      responsePacket: null,
      end: null,
      headDisordered: false,
      hasLateByte: false,
    },
    packets,
    heads,
    start: { client, server: initial() },
    upTo: { client: 0, server: 0 },
    next: 0,
  };
}

function writeNext(lane: Lane, writer: CaptureWriter, at: number): void {
  const { truth, start, heads, upTo } = lane;
  const { from, offset, flags, acknowledged, payload } = lane.packets[lane.next++]!;
  const other = from === 'client' ? 'server' : 'client';
  const acknowledgement = flags.includes('A') ? start[other] + 1 + acknowledged : 0;
  const side = from === 'client' ? 0 : 1;
  writer.segment(side, start[from] + 1 + offset, acknowledgement, flags, payload, {
    port: truth.port,
    at,
    window: WINDOW,
  });
  const packet = writer.packets;
  if (truth.firstPacket === 0) truth.firstPacket = packet;
  truth.lastPacket = packet;
  const covers = (byte: number) => byte >= offset && byte < offset + payload.length;
  if (from === 'client' && heads.request >= 0 && covers(heads.request)) truth.requestPacket ??= packet;
  if (from === 'server' && heads.response >= 0 && covers(heads.response)) truth.responsePacket ??= packet;
  const lastHead = from === 'client' ? heads.request : heads.response;
  if (payload.length > 0 && offset !== upTo[from] && offset <= lastHead) truth.headDisordered = true;
  if (payload.length === 1 && offset < upTo[from]) truth.hasLateByte = true;
  upTo[from] = Math.max(upTo[from], offset + payload.length);
  if (truth.end === null && /[FR]/.test(flags)) {
    truth.end = { packet, from, how: flags.includes('F') ? 'fin' : 'rst' };
  }
}
