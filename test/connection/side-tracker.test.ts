import { describe, expect, test } from 'vitest';
import { NO_PINGS } from '../../src/connection/heartbeat.ts';
import { SideTracker } from '../../src/connection/side-tracker.ts';
import { frameOf, playFrames } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { playSide, type SideSetup } from '../helpers/side-log.ts';

function factsOf(side: SideTracker, bytes: Uint8Array) {
  const { frames, parser } = playFrames(bytes);
  for (const frame of frames) side.frame(frame);
  return side.facts('server', parser, NO_PINGS);
}

test('frames are counted by kind, messages by their last frame, payloads whole', () => {
  const bytes = concat([
    frameOf(1, 'one'),
    frameOf(2, 'two', false),
    frameOf(9, 'ping'),
    frameOf(0, '2b', false),
    frameOf(0, '2c'),
    frameOf(10),
    frameOf(3, 'x'),
    frameOf(15, 'y'),
    frameOf(8, hex('03e8')),
    hex('8205 0102'),
  ]);
  expect(factsOf(new SideTracker(), bytes)).toMatchObject({
    role: 'server',
    frames: { text: 1, binary: 1, continuation: 2, close: 1, ping: 1, pong: 1, reserved: 2 },
    frameCount: 9,
    messages: 2,
    payloadBytes: 3 + 3 + 4 + 2 + 2 + 0 + 1 + 1 + 2,
    unfinished: { opcode: 2, payloadLength: 5, received: 2 },
    isFramingLost: false,
  });
});

test("its first Close is the one that counts, and so is the other side's first end", () => {
  const side = new SideTracker();
  const { frames } = playFrames(
    concat([frameOf(1, 'a'), frameOf(1, 'b'), frameOf(8, hex('03e8')), frameOf(8, hex('03f3'))]),
  );
  expect(side.hasClosed).toBe(false);
  expect(side.close(frames[2]!, true, false).code).toBe(1000);
  expect(side.close(frames[3]!, false, false).code).toBe(1011);
  expect(side.hasClosed).toBe(true);
  side.frame(frames[0]!);
  side.peerEnded();
  side.frame(frames[1]!);
  side.peerEnded();
  expect(factsOf(side, new Uint8Array(0))).toMatchObject({
    closeFrame: { code: 1000, isBeforePeerEnd: true },
    frameCount: 2,
    framesBeforePeerEnd: 1,
  });
});

test('without an end of the other side all frames came before it', () => {
  expect(factsOf(new SideTracker(), frameOf(1, 'a')).framesBeforePeerEnd).toBe(1);
});

test('before the upgrade there are no frames and nothing is lost', () => {
  const facts = new SideTracker().facts('client', null, NO_PINGS);
  expect(facts).toMatchObject({
    role: 'client',
    frameCount: 0,
    unfinished: null,
    isFramingLost: false,
  });
});

test('the first frame, the last one and the last data frame have their places', () => {
  const bytes = concat([frameOf(9, 'p'), frameOf(1, 'text'), frameOf(2, 'bin'), frameOf(10, '')]);
  const { firstFrame, lastFrame, lastDataFrame } = factsOf(new SideTracker(), bytes);
  expect(firstFrame).toMatchObject({ number: 1, opcode: 9, payloadLength: 1, packet: 1 });
  expect(lastDataFrame).toMatchObject({ number: 3, opcode: 2, payloadLength: 3 });
  expect(lastFrame).toMatchObject({ number: 4, opcode: 10 });
});

describe('irregularities', () => {
  /** Each with the numbers of its frames. */
  const met = (bytes: Uint8Array, setup: SideSetup = {}) =>
    [...playSide(bytes, setup).irregular].flatMap(([number, kinds]) =>
      [...kinds].map((kind) => `${number} ${kind}`),
    );
  const DEFLATE = { noContextTakeover: false, windowBits: 15 };

  test.each<[string, Uint8Array, SideSetup, string[]]>([
    ['nothing wrong', concat([frameOf(1, 'a'), frameOf(9), frameOf(8, hex('03e8'))]), {}, []],
    ['a masked server frame', hex('818111223344 50'), {}, ['1 masking']],
    ['an unmasked client frame', frameOf(1, 'a'), { role: 'client' }, ['1 masking']],
    ['a masked client frame', hex('818111223344 70'), { role: 'client' }, []],
    ['RSV2', hex('a200'), {}, ['1 reserved-bits']],
    ['RSV1 that was not agreed on', hex('c200'), {}, ['1 reserved-bits']],
    ['RSV1 with permessage-deflate', hex('c20100'), { deflate: DEFLATE }, []],
    ['RSV1 on a ping', hex('c900'), { deflate: DEFLATE }, ['1 reserved-bits']],
    ['RSV3 with permessage-deflate', hex('9200'), { deflate: DEFLATE }, ['1 reserved-bits']],
    ['any bit where nothing is known', hex('f200 f900'), { opaqueBits: 7 }, []],
    ['a reserved data opcode', hex('8300'), {}, ['1 reserved-opcode']],
    ['a reserved data opcode without FIN', hex('0300'), {}, ['1 reserved-opcode']],
    ['a reserved control opcode without FIN', hex('0b00'), {}, ['1 reserved-opcode', '1 control-fragmented']],
    ['a fragmented ping', hex('0900'), {}, ['1 control-fragmented']],
    ['a ping of 125 bytes', frameOf(9, 'x'.repeat(125)), {}, []],
    ['a ping of 126 bytes', frameOf(9, 'x'.repeat(126)), {}, ['1 control-too-long']],
    ['a long length for a short payload', hex('817e0001 61'), {}, ['1 length-not-shortest']],
    ['a close of one byte', hex('880103'), {}, ['1 close-payload-of-one-byte']],
    ['a close without a code', hex('8800'), {}, []],
    ['a close that may not be sent', hex('880203ee'), {}, ['1 close-code-not-sendable']],
    ['a reason that is not UTF-8', hex('880303e8ff'), {}, ['1 close-reason-not-utf8']],
    [
      'a reason too long, cut inside a character',
      frameOf(8, concat([hex('03e8'), hex('e282ac'.repeat(50))])),
      {},
      ['1 control-too-long'],
    ],
    ['data after a close', hex('880203e8 8900 8200'), {}, ['3 data-after-close']],
    ['a close inside a message', hex('010161 880203e8'), {}, ['2 close-inside-message']],
    ['two closes inside a message', hex('010161 8800 8800'), {}, ['2 close-inside-message']],
    ['no text', hex('8101ff'), {}, ['1 text-not-utf8']],
    ['a continuation of nothing', hex('8000'), {}, ['1 continuation-without-start']],
    ['a message inside a message', hex('0100 8100'), {}, ['2 message-inside-message']],
  ])('%s', (_name, bytes, setup, expected) => {
    expect(met(bytes, setup)).toEqual(expected);
  });

  test('a length with its top bit set is told of the frame that never ends', () => {
    const { irregularities } = factsOf(
      new SideTracker(),
      concat([frameOf(9), hex('827f 8000000000000000 01')]),
    );
    expect(irregularities).toMatchObject([
      {
        kind: 'length-too-large',
        count: 1,
        examples: [{ number: 2, opcode: 2, packet: 1, detail: 2 ** 63 }],
      },
    ]);
    const long = factsOf(new SideTracker(), hex('827f 7fffffff00000000 01'));
    expect(long.irregularities).toEqual([]);
  });
});

test('frames sent before the upgrade are counted, and the first is kept', () => {
  const { frames } = playFrames([frameOf(1, 'a'), frameOf(1, 'b'), frameOf(1, 'c')]);
  const early = (untilPacket: number) => {
    const side = new SideTracker();
    const { reader } = playSide(new Uint8Array(0));
    side.open({
      role: 'server',
      reader,
      knownReservedBits: 0,
      isFromStart: true,
      earlyUntilPacket: untilPacket,
      messages: null,
    });
    for (const frame of frames) side.frame(frame);
    return side.facts('server', null, NO_PINGS).framesBeforeUpgrade;
  };
  expect(early(0)).toBeNull();
  expect(early(1)).toMatchObject({ count: 1, first: { number: 1, packet: 1 } });
  expect(early(2)).toMatchObject({ count: 2, first: { packet: 1 } });
});
