/** Random frame streams, legal and not, against the frame reader of npm's `ws`: an implementation by other people. */
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PerMessageDeflate, Receiver } from 'ws';
import type { IrregularityKind } from '../../src/connection/irregularity.ts';
import type { DeflateDirection } from '../../src/websocket/extensions.ts';
import { BYTE_BY_BYTE, inSegmentsOf, WHOLE } from '../helpers/exchange-log.ts';
import { playSide, type SideLog } from '../helpers/side-log.ts';

/** The errors of ws, and the names of the same errors here. */
const KINDS: Readonly<Record<string, readonly IrregularityKind[]>> = {
  WS_ERR_UNEXPECTED_RSV_2_3: ['reserved-bits'],
  WS_ERR_UNEXPECTED_RSV_1: ['reserved-bits'],
  WS_ERR_INVALID_OPCODE: ['reserved-opcode', 'continuation-without-start', 'message-inside-message'],
  WS_ERR_EXPECTED_FIN: ['control-fragmented'],
  WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH: ['control-too-long', 'close-payload-of-one-byte'],
  WS_ERR_EXPECTED_MASK: ['masking'],
  WS_ERR_UNEXPECTED_MASK: ['masking'],
  WS_ERR_INVALID_UTF8: ['text-not-utf8', 'close-reason-not-utf8'],
  WS_ERR_INVALID_CLOSE_CODE: ['close-code-not-sendable'],
  Z_DATA_ERROR: ['inflate-failed'],
};
/** What ws doesn't look at. */
const NOT_OF_WS: readonly IrregularityKind[] = [
  'length-not-shortest',
  'data-after-close',
  'close-inside-message',
];

interface WireFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly reservedBits: number;
  readonly isMasked: boolean;
  readonly payload: Uint8Array;
}

function bytesOf({ opcode, isFinal, reservedBits, isMasked, payload }: WireFrame, key: number): Buffer {
  const { length } = payload;
  const size =
    length < 126
      ? [length]
      : length < 65536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  size[0]! |= isMasked ? 0x80 : 0;
  const mask = isMasked ? [key >>> 24, (key >>> 16) & 255, (key >>> 8) & 255, key & 255] : [];
  const body = payload.map((byte, index) => (isMasked ? byte ^ mask[index & 3]! : byte));
  return Buffer.from([(isFinal ? 0x80 : 0) | (reservedBits << 4) | opcode, ...size, ...mask, ...body]);
}

const rarely = (weight: number, value: number, otherwise: readonly number[]) =>
  fc.oneof(
    { weight, arbitrary: fc.constant(value) },
    { weight: 1, arbitrary: fc.constantFrom(...otherwise) },
  );

const text = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((string) => new Uint8Array(Buffer.from(string)));
const body = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(125, 126, 300, 65535, 65536).map((n) => new Uint8Array(n).fill(0x61)),
  },
);
const closeBody = fc
  .tuple(
    rarely(
      6,
      1000,
      [999, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1012, 1014, 1015, 1016, 2999, 3000, 4999, 5000],
    ),
    fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) }),
    fc.constantFrom(0, 1, 2, 2, 2, 2),
  )
  .map(([code, reason, head]) =>
    Uint8Array.from([code >> 8, code & 255, ...(head === 2 ? reason : [])]).slice(
      0,
      head === 2 ? undefined : head,
    ),
  );

function streamOf(role: 'client' | 'server'): fc.Arbitrary<WireFrame[]> {
  const frame = fc
    .record({
      opcode: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(0, 1, 2, 9, 10) },
        { weight: 4, arbitrary: fc.constant(8) },
        { weight: 1, arbitrary: fc.constantFrom(3, 7, 11, 15) },
      ),
      isFinal: fc.oneof(
        { weight: 2, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
      reservedBits: rarely(40, 0, [1, 2, 4, 6, 7]),
      isOdd: rarely(60, 0, [1]),
      data: body,
      close: closeBody,
    })
    .map(({ opcode, isFinal, reservedBits, isOdd, data, close }) => ({
      opcode,
      isFinal: isFinal || (opcode >= 8 && reservedBits === 0 && data.length % 5 !== 0),
      reservedBits,
      isMasked: (role === 'client') !== (isOdd === 1),
      payload:
        opcode === 8 ? close : opcode > 8 ? data.slice(0, data.length % 7 === 0 ? undefined : 125) : data,
    }));
  // Mostly in an order that is allowed, or every stream would end at its second frame.
  return fc.tuple(fc.array(frame, { maxLength: 14 }), rarely(3, 1, [0])).map(([frames, isOrderly]) => {
    let inMessage = false;
    return frames.map((each) => {
      if (each.opcode > 2 || isOrderly === 0) return each;
      const opcode = inMessage ? 0 : each.opcode === 0 ? 1 : each.opcode;
      inMessage = !each.isFinal;
      return { ...each, opcode };
    });
  });
}

interface Seen {
  readonly events: string[];
  readonly error: string | null;
}

async function readByWs(bytes: Buffer, isServer: boolean, extensions = {}): Promise<Seen> {
  const events: string[] = [];
  let error: string | null = null;
  const receiver = new Receiver({ isServer, skipUTF8Validation: false, extensions });
  receiver.on('message', (message: Buffer, isBinary: boolean) => {
    events.push(`${isBinary ? 2 : 1} ${message.toString('hex')}`);
  });
  receiver.on('ping', (data: Buffer) => events.push(`9 ${data.toString('hex')}`));
  receiver.on('pong', (data: Buffer) => events.push(`10 ${data.toString('hex')}`));
  receiver.on('conclude', (code: number, reason: Buffer) =>
    events.push(`8 ${code} ${reason.toString('hex')}`),
  );
  receiver.on('error', (problem: NodeJS.ErrnoException) => {
    error = problem.code ?? problem.message;
  });
  const done = Promise.race([once(receiver, 'finish'), once(receiver, 'error'), once(receiver, 'close')]);
  receiver.end(Buffer.from(bytes));
  await done.catch(() => undefined);
  return { events, error };
}

function eventsOf(log: SideLog): string[] {
  return log.events.map((event) => {
    if ('wireLength' in event) return `${event.opcode} ${Buffer.from(event.bytes ?? []).toString('hex')}`;
    const control = Buffer.from(event.controlPayload ?? []);
    if (event.opcode !== 8) return `${event.opcode} ${control.toString('hex')}`;
    return `8 ${control.length < 2 ? 1005 : control.readUInt16BE()} ${control.toString('hex', 2)}`;
  });
}

/** The number of the first frame that ws would not take. */
function firstViolation({ irregular }: SideLog): number {
  const numbers = [...irregular]
    .filter(([, kinds]) => [...kinds].some((kind) => !NOT_OF_WS.includes(kind)))
    .map(([number]) => number);
  return Math.min(...numbers, Infinity);
}

async function compare(
  frames: readonly WireFrame[],
  key: number,
  role: 'client' | 'server',
  deflate: DeflateDirection | null,
  extensions: () => object,
): Promise<void> {
  const pieces = frames.map((frame, index) => bytesOf(frame, (key + index * 0x01010101) >>> 0));
  const bytes = Buffer.concat(pieces);
  const theirs = await readByWs(bytes, role === 'client', extensions());
  for (const segmentation of [WHOLE, BYTE_BY_BYTE, inSegmentsOf(1, 7, 1448)]) {
    const log = playSide(bytes, { role, deflate, segmentation });
    const violation = firstViolation(log);
    const before = playSide(
      Buffer.concat(pieces.slice(0, violation === Infinity ? undefined : violation - 1)),
      { role, deflate },
    );
    const ours = eventsOf(before);
    const close = ours.findIndex((event) => event.startsWith('8 '));
    if (close >= 0) {
      // ws reads no further than a Close.
      expect(theirs).toEqual({ events: ours.slice(0, close + 1), error: null });
      continue;
    }
    expect(theirs.events).toEqual(ours);
    if (theirs.error === null) expect(violation).toBe(Infinity);
    else {
      const kinds = [...(log.irregular.get(violation) ?? [])];
      const expected = KINDS[theirs.error] ?? [];
      expect(
        expected.some((kind) => kinds.includes(kind)),
        `${theirs.error}: ${kinds.join()}`,
      ).toBe(true);
    }
  }
}

test.each(['client', 'server'] as const)('what a %s sends, legal and not', async (role) => {
  await fc.assert(
    fc.asyncProperty(streamOf(role), fc.nat(), async (frames, key) => {
      await compare(frames, key, role, null, () => ({}));
    }),
    { numRuns: 40 },
  );
});

/** For both directions: with and without context takeover, and a small window. */
const AGREED: readonly DeflateDirection[] = [
  { noContextTakeover: false, windowBits: 15 },
  { noContextTakeover: true, windowBits: 15 },
  { noContextTakeover: false, windowBits: 9 },
  { noContextTakeover: true, windowBits: 10 },
];

function deflateOf(
  role: 'client' | 'server',
  { noContextTakeover, windowBits }: DeflateDirection,
  isServer: boolean,
): PerMessageDeflate {
  const deflate = new PerMessageDeflate({ isServer, threshold: 0 });
  deflate.accept([
    {
      ...(noContextTakeover ? { [`${role}_no_context_takeover`]: [true] } : {}),
      ...(windowBits === 15 ? {} : { [`${role}_max_window_bits`]: [windowBits] }),
    },
  ]);
  return deflate;
}

function compress(deflate: PerMessageDeflate, data: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    deflate.compress(data, true, (error, compressed) => {
      if (error === null) resolve(Buffer.from(compressed));
      else reject(error);
    });
  });
}

test.each(AGREED.flatMap((agreed) => (['client', 'server'] as const).map((role) => [role, agreed] as const)))(
  'what a %s sends with permessage-deflate %j',
  async (role, agreed) => {
    const words = fc.constantFrom('heartbeat', 'quote', 'EURUSD', '1.0821', '€', '{"type":"tick"}', ' ');
    const message = fc.record({
      data: fc.oneof(
        {
          weight: 6,
          arbitrary: fc.array(words, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))),
        },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
        { weight: 1, arbitrary: fc.nat(255).map((byte) => Buffer.alloc(40_000, byte)) },
      ),
      isText: fc.boolean(),
      isCompressed: fc.constantFrom(true, true, true, false),
      cuts: fc.array(fc.nat(50), { maxLength: 2 }),
      ping: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 8 }), fc.nat(), async (messages, key) => {
        const sender = deflateOf(role, agreed, role === 'server');
        const frames: WireFrame[] = [];
        const isMasked = role === 'client';
        for (const { data, isText, isCompressed, cuts, ping } of messages) {
          const payload = isCompressed ? await compress(sender, data) : data;
          const ends = [
            ...cuts.filter((cut) => cut < payload.length).toSorted((a, b) => a - b),
            payload.length,
          ];
          ends.forEach((end, index) => {
            frames.push({
              opcode: index > 0 ? 0 : isText ? 1 : 2,
              isFinal: index === ends.length - 1,
              reservedBits: index === 0 && isCompressed ? 4 : 0,
              isMasked,
              payload: payload.subarray(ends[index - 1] ?? 0, end),
            });
            if (ping && index === 0) {
              frames.push({
                opcode: 9,
                isFinal: true,
                reservedBits: 0,
                isMasked,
                payload: Buffer.from('hi'),
              });
            }
          });
        }
        sender.cleanup();
        await compare(frames, key, role, agreed, () => ({
          [PerMessageDeflate.extensionName]: deflateOf(role, agreed, role === 'client'),
        }));
      }),
      { numRuns: 12 },
    );
  },
);

test.each(AGREED)(
  'a damaged message is found where ws finds it, and nothing before it: %j',
  async (agreed) => {
    const data = fc.array(fc.constantFrom('quote', 'EURUSD', '1.0821', '€'), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(data, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.nat(),
        async (texts, at, bit) => {
          const sender = deflateOf('server', agreed, true);
          const payloads: Buffer[] = [];
          for (const words of texts) payloads.push(await compress(sender, Buffer.from(words.join(''))));
          sender.cleanup();
          const damaged = payloads.at(-1)!;
          damaged[at % damaged.length]! ^= 1 << (bit & 7);
          const bytes = Buffer.concat(
            payloads.map((payload) =>
              bytesOf({ opcode: 1, isFinal: true, reservedBits: 4, isMasked: false, payload }, 0),
            ),
          );
          const theirs = await readByWs(bytes, false, {
            [PerMessageDeflate.extensionName]: deflateOf('server', agreed, false),
          });
          for (const segmentation of [WHOLE, BYTE_BY_BYTE]) {
            const log = playSide(bytes, { role: 'server', deflate: agreed, segmentation });
            const violation = firstViolation(log);
            // Ours is the stricter one: ws ignores what follows a final block.
            if (theirs.error === null) expect(violation).toBeGreaterThanOrEqual(payloads.length);
            else expect(violation).toBe(payloads.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  },
);
