/** What a plan makes the two programs write, in order, and what is true of it. */
import { constants, deflateRawSync } from 'node:zlib';
import { Random } from '../fuzz/random.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { concat } from '../helpers/pcap-builder.ts';
import type { Plan, Side, Turn } from './plan.ts';

/** A write of an application; what the other side writes next comes after it has arrived where `settles`. */
export interface Write {
  readonly from: Side;
  readonly bytes: Uint8Array;
  readonly settles: boolean;
  /** What of it ends with it: of a head its last byte is the packet that completes it. */
  readonly completes?: 'request' | 'response';
  /** One frame of a payload so long that a segment in its middle may be missing. */
  readonly mayLose?: boolean;
}

export type Opcode = 0 | 1 | 2 | 8 | 9 | 10;

export interface TrueFrame {
  readonly opcode: Opcode;
  /** On the wire. */
  readonly length: number;
  readonly final: boolean;
}

export interface Script {
  readonly writes: readonly Write[];
  /** Of the last upgrade request's answer; null where there was no upgrade request. */
  readonly status: number | null;
  readonly frames: Readonly<Record<Side, readonly TrueFrame[]>>;
  /** Of each message its length after inflating. */
  readonly messages: Readonly<Record<Side, readonly number[]>>;
  readonly codes: Readonly<Record<Side, number | null>>;
  readonly reasons: Readonly<Record<Side, string | null>>;
  readonly closesFirst: Side | null;
  /** FIN or RST in order. */
  readonly ends: readonly { readonly from: Side; readonly how: 'fin' | 'rst' }[];
}

const TAIL = 4;
const WINDOW = 32_768;

export function scriptOf(plan: Plan): Script {
  return new Scripter(plan).script();
}

class Scripter {
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #writes: Write[] = [];
  readonly #frames: Record<Side, TrueFrame[]> = { client: [], server: [] };
  readonly #messages: Record<Side, number[]> = { client: [], server: [] };
  readonly #codes: Record<Side, number | null> = { client: null, server: null };
  readonly #reasons: Record<Side, string | null> = { client: null, server: null };
  readonly #history: Record<Side, Uint8Array> = { client: new Uint8Array(0), server: new Uint8Array(0) };
  #closesFirst: Side | null = null;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#random = new Random(plan.seed ^ 0x5eed);
  }

  script(): Script {
    const status = this.#open();
    if (status === 101) {
      for (const turn of this.#plan.turns) this.#turn(turn);
      this.#closeFrames();
    }
    return {
      writes: this.#writes,
      status,
      frames: this.#frames,
      messages: this.#messages,
      codes: this.#codes,
      reasons: this.#reasons,
      closesFirst: this.#closesFirst,
      ends: this.#ends(),
    };
  }

  #open(): number | null {
    const { opening, deflate, subprotocol } = this.#plan;
    const takeover =
      deflate === 'no-takeover' ? '; client_no_context_takeover; server_no_context_takeover' : '';
    const extension = deflate === 'no' ? [] : [`Sec-WebSocket-Extensions: permessage-deflate${takeover}`];
    const offered = subprotocol ? ['Sec-WebSocket-Protocol: chat, superchat'] : [];
    const selected = subprotocol ? ['Sec-WebSocket-Protocol: chat'] : [];
    const request = upgradeRequest('/chat', ...extension, ...offered);
    const say = (from: Side, text: string, completes?: Write['completes']) => {
      this.#write(from, Buffer.from(text, 'latin1'), true, completes);
    };
    if (opening === 'not-upgraded' || opening === 'after-requests') {
      say('client', lines('GET /page HTTP/1.1', 'Host: server.example.com'));
      say('server', `${lines('HTTP/1.1 200 OK', 'Content-Length: 12')}hello, world`);
      if (opening === 'not-upgraded') return null;
      say('client', `${lines('POST /form HTTP/1.1', 'Host: a', 'Content-Length: 5')}a=b&c`);
      const chunked = lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked');
      say('server', `${chunked}5\r\nhello\r\n3\r\n101\r\n0\r\n\r\n`);
    }
    if (opening === 'refused' || opening === 'after-401') {
      say('client', request, 'request');
      const status = opening === 'refused' ? 403 : 401;
      const text = `${lines(`HTTP/1.1 ${status} No`, 'Content-Length: 2')}no`;
      say('server', text, opening === 'refused' ? 'response' : undefined);
      if (opening === 'refused') return status;
    }
    say('client', request, 'request');
    const interim = opening === 'interim' ? lines('HTTP/1.1 103 Early Hints', 'Link: </a.css>') : '';
    const response = interim + switchingProtocols(...extension, ...selected);
    say('server', response, 'response');
    return 101;
  }

  #turn(turn: Turn): void {
    const { from, kind, length, frames } = turn;
    const payload = kind === 'text' ? this.#text(length) : this.#noise(length);
    if (kind === 'ping' || kind === 'pong') {
      this.#frame(from, kind === 'ping' ? 9 : 10, payload, true);
      return;
    }
    this.#messages[from].push(payload.length);
    const body = turn.compressed ? this.#deflate(from, payload) : payload;
    const cuts = Array.from({ length: frames - 1 }, () => this.#random.below(body.length + 1));
    const edges = [0, ...cuts.toSorted((a, b) => a - b), body.length];
    for (let i = 0; i < frames; i++) {
      const opcode = i > 0 ? 0 : kind === 'text' ? 1 : 2;
      const piece = body.subarray(edges[i], edges[i + 1]);
      this.#frame(from, opcode, piece, i === frames - 1, turn.compressed && i === 0);
      if (turn.pingInside && i === 0) this.#frame(from, 9, this.#noise(this.#random.below(20)), true);
    }
  }

  #closeFrames(): void {
    const { close, code, reason } = this.#plan;
    const payload =
      code === null
        ? new Uint8Array(0)
        : Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), Buffer.from(reason)]);
    const [first, second]: [Side, Side] = close.startsWith('server')
      ? ['server', 'client']
      : ['client', 'server'];
    if (!/clean|unanswered|both/.test(close)) return;
    this.#closesFirst = first;
    const send = (from: Side, bytes: Uint8Array, text: string, settles = true) => {
      this.#frame(from, 8, bytes, true, false, settles);
      this.#codes[from] = code;
      this.#reasons[from] = code === null ? null : text;
    };
    send(first, payload, reason, close !== 'both-at-once');
    if (close.endsWith('unanswered')) return;
    send(second, payload.subarray(0, 2), '');
  }

  #ends(): Script['ends'] {
    const fin = (from: Side) => ({ from, how: 'fin' as const });
    switch (this.#plan.close) {
      case 'client-clean':
      case 'server-clean':
      case 'both-at-once':
      case 'server-unanswered':
      case 'server-fin':
        return [fin('server'), fin('client')];
      case 'client-unanswered':
      case 'client-fin':
        return [fin('client'), fin('server')];
      case 'client-rst':
        return [{ from: 'client', how: 'rst' }];
      case 'server-rst':
        return [{ from: 'server', how: 'rst' }];
      case 'open':
        return [];
    }
  }

  #frame(
    from: Side,
    opcode: Opcode,
    payload: Uint8Array,
    final: boolean,
    rsv1 = false,
    settles = false,
  ): void {
    this.#frames[from].push({ opcode, length: payload.length, final });
    const first = (final ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
    const bytes = encode(first, payload, from === 'client' ? this.#noise(4) : null);
    const mayLose = opcode === 2 && final && payload.length > 4 * this.#plan.network.segmentLength;
    this.#writes.push({ from, bytes, settles: settles || opcode === 8, ...(mayLose ? { mayLose } : {}) });
  }

  #write(from: Side, bytes: Uint8Array, settles: boolean, completes?: Write['completes']): void {
    this.#writes.push({ from, bytes, settles, ...(completes === undefined ? {} : { completes }) });
  }

  /** RFC 7692 §7.2.1: without the last four bytes; with takeover the window of what came before. */
  #deflate(from: Side, payload: Uint8Array): Uint8Array {
    const dictionary = this.#history[from];
    const whole = deflateRawSync(payload, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(dictionary.length > 0 ? { dictionary } : {}),
    });
    if (this.#plan.deflate === 'takeover') {
      this.#history[from] = concat([dictionary, payload]).slice(-WINDOW);
    }
    return whole.subarray(0, -TAIL);
  }

  #noise(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#random.below(256));
  }

  /** Of one to four bytes a character. */
  #text(length: number): Uint8Array {
    let text = '';
    while (text.length < length)
      text += this.#random.of(['a', 'e', ' ', '{"n":1}', 'é', '語', '🙂', 'HTTP/1.1 ']);
    return Buffer.from(text);
  }
}

function encode(first: number, payload: Uint8Array, mask: Uint8Array | null): Uint8Array {
  const { length } = payload;
  const bit = mask === null ? 0 : 0x80;
  let header: Buffer;
  if (length < 126) header = Buffer.from([first, bit | length]);
  else if (length < 65_536) header = Buffer.from([first, bit | 126, length >> 8, length & 0xff]);
  else {
    header = Buffer.from([first, bit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(length, 6);
  }
  if (mask === null) return concat([header, payload]);
  return concat([header, mask, payload.map((byte, i) => byte ^ mask[i & 3]!)]);
}
