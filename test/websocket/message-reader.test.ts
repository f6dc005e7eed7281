import { deflateRawSync, constants } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MAX_INFLATED } from '../../src/websocket/message-reader.ts';
import type { Message } from '../../src/websocket/message.ts';
import { InflateBudget } from '../../src/websocket/inflate-budget.ts';
import { BYTE_BY_BYTE } from '../helpers/exchange-log.ts';
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
    const log = play(Array<Uint8Array>(12).fill(bomb), {
      deflate: NO_TAKEOVER,
      keep: 10,
      budget: new InflateBudget(),
    });
    const lengths = log.events.map((event) => ('wireLength' in event ? event.length : 0));
    expect(lengths.slice(0, 8)).toEqual(Array<number>(8).fill(MAX_INFLATED));
    expect(lengths.at(-1)).toBeNull();
  });
});
