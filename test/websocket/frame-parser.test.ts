import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Receiver, Sender } from 'ws';
import { FrameParser } from '../../src/websocket/frame-parser.ts';
import type { Frame } from '../../src/websocket/frame.ts';
import { BYTE_BY_BYTE, inSegmentsOf, WHOLE } from '../helpers/exchange-log.ts';
import { frameOf, playFrames, playPieces } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

const textOf = (frame: Frame | undefined) =>
  frame?.controlPayload ? Buffer.from(frame.controlPayload).toString('latin1') : null;

/** What a frame says, without where it was captured. */
const withoutPlace = ({ opcode, isFinal, reservedBits, isMasked, payloadLength, ...rest }: Frame) => ({
  opcode,
  isFinal,
  reservedBits,
  isMasked,
  payloadLength,
  isShortestLength: rest.isShortestLength,
  control: rest.controlPayload === null ? null : Buffer.from(rest.controlPayload).toString('hex'),
});

const text = {
  opcode: 1,
  isFinal: true,
  reservedBits: 0,
  isMasked: false,
  isShortestLength: true,
  control: null,
};

/** Wire bytes and the frames in them; the examples of RFC 6455 §5.7 first. */
const STREAMS: readonly (readonly [name: string, bytes: Uint8Array, frames: readonly object[]])[] = [
  ['an unmasked text', hex('8105 48656c6c6f'), [{ ...text, payloadLength: 5 }]],
  ['a masked text', hex('8185 37fa213d 7f9f4d5158'), [{ ...text, isMasked: true, payloadLength: 5 }]],
  [
    'a fragmented text',
    hex('0103 48656c 8002 6c6f'),
    [
      { ...text, isFinal: false, payloadLength: 3 },
      { ...text, opcode: 0, payloadLength: 2 },
    ],
  ],
  [
    'a ping and its masked pong',
    hex('8905 48656c6c6f 8a85 37fa213d 7f9f4d5158'),
    [
      { ...text, opcode: 9, payloadLength: 5, control: '48656c6c6f' },
      { ...text, opcode: 10, isMasked: true, payloadLength: 5, control: '48656c6c6f' },
    ],
  ],
  [
    '256 bytes in a 16-bit length',
    frameOf(2, new Uint8Array(256)),
    [{ ...text, opcode: 2, payloadLength: 256 }],
  ],
  [
    '64 KiB in a 64-bit length',
    frameOf(2, new Uint8Array(65536)),
    [{ ...text, opcode: 2, payloadLength: 65536 }],
  ],
  [
    'no payload',
    hex('8200 8a00'),
    [
      { ...text, opcode: 2, payloadLength: 0 },
      { ...text, opcode: 10, payloadLength: 0, control: '' },
    ],
  ],
  [
    'no payload, masked',
    hex('8880 01020304'),
    [{ ...text, opcode: 8, isMasked: true, payloadLength: 0, control: '' }],
  ],
  ['125 bytes', frameOf(1, 'x'.repeat(125)), [{ ...text, payloadLength: 125 }]],
  ['126 bytes', frameOf(1, 'x'.repeat(126)), [{ ...text, payloadLength: 126 }]],
  ['65 535 bytes', frameOf(1, new Uint8Array(65535)), [{ ...text, payloadLength: 65535 }]],
  [
    'a masked 16-bit length',
    concat([hex('82fe 0080 01020304'), new Uint8Array(128), hex('8100')]),
    [
      { ...text, opcode: 2, isMasked: true, payloadLength: 128 },
      { ...text, payloadLength: 0 },
    ],
  ],
  [
    'a masked 64-bit length',
    concat([hex('82ff 0000000000010000 01020304'), new Uint8Array(65536), hex('8100')]),
    [
      { ...text, opcode: 2, isMasked: true, payloadLength: 65536 },
      { ...text, payloadLength: 0 },
    ],
  ],
  [
    'a ping between fragments',
    hex('0101 61 8901 62 8001 63'),
    [
      { ...text, isFinal: false, payloadLength: 1 },
      { ...text, opcode: 9, payloadLength: 1, control: '62' },
      { ...text, opcode: 0, payloadLength: 1 },
    ],
  ],
  [
    'a masked Close with code and reason',
    hex('8886 01020304 02ea6d6c6d64'),
    [{ ...text, opcode: 8, isMasked: true, payloadLength: 6, control: '03e86e686c66' }],
  ],
];

describe.each(STREAMS)('%s', (_name, bytes, frames) => {
  test.each([
    ['whole', WHOLE],
    ['byte by byte', BYTE_BY_BYTE],
    ['in segments of 3 and 1448', inSegmentsOf(3, 1448)],
  ] as const)('is read the same %s', (_how, segmentation) => {
    const log = playFrames(bytes, segmentation);
    expect(log.frames.map(withoutPlace)).toEqual(frames);
    expect(log.parser.unfinished).toBeNull();
  });

  test('is read the same with other bytes behind it', () => {
    const log = playFrames(concat([bytes, hex('81')]), inSegmentsOf(bytes.length + 1));
    expect(log.frames.map(withoutPlace)).toEqual(frames);
    expect(log.parser.unfinished).toMatchObject({ opcode: null, payloadLength: null, received: 1 });
  });
});

describe('violations are read on over', () => {
  test.each([
    ['all reserved bits', 'f100', { opcode: 1, reservedBits: 7 }],
    ['the first reserved bit', 'c100', { opcode: 1, reservedBits: 4 }],
    ['a reserved data opcode', '8301 61', { opcode: 3, controlPayload: null }],
    ['a reserved control opcode', '8b01 61', { opcode: 11, controlPayload: null }],
    ['a fragmented ping', '0901 61', { opcode: 9, isFinal: false }],
    [
      'a 16-bit length that is not the shortest',
      '817e 0001 61',
      { opcode: 1, payloadLength: 1, isShortestLength: false },
    ],
    [
      'a 64-bit length that is not the shortest',
      '817f 0000000000000001 61',
      { opcode: 1, payloadLength: 1, isShortestLength: false },
    ],
    [
      'the longest 16-bit length that is not the shortest',
      `827e 007d ${'61'.repeat(125)}`,
      { payloadLength: 125, isShortestLength: false },
    ],
    [
      'the longest 64-bit length that is not the shortest',
      `827f 000000000000ffff ${'61'.repeat(65535)}`,
      { payloadLength: 65535, isShortestLength: false },
    ],
    ['a Close of one byte', '8801 03', { opcode: 8, payloadLength: 1 }],
  ])('%s', (_name, bytes, frame) => {
    for (const segmentation of [WHOLE, BYTE_BY_BYTE]) {
      const { frames } = playFrames(hex(`${bytes} 8102 6869`), segmentation);
      expect(frames).toMatchObject([frame, { opcode: 1, payloadLength: 2 }]);
    }
  });

  test('of a control frame that is too long, 125 bytes are kept', () => {
    for (const segmentation of [WHOLE, BYTE_BY_BYTE]) {
      const { frames } = playFrames(concat([frameOf(9, 'x'.repeat(300)), hex('8100')]), segmentation);
      expect(frames).toMatchObject([{ opcode: 9, payloadLength: 300 }, { opcode: 1 }]);
      expect(textOf(frames[0])).toBe('x'.repeat(125));
    }
  });

  test('a length with its top bit set is a very long frame', () => {
    const { parser, frames } = playFrames([hex('827f ffffffffffffffff 0102'), 1 << 30, hex('8100')]);
    expect(frames).toEqual([]);
    expect(parser.unfinished).toMatchObject({ opcode: 2, payloadLength: 2 ** 64, received: (1 << 30) + 4 });
    expect(parser.isLost).toBe(false);
  });
});

describe('bytes of the buffer that are not in the segment', () => {
  test.each([
    ['behind a frame', '8100 8100 8100', 2, 1, null],
    ['behind the first byte of a header', '8100 8100 8100', 3, 1, 1],
    ['behind half of a 16-bit length', '827e 0000 8200', 3, 0, 3],
  ])('%s are not read', (_name, bytes, end, count, headerBytes) => {
    const frames: number[] = [];
    const parser = new FrameParser(0, {
      frame: (_direction, { opcode }) => frames.push(opcode),
      plainFrames: () => undefined,
    });
    parser.push(hex(bytes), 0, end, 1, 1, 0);
    expect(frames).toHaveLength(count);
    expect(parser.unfinished?.received ?? null).toBe(headerBytes);
  });
});

describe('where a frame was captured', () => {
  test('first packet is that of its first header byte, packet and time those of its last byte', () => {
    const { frames } = playFrames(concat([frameOf(1, 'hello'), frameOf(9, 'x')]), inSegmentsOf(1, 4, 4, 1));
    expect(frames).toMatchObject([
      { firstPacket: 1, packet: 3, seconds: 3 },
      { firstPacket: 3, packet: 4, seconds: 4 },
    ]);
  });

  test('a payload that ends with a segment belongs to that segment', () => {
    const { frames } = playFrames([frameOf(1, 'hello'), frameOf(1)]);
    expect(frames).toMatchObject([
      { firstPacket: 1, packet: 1 },
      { firstPacket: 2, packet: 2 },
    ]);
  });
});

describe('where the stream stands', () => {
  test.each([
    ['', null],
    ['81', { opcode: null, payloadLength: null, received: 1 }],
    ['81fe 00', { opcode: null, payloadLength: null, received: 3 }],
    ['8105', { opcode: 1, payloadLength: 5, received: 0 }],
    ['8105 4865', { opcode: 1, payloadLength: 5, received: 2 }],
    ['8105 48656c6c6f', null],
    ['8185 01020304 4865', { opcode: 1, payloadLength: 5, received: 2 }],
  ])('after %j', (bytes, unfinished) => {
    for (const segmentation of [WHOLE, BYTE_BY_BYTE]) {
      const seen = playFrames(hex(bytes), segmentation).parser.unfinished;
      if (unfinished === null) expect(seen).toBeNull();
      else expect(seen).toMatchObject({ ...unfinished, firstPacket: 1 });
    }
  });
});

describe('gaps', () => {
  test('inside a payload leave the framing whole', () => {
    const { frames, parser } = playFrames([hex('8264 0102'), 60, new Uint8Array(38), frameOf(1, 'after')]);
    expect(frames).toMatchObject([
      { opcode: 2, payloadLength: 100, firstPacket: 1, packet: 3 },
      { opcode: 1, payloadLength: 5 },
    ]);
    expect(parser.isLost).toBe(false);
  });

  test('up to the end of a payload complete the frame', () => {
    const { frames } = playFrames([hex('8264'), 100, frameOf(1)]);
    expect(frames).toMatchObject([{ opcode: 2, packet: 2 }, { opcode: 1 }]);
  });

  test.each([
    ['before the payload of a ping', [hex('8905'), 2, hex('616263')]],
    ['inside it', [hex('8905 61'), 2, hex('6263')]],
    ['up to its end', [hex('8905 6162'), 3]],
  ])('%s take its payload, and no other', (_name, pieces) => {
    const { frames } = playFrames([...pieces, frameOf(9, 'next')]);
    expect(frames).toMatchObject([{ opcode: 9, payloadLength: 5, controlPayload: null }, { opcode: 9 }]);
    expect(textOf(frames[1])).toBe('next');
  });

  test.each([
    ['between frames', [frameOf(1, 'a'), 3]],
    ['inside a header', [hex('81fe 00'), 1]],
    ['one byte over the end of a payload', [hex('8105 6162'), 4]],
    ['in front of everything', [10]],
  ])('%s lose the framing for good', (_name, pieces) => {
    const { frames, parser } = playFrames([...pieces, frameOf(1, 'x'), 5, frameOf(8)]);
    expect(parser.isLost).toBe(true);
    expect(frames.filter(({ firstPacket }) => firstPacket > pieces.length)).toEqual([]);
  });
});

test('a gap that loses the framing inside a payload loses it for good, also where another gap would fit into that payload', () => {
  const { frames, parser } = playFrames([hex('8105 6162'), 4, 3, frameOf(1)]);
  expect(frames).toEqual([]);
  expect(parser.isLost).toBe(true);
});

test('a gap of unknown length inside a payload loses the framing', () => {
  const { frames, parser } = playFrames([hex('8264 0102')]);
  parser.gap('unknown', 2, 2, 0);
  playPieces(parser, [new Uint8Array(98), frameOf(1)], WHOLE);
  expect(frames).toEqual([]);
  expect(parser.isLost).toBe(true);
});

test('random bytes and gaps never throw', () => {
  const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 200 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), fc.boolean(), (pieces, isByByte) => {
      const { frames, parser } = playFrames(pieces, isByByte ? BYTE_BY_BYTE : WHOLE);
      for (const { controlPayload } of frames) expect(controlPayload?.length ?? 0).toBeLessThanOrEqual(125);
      const fed = pieces.reduce<number>(
        (sum, each) => sum + (typeof each === 'number' ? each : each.length),
        0,
      );
      expect(parser.unfinished?.received ?? 0).toBeLessThanOrEqual(fed);
    }),
    { numRuns: 300 },
  );
});

describe('held against the frame reader and writer of ws', () => {
  interface Message {
    readonly opcode: 1 | 2 | 9 | 10;
    readonly payloads: readonly Buffer[];
  }
  const payload = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
  const large = fc
    .constantFrom(125, 126, 127, 65535, 65536, 70000)
    .map((length) => Buffer.alloc(length, 0xa5));
  const data = fc.record<Message>({
    opcode: fc.constantFrom(1 as const, 2 as const),
    payloads: fc.array(fc.oneof({ weight: 5, arbitrary: payload(40) }, { weight: 1, arbitrary: large }), {
      minLength: 1,
      maxLength: 4,
    }),
  });
  const control = fc.record<Message>({
    opcode: fc.constantFrom(9 as const, 10 as const),
    payloads: payload(125).map((bytes) => [bytes]),
  });
  const close = fc.option(
    fc.tuple(fc.constantFrom(1000, 1001, 1011, 3000, 4999), fc.string({ maxLength: 20 })),
    {
      nil: null,
    },
  );

  /** Bytes of the messages as ws frames them, control frames put between fragments. */
  function wire(
    messages: readonly Message[],
    ending: readonly [number, string] | null,
    mask: boolean,
  ): Buffer {
    const frame = (fin: boolean, opcode: number, bytes: Buffer) =>
      Buffer.concat(Sender.frame(Buffer.from(bytes), { fin, opcode, mask, rsv1: false, readOnly: false }));
    const parts: Buffer[] = [];
    const pending = messages.filter(({ opcode }) => opcode >= 8);
    for (const { opcode, payloads } of messages.filter((message) => message.opcode < 8)) {
      payloads.forEach((bytes, index) => {
        parts.push(frame(index === payloads.length - 1, index === 0 ? opcode : 0, bytes));
        const between = pending.shift();
        if (between !== undefined) parts.push(frame(true, between.opcode, between.payloads[0]!));
      });
    }
    if (ending !== null) {
      const code = Buffer.alloc(2);
      code.writeUInt16BE(ending[0]);
      parts.push(frame(true, 8, Buffer.concat([code, Buffer.from(ending[1])])));
    }
    return Buffer.concat(parts);
  }

  /** What ws's reader says of the bytes: one line a message or control frame. */
  async function readByWs(bytes: Buffer, isServer: boolean): Promise<string[]> {
    const seen: string[] = [];
    const receiver = new Receiver({ isServer, skipUTF8Validation: true });
    receiver.on('message', (message: Buffer, isBinary: boolean) => {
      seen.push(`${isBinary ? 2 : 1} ${message.length}`);
    });
    receiver.on('ping', (bytesOfPing: Buffer) => seen.push(`9 ${bytesOfPing.toString('hex')}`));
    receiver.on('pong', (bytesOfPong: Buffer) => seen.push(`10 ${bytesOfPong.toString('hex')}`));
    receiver.on('conclude', (code: number, reason: Buffer) =>
      seen.push(`8 ${code} ${reason.toString('hex')}`),
    );
    receiver.end(Buffer.from(bytes));
    await once(receiver, 'finish');
    return seen;
  }

  function readByUs(bytes: Buffer, sizes: readonly number[]): string[] {
    const seen: string[] = [];
    let message = { opcode: 0, length: 0 };
    const { frames, parser } = playFrames(bytes, inSegmentsOf(...sizes));
    for (const { opcode, isFinal, payloadLength, controlPayload } of frames) {
      if (controlPayload !== null) {
        const control = Buffer.from(controlPayload);
        const rest =
          opcode === 8 ? `${control.readUInt16BE()} ${control.toString('hex', 2)}` : control.toString('hex');
        seen.push(`${opcode} ${rest}`);
        continue;
      }
      if (opcode !== 0) message = { opcode, length: 0 };
      message.length += payloadLength;
      if (isFinal) seen.push(`${message.opcode} ${message.length}`);
    }
    expect(parser.unfinished).toBeNull();
    return seen;
  }

  test('the same messages come out of the same bytes, whole and in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(data, control), { maxLength: 8 }),
        close,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 10 }),
        async (messages, ending, isMasked, sizes) => {
          const bytes = wire(messages, ending, isMasked);
          const expected = await readByWs(bytes, isMasked);
          expect(readByUs(bytes, [Infinity])).toEqual(expected);
          expect(readByUs(bytes, sizes)).toEqual(expected);
          if (bytes.length < 2000) expect(readByUs(bytes, [1])).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });
});
