/** Captures of generated conversations full of secrets, sent through a network that loses, repeats and reorders. */
import fc from 'fast-check';
import { constants, deflateRawSync } from 'node:zlib';
import { CaptureWriter } from '../fuzz/capture-writer.ts';
import { splitPcap } from '../fuzz/split-pcap.ts';
import { lines, KEY, switchingProtocols } from '../helpers/handshakes.ts';

export interface GeneratedCapture {
  readonly bytes: Uint8Array;
  /** Byte strings that must not be left in the output. */
  readonly secrets: readonly Uint8Array[];
}

type Sender = 0 | 1;

interface Item {
  readonly from: Sender;
  readonly kind: 'text' | 'binary' | 'ping' | 'pong' | 'bad-text' | 'deflated' | 'bad-deflate' | 'reserved';
  readonly content: string;
  readonly pieces: number;
  readonly mask: number;
}

export interface Plan {
  readonly items: readonly Item[];
  readonly path: string;
  readonly token: string;
  readonly cookie: string;
  readonly subprotocol: string;
  readonly reason: string;
  readonly code: number;
  readonly takeover: boolean;
  /** The handshake fares as all the rest does; and so many packets were sent before the capture began. */
  readonly isHandshakeSafe: boolean;
  readonly missedPackets: number;
  /** Of each segment: its size, and what becomes of it. */
  readonly sizes: readonly number[];
  readonly fates: readonly ('sent' | 'twice' | 'lost' | 'late' | 'cut' | 'overlapping')[];
}

const SECRET = fc.string({
  unit: fc.constantFrom(...Array.from('ABCDEFGHJKLMNPQRSTUVWYZ23456789')),
  minLength: 6,
  maxLength: 40,
});
const CONTENT = fc.oneof(
  SECRET,
  fc.string({ unit: fc.constantFrom('Ä', 'ß', '水', '😀', 'Q', '{', '"', ' '), maxLength: 60 }),
  fc.integer({ min: 100, max: 1500 }).map((length) => 'SECRET-PAYLOAD'.repeat(200).slice(0, length)),
);
const ITEM: fc.Arbitrary<Item> = fc.record({
  from: fc.constantFrom<Sender>(0, 1),
  kind: fc.constantFrom<Item['kind']>(
    'text',
    'binary',
    'ping',
    'pong',
    'bad-text',
    'deflated',
    'deflated',
    'bad-deflate',
    'reserved',
  ),
  content: CONTENT,
  pieces: fc.integer({ min: 1, max: 3 }),
  mask: fc.integer({ min: 0, max: 0xffffffff }),
});

export const PLAN: fc.Arbitrary<Plan> = fc.record({
  items: fc.array(ITEM, { maxLength: 12 }),
  path: SECRET,
  token: SECRET,
  cookie: SECRET,
  subprotocol: SECRET,
  reason: SECRET,
  code: fc.constantFrom(1000, 1001, 1008, 1011, 4000, 1005),
  takeover: fc.boolean(),
  isHandshakeSafe: fc.boolean(),
  missedPackets: fc.oneof(fc.constant(0), fc.nat(12)),
  sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 1400 })), {
    minLength: 1,
    maxLength: 20,
  }),
  fates: fc.array(
    fc.constantFrom('sent', 'sent', 'sent', 'sent', 'twice', 'late', 'overlapping', 'lost', 'cut'),
    { minLength: 1, maxLength: 30 },
  ),
});

function frame(from: Sender, first: number, payload: Uint8Array, mask: number): Buffer {
  const { length } = payload;
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff];
  if (from === 1) return Buffer.concat([Buffer.from([first, ...size]), payload]);
  const key = Buffer.alloc(4);
  key.writeUInt32BE(mask);
  const masked = payload.map((byte, index) => byte ^ key[index & 3]!);
  return Buffer.concat([Buffer.from([first, size[0]! | 0x80, ...size.slice(1)]), key, masked]);
}

/** The payload in frames, and its first byte's opcode and RSV1. */
function message({ from, pieces, mask }: Item, opcode: number, payload: Uint8Array, rsv1: boolean): Buffer {
  const size = Math.ceil(payload.length / pieces);
  const frames: Buffer[] = [];
  for (let i = 0; i < pieces; i++) {
    const part = payload.subarray(i * size, i === pieces - 1 ? payload.length : (i + 1) * size);
    const first = (i === pieces - 1 ? 0x80 : 0) | (i === 0 ? opcode | (rsv1 ? 0x40 : 0) : 0);
    frames.push(frame(from, first, part, mask));
  }
  return Buffer.concat(frames);
}

/** @param wrap what each thing that somebody sends is put into */
export function captureOf(
  plan: Plan,
  wrap: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): GeneratedCapture {
  const secrets: Uint8Array[] = [plan.path, plan.token, plan.cookie, plan.subprotocol, plan.reason].map(
    (text) => Buffer.from(text),
  );
  const network = new Network(plan, wrap);
  network.send(
    0,
    Buffer.from(
      lines(
        `GET /${plan.path}?token=${plan.token} HTTP/1.1`,
        `Host: ${plan.path.toLowerCase()}.example`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${KEY}`,
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Protocol: ${plan.subprotocol}`,
        'Sec-WebSocket-Extensions: permessage-deflate',
        `Cookie: session=${plan.cookie}`,
        `Authorization: Bearer ${plan.token}`,
        `X-${plan.cookie}: ${plan.token}`,
      ),
    ),
  );
  const extension = plan.takeover
    ? 'permessage-deflate'
    : 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
  network.send(
    1,
    Buffer.from(
      switchingProtocols(
        `Sec-WebSocket-Protocol: ${plan.subprotocol}`,
        `Sec-WebSocket-Extensions: ${extension}`,
        `Set-Cookie: session=${plan.cookie}`,
      ),
    ),
  );
  network.isHandshake = false;
  const history: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (const item of plan.items) {
    const content = Buffer.from(item.content);
    secrets.push(content);
    const bytes = itemBytes(item, content, history, plan.takeover);
    secrets.push(bytes.payload);
    network.send(item.from, bytes.frames);
  }
  const code = Buffer.from([plan.code >> 8, plan.code & 0xff]);
  for (const from of [0, 1] as const) {
    const payload = plan.code === 1005 ? Buffer.alloc(0) : Buffer.concat([code, Buffer.from(plan.reason)]);
    network.send(from, frame(from, 0x88, payload, 0x12345678));
  }
  return { bytes: network.done(), secrets };
}

function itemBytes(
  item: Item,
  content: Buffer,
  history: [Buffer, Buffer],
  takeover: boolean,
): { frames: Buffer; payload: Uint8Array } {
  const short = content.subarray(0, 125);
  switch (item.kind) {
    case 'text':
      return { frames: message(item, 1, content, false), payload: content };
    case 'bad-text': {
      const payload = Buffer.concat([content, Buffer.from([0xe2, 0x82])]);
      return { frames: message(item, 1, payload, false), payload };
    }
    case 'binary':
      return { frames: message(item, 2, content, false), payload: content };
    case 'ping':
      return { frames: frame(item.from, 0x89, short, item.mask), payload: short };
    case 'pong':
      return { frames: frame(item.from, 0x8a, short, item.mask), payload: short };
    case 'reserved':
      return { frames: frame(item.from, 0x83, content, item.mask), payload: content };
    case 'bad-deflate': {
      const payload = Buffer.concat([Buffer.from([0x07]), content]);
      return { frames: message(item, 1, payload, true), payload };
    }
    case 'deflated': {
      const dictionary = takeover ? history[item.from] : Buffer.alloc(0);
      const payload = deflateRawSync(content, {
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(dictionary.length === 0 ? {} : { dictionary }),
      }).subarray(0, -4);
      history[item.from] = Buffer.concat([history[item.from], content]).subarray(-32_768);
      return { frames: message(item, 1, payload, true), payload };
    }
  }
}

class Network {
  readonly #writer = new CaptureWriter().open();
  readonly #plan: Plan;
  readonly #wrap: (bytes: Uint8Array) => Uint8Array;
  #count = 0;
  isHandshake = true;
  readonly #late: { due: number; send: () => void }[] = [];

  constructor(plan: Plan, wrap: (bytes: Uint8Array) => Uint8Array) {
    this.#plan = plan;
    this.#wrap = wrap;
  }

  send(from: Sender, content: Buffer): void {
    const bytes = Buffer.from(this.#wrap(content));
    for (let at = 0; at < bytes.length;) {
      const size = this.#plan.sizes[this.#count % this.#plan.sizes.length]!;
      this.#segment(from, bytes.subarray(at, at + size), bytes.subarray(Math.max(0, at - 5), at + size));
      at += size;
    }
  }

  done(): Uint8Array {
    this.#sendLate(Infinity);
    this.#writer.send(1, 'FA').send(0, 'FA').send(1, 'A');
    const { head, records } = splitPcap(Buffer.from(this.#writer.done()));
    return Buffer.concat([head, ...records.slice(this.#plan.missedPackets)]);
  }

  #segment(from: Sender, bytes: Buffer, withOld: Buffer): void {
    const writer = this.#writer;
    const isSafe = this.#plan.isHandshakeSafe && this.isHandshake;
    const fate = isSafe ? 'sent' : this.#plan.fates[this.#count % this.#plan.fates.length]!;
    this.#count++;
    const sequence = writer.next[from];
    const put = (payload: Buffer, at: number, originalLength?: number) => {
      const options = originalLength === undefined ? {} : { originalLength };
      writer.segment(from, at, writer.next[from === 0 ? 1 : 0], 'PA', payload, options);
    };
    writer.next[from] += bytes.length;
    switch (fate) {
      case 'lost':
        break;
      case 'late':
        this.#late.push({
          due: this.#count + 3,
          send: () => {
            put(bytes, sequence);
          },
        });
        break;
      case 'cut':
        put(bytes.subarray(0, bytes.length >> 1), sequence, 40 + bytes.length);
        break;
      case 'overlapping':
        put(withOld, sequence - (withOld.length - bytes.length));
        break;
      case 'twice':
        put(bytes, sequence);
        put(bytes, sequence);
        break;
      case 'sent':
        put(bytes, sequence);
    }
    this.#sendLate(this.#count);
  }

  #sendLate(now: number): void {
    while (this.#late.length > 0 && this.#late[0]!.due <= now) this.#late.shift()!.send();
  }
}
