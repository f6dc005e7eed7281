import { deflateRawSync, constants } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MAX_INFLATED } from '../../src/websocket/message-reader.ts';
import type { Message } from '../../src/websocket/message.ts';
import { InflateBudget } from '../../src/websocket/inflate-budget.ts';
import { BYTE_BY_BYTE, WHOLE } from '../helpers/exchange-log.ts';
import { frameOf } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { playSide, type SideLog, type SideSetup } from '../helpers/side-log.ts';

const TAKEOVER = { noContextTakeover: false, windowBits: 15 };
const NO_TAKEOVER = { noContextTakeover: true, windowBits: 15 };

/** A frame with RSV1. */
function compressed(opcode: number, payload: Uint8Array, isFinal = true): Uint8Array {
  const frame = frameOf(opcode, payload, isFinal);
  frame[0]! |= 0x40;
  return frame;
}

/** The same frame of a client. */
function masked(frame: Uint8Array): Uint8Array {
  const headerLength = [126, 127].includes(frame[1]!) ? (frame[1] === 126 ? 4 : 10) : 2;
  const mask = [0x9a, 0x31, 0x07, 0xfe];
  const header = frame.slice(0, headerLength);
  header[1]! |= 0x80;
  const payload = frame.subarray(headerLength).map((byte, index) => byte ^ mask[index & 3]!);
  return concat([header, Uint8Array.from(mask), payload]);
}

/** A message of its own, without anything before it (RFC 7692 §7.2.1). */
function deflated(text: string): Uint8Array {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

function texts({ events }: SideLog): (string | null)[] {
  return events.flatMap((event) =>
    'wireLength' in event ? [event.bytes === null ? null : Buffer.from(event.bytes).toString()] : [],
  );
}

function kinds({ irregular }: SideLog): string[] {
  return [...irregular].flatMap(([number, of]) => [...of].map((kind) => `${number} ${kind}`));
}

describe('messages', () => {
  test('are put together across fragments with control frames between', () => {
    const log = playSide(hex('0103 48656c 8901 62 0000 8002 6c6f 8205 0102030405'));
    expect(log.events.map(({ opcode }) => opcode)).toEqual([9, 1, 2]);
    expect(log.events[1]).toMatchObject({ frames: 3, wireLength: 5, length: 5, problem: null });
    expect(texts(log)).toEqual(['Hello', '\x01\x02\x03\x04\x05']);
    expect(kinds(log)).toEqual([]);
  });

  test('a character may be cut by frames and segments', () => {
    const log = playSide(concat([hex('0101 e2'), hex('0001 82'), hex('8001 ac')]), {
      segmentation: BYTE_BY_BYTE,
    });
    expect(texts(log)).toEqual(['€']);
    expect(kinds(log)).toEqual([]);
  });

  test('a text that ends inside a character is not UTF-8', () => {
    const log = playSide(hex('0102 e282 8000 8101 61'));
    expect(kinds(log)).toEqual(['2 text-not-utf8']);
    expect(log.events).toMatchObject([{ problem: 'not-utf8' }, { problem: null }]);
  });

  test('a new message inside another one takes its place', () => {
    const log = playSide(hex('0101 61 8101 62 8101 63'));
    expect(texts(log)).toEqual(['b', 'c']);
    expect(kinds(log)).toEqual(['2 message-inside-message']);
  });

  test('a continuation without a start is left out', () => {
    const log = playSide(hex('8001 61 8101 62'));
    expect(texts(log)).toEqual(['b']);
    expect(kinds(log)).toEqual(['1 continuation-without-start']);
  });

  test('a continuation at the start of a capture may belong to a message before it', () => {
    const log = playSide(hex('8001 61 8101 62 8001 63'), { isFromStart: false });
    expect(texts(log)).toEqual(['b']);
    expect(kinds(log)).toEqual(['3 continuation-without-start']);
  });

  test('no more is kept of one than was asked for', () => {
    const log = playSide(concat([frameOf(1, 'x'.repeat(1000), false), frameOf(0, 'y'.repeat(1000))]), {
      keep: 1500,
    });
    expect(log.events).toMatchObject([{ length: 2000 }]);
    expect((log.events[0] as Message).bytes).toHaveLength(1500);
  });

  test('of a client are unmasked, however long they are and whatever segments they come in', () => {
    const long = Array.from({ length: 40_000 }, (_, index) => `${index} `).join('');
    for (const segmentation of [undefined, BYTE_BY_BYTE]) {
      const setup = { role: 'client', ...(segmentation === undefined ? {} : { segmentation }) } as const;
      const log = playSide([masked(frameOf(1, 'Hello')), masked(frameOf(1, long))], setup);
      expect(texts(log)).toEqual(['Hello', long]);
      const inflated = playSide(
        [masked(compressed(1, deflated(long))), masked(compressed(1, deflated('on')))],
        {
          ...setup,
          deflate: TAKEOVER,
        },
      );
      expect(texts(inflated)).toEqual([long, 'on']);
    }
  });

  test('of which only those with a certain first byte are wanted come without bytes where they begin otherwise', () => {
    const messages = concat([
      frameOf(1, '0abc'),
      frameOf(1, 'abc'),
      frameOf(2, 'a', false),
      frameOf(0, '0bc'),
      frameOf(2, '0bc'),
      frameOf(1, ''),
    ]);
    for (const segmentation of [WHOLE, BYTE_BY_BYTE]) {
      const log = playSide(messages, { sign: 0x30, segmentation });
      expect(texts(log)).toEqual(['0abc', '', '', '0bc', '']);
      expect(log.events.map((event) => 'length' in event && event.length)).toEqual([4, 3, 4, 3, 0]);
    }
  });

  test('that are not wanted whole are tested for UTF-8 all the same', () => {
    const log = playSide([masked(frameOf(1, 'a é')), hex('8103 61e282')], { role: 'client', sign: 0x30 });
    expect(kinds(log).filter((kind) => !kind.endsWith('masking'))).toEqual(['2 text-not-utf8']);
  });

  test('are steady between messages of which nothing is kept, and only there', () => {
    const isSteady = (bytes: string, setup: SideSetup = {}) => playSide(hex(bytes), setup).reader.isSteady;
    expect(isSteady('8101 61', { keep: 0 })).toBe(true);
    expect(isSteady('0101 61', { keep: 0 })).toBe(false);
    expect(isSteady('8101 61')).toBe(false);
    expect(isSteady('8900', { keep: 0, isFromStart: false })).toBe(false);
  });

  test('unfinished ones are told', () => {
    expect(playSide(hex('0101 61 0002 6263 8900')).reader.unfinished).toEqual({
      opcode: 1,
      frames: 2,
      payloadBytes: 3,
      firstPacket: 1,
    });
    expect(playSide(hex('0101 61 8000')).reader.unfinished).toBeNull();
  });
});

describe('a text of one frame, of which nothing is kept', () => {
  const play = (pieces: readonly (Uint8Array | number)[], setup: SideSetup = {}) =>
    playSide(pieces, { keep: 0, ...setup });
  const GOOD = [
    'plain',
    'caf\u00e9',
    'x'.repeat(600),
    `${'x'.repeat(600)}\u20ac`,
    '\u20ac'.repeat(20_000),
    '\u{1f512}',
  ];
  const BAD = ['ff', 'e282', '61ff61', `${'61'.repeat(600)}ff`, `${'61'.repeat(70_000)}e282`, 'eda080'];

  test('is judged as one that is kept: whatever its length, its mask and its segments', () => {
    for (const segmentation of [undefined, BYTE_BY_BYTE]) {
      const setup = segmentation === undefined ? {} : { segmentation };
      for (const role of ['server', 'client'] as const) {
        const make = (bytes: Uint8Array) =>
          role === 'client' ? masked(frameOf(1, bytes)) : frameOf(1, bytes);
        for (const good of GOOD) {
          expect(kinds(play([make(Buffer.from(good))], { ...setup, role }))).toEqual([]);
        }
        for (const bad of BAD) {
          expect(kinds(play([make(hex(bad))], { ...setup, role }))).toEqual(['1 text-not-utf8']);
        }
      }
    }
  });

  test('is judged by itself: what another one left unfinished is not a part of it', () => {
    expect(kinds(play([hex('8101 e2'), hex('8102 82ac'), hex('8101 61')]))).toEqual([
      '1 text-not-utf8',
      '2 text-not-utf8',
    ]);
    // The content of a binary message is not judged either.
    expect(kinds(play([frameOf(2, hex('ff')), frameOf(1, 'a')]))).toEqual([]);
  });

  test('is not judged where a gap took bytes of it', () => {
    const text = frameOf(1, hex(`${'61'.repeat(20)}ff`));
    expect(kinds(play([text.subarray(0, 10), 5, text.subarray(15), frameOf(1, 'next')]))).toEqual([]);
  });

  test('between the frames of another message takes its place', () => {
    expect(kinds(play([hex('0101 61'), hex('8101 62'), hex('8001 63')]))).toEqual([
      '2 message-inside-message',
      '3 continuation-without-start',
    ]);
  });

  test('begins the messages of a capture: a continuation behind it belongs to none', () => {
    const log = play([hex('8001 61'), hex('8101 62'), hex('8001 63')], { isFromStart: false });
    expect(kinds(log)).toEqual(['3 continuation-without-start']);
    expect(log.reader.isSteady).toBe(true);
  });
});

describe('compressed messages', () => {
  const play = (pieces: readonly (Uint8Array | number)[], setup: SideSetup = {}) =>
    playSide(pieces, { deflate: TAKEOVER, ...setup });

  test('the examples of RFC 7692 §7.2.3, one after the other', () => {
    const pieces = [
      hex('c107 f248cdc9c90700'), // a message compressed using one block
      hex('c105 f200110000'), // the same again, in the same context
      hex('4103 f248cd 8004 c9c90700'), // in fragments
      hex('c10b 000500faff48656c6c6f00'), // a block without compression
      hex('c108 f348cdc9c9070000'), // a final block
      hex('c10d f2480500 0000ffff cac9c90700'), // two blocks
      hex('8105 48656c6c6f'), // not compressed
    ];
    for (const segmentation of [undefined, BYTE_BY_BYTE]) {
      const log = play(pieces, segmentation === undefined ? {} : { segmentation });
      expect(texts(log)).toEqual(Array<string>(7).fill('Hello'));
      expect(kinds(log)).toEqual([]);
      expect(log.reader.compressedMessages).toBe(6);
    }
  });

  test('context goes on after a final block, with and without the byte that should follow it', () => {
    const again = hex('c105 f200110000');
    for (const final of ['c108 f348cdc9c9070000', 'c107 f348cdc9c90700']) {
      expect(texts(play([hex(final), again, again]))).toEqual(['Hello', 'Hello', 'Hello']);
    }
  });

  test('without context takeover a reference to the message before is an error, and only there', () => {
    const log = play([hex('c107 f248cdc9c90700 c105 f200110000 c107 f248cdc9c90700')], {
      deflate: NO_TAKEOVER,
    });
    expect(texts(log)).toEqual(['Hello', null, 'Hello']);
    expect(kinds(log)).toEqual(['2 inflate-failed']);
  });

  test('with it, what comes after an error is not judged again', () => {
    const log = play([hex('c104 ffffffff'), hex('c107 f248cdc9c90700')]);
    expect(texts(log)).toEqual([null, null]);
    expect(kinds(log)).toEqual(['1 inflate-failed']);
  });

  test('text is checked after it is inflated', () => {
    const log = play([
      compressed(1, deflated('caf\u00e9')),
      compressed(1, deflateRawSync(hex('61ff'), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)),
    ]);
    expect(kinds(log)).toEqual(['2 text-not-utf8']);
  });

  test('after a gap in one, the context is unknown: nothing more is inflated, nobody is accused', () => {
    const damaged = compressed(1, deflated('heartbeat heartbeat'));
    const rest = [compressed(1, deflated('one')), frameOf(1, 'two'), compressed(1, deflated('three'))];
    const pieces = [damaged.subarray(0, 6), 4, damaged.subarray(10), ...rest];
    const log = play(pieces);
    expect(texts(log)).toEqual([null, null, 'two', null]);
    expect(kinds(log)).toEqual([]);
    expect(log.reader.notInflated).toMatchObject({ messages: 3, reason: 'gap' });
    const each = play(pieces, { deflate: NO_TAKEOVER });
    expect(texts(each)).toEqual([null, 'one', 'two', 'three']);
    expect(each.reader.notInflated).toMatchObject({ messages: 1 });
  });

  test('after one that another message broke off, the context is unknown: nobody is accused of what came later', () => {
    const whole = deflated('heartbeat heartbeat');
    const pieces = [
      compressed(1, whole.subarray(0, 5), false),
      compressed(1, deflated('one')),
      compressed(1, deflated('two')),
    ];
    const log = play(pieces);
    expect(texts(log)).toEqual([null, null]);
    expect(kinds(log)).toEqual(['2 message-inside-message']);
    expect(log.reader.notInflated).toMatchObject({ messages: 2, reason: 'gap' });
    const each = play(pieces, { deflate: NO_TAKEOVER });
    expect(texts(each)).toEqual(['one', 'two']);
    expect(kinds(each)).toEqual(['2 message-inside-message']);
  });

  test('where the context is lost, the zlib stream is given back for another direction', () => {
    const damaged = compressed(1, deflated('heartbeat heartbeat'));
    for (const lost of [
      [damaged.subarray(0, 6), 4, damaged.subarray(10)],
      [damaged, hex('c104 ffffffff')],
    ]) {
      const budget = new InflateBudget();
      play([compressed(1, deflated('one'))], { budget });
      expect(budget.openCount).toBe(1);
      play(lost, { budget });
      expect(budget.openCount).toBe(1);
    }
  });

  test('a gap in a message that is not compressed leaves the context alone', () => {
    const plain = frameOf(2, 'x'.repeat(50));
    const log = play([
      hex('c107 f248cdc9c90700'),
      plain.subarray(0, 10),
      20,
      plain.subarray(30),
      hex('c105 f200110000'),
    ]);
    expect(texts(log)).toEqual(['Hello', null, 'Hello']);
    expect(log.reader.notInflated).toBeNull();
  });

  test('what refers to bytes before a late end of the deflate stream was not kept: no fault of its sender', () => {
    const hello = hex('c107 f248cdc9c90700');
    const again = hex('c105 f200110000');
    const ofMessages = (before: number) =>
      play([...Array<Uint8Array>(before).fill(hello), hex('c102 0300'), again, again]);
    const inTime = ofMessages(14);
    expect(texts(inTime).slice(-2)).toEqual(['Hello', 'Hello']);
    expect(inTime.reader.notInflated).toBeNull();
    const late = ofMessages(16);
    expect(texts(late).slice(-3)).toEqual(['', null, null]);
    expect(late.events.at(-1)).toMatchObject({ problem: 'inflate-late-block' });
    expect(late.reader.notInflated).toMatchObject({ messages: 2, reason: 'late-block' });
    expect(kinds(late)).toEqual([]);
  });

  test('RSV1 that was not agreed on compresses nothing', () => {
    const log = playSide(hex('c102 6869'));
    expect(texts(log)).toEqual(['hi']);
    expect(kinds(log)).toEqual(['1 reserved-bits']);
  });

  test('RSV1 on a continuation is one bit too many', () => {
    const log = play([hex('4103 f248cd c004 c9c90700')]);
    expect(texts(log)).toEqual(['Hello']);
    expect(kinds(log)).toEqual(['2 reserved-bits']);
  });

  test('a message that inflates past the bound is given up', () => {
    const bomb = compressed(
      2,
      deflateRawSync(new Uint8Array(MAX_INFLATED + 1), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
        0,
        -4,
      ),
    );
    const log = play([bomb, compressed(1, deflated('after'))], { keep: 10 });
    expect(kinds(log)).toEqual(['1 inflate-too-long']);
    expect(texts(log)).toEqual([null, null]);
    expect(log.reader.notInflated).toMatchObject({ messages: 2, reason: 'bound' });
  });

  test('many bombs together are bounded as well', () => {
    const bomb = compressed(
      2,
      deflateRawSync(new Uint8Array(MAX_INFLATED), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
    );
    // As if seven had come before: of what any capture may inflate, room for one such message is left.
    const budget = new InflateBudget();
    expect(budget.output(7 * MAX_INFLATED)).toBe(true);
    const log = play(Array<Uint8Array>(3).fill(bomb), { deflate: NO_TAKEOVER, keep: 10, budget });
    expect(log.events).toMatchObject([
      { length: MAX_INFLATED },
      { length: null, problem: 'inflate-bound' },
      { length: null, problem: 'inflate-bound' },
    ]);
    expect(log.reader.notInflated).toMatchObject({ messages: 2, reason: 'bound' });
  });
});
