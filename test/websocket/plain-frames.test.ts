/** Which frames FrameParser only adds up, where it is asked to, and what it says of them. */
import { describe, expect, test } from 'vitest';
import type { PayloadSink, PlainFrames } from '../../src/websocket/frame-events.ts';
import { FrameParser } from '../../src/websocket/frame-parser.ts';
import { frameOf } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

/** A parser of direction 1 and all that it says, one line a call. Packet 7 comes at 7.000000070 s. */
class Tally {
  readonly said: string[] = [];
  readonly parser: FrameParser;
  #packet = 0;

  constructor(sink: PayloadSink | null = null) {
    this.parser = new FrameParser(
      1,
      {
        frame: (direction, { opcode, packet }) => this.said.push(`${direction} frame ${opcode} #${packet}`),
        plainFrames: (direction, sum) => this.said.push(`${direction} sum ${describeSum(sum)}`),
      },
      sink,
    );
  }

  ask(isMasked = false): this {
    this.parser.tallyPlain(
      {
        addFrame: (direction, packet, seconds, nanoseconds, opcode, length) =>
          this.said.push(`${direction} plain ${opcode} of ${length} #${packet} ${seconds}s ${nanoseconds}ns`),
      },
      isMasked,
    );
    return this;
  }

  push(...segments: readonly Uint8Array[]): this {
    for (const bytes of segments) {
      const packet = ++this.#packet;
      this.parser.push(bytes, 0, bytes.length, packet, packet, packet * 10);
    }
    return this;
  }
}

function describeSum(sum: PlainFrames): string {
  const { texts, binaries, payloadBytes, lastOpcode, lastLength } = sum;
  const last = `${lastOpcode} of ${lastLength} #${sum.lastPacket} ${sum.lastSeconds}s ${sum.lastNanoseconds}ns`;
  return `${texts}+${binaries} ${payloadBytes} bytes, last ${last}`;
}

const PING = frameOf(9);
const HELLO = frameOf(1, 'hello');

describe('plain frames', () => {
  test('go to the handler while nobody has asked for sums', () => {
    expect(new Tally().push(HELLO, frameOf(2, 'abc')).said).toEqual(['1 frame 1 #1', '1 frame 2 #2']);
  });

  test('are told to the listener one by one, and to the handler as one sum before the next other frame', () => {
    const { said } = new Tally().ask().push(HELLO, concat([frameOf(2, 'abc'), frameOf(1), PING]));
    expect(said).toEqual([
      '1 plain 1 of 5 #1 1s 10ns',
      '1 plain 2 of 3 #2 2s 20ns',
      '1 plain 1 of 0 #2 2s 20ns',
      '1 sum 2+1 8 bytes, last 1 of 0 #2 2s 20ns',
      '1 frame 9 #2',
    ]);
  });

  test('go to the handler again behind a frame that is not plain, until sums are asked for anew', () => {
    const tally = new Tally().ask().push(HELLO, PING, HELLO);
    tally.said.length = 0;
    tally.ask().push(frameOf(2, 'abc')).parser.settle();
    expect(tally.said).toEqual(['1 plain 2 of 3 #4 4s 40ns', '1 sum 0+1 3 bytes, last 2 of 3 #4 4s 40ns']);
  });

  test('are summed up when the handler wants it, each of them once', () => {
    const { parser, said } = new Tally().ask().push(frameOf(2, 'abc'), HELLO);
    said.length = 0;
    parser.settle();
    parser.settle();
    expect(said).toEqual(['1 sum 1+1 8 bytes, last 1 of 5 #2 2s 20ns']);
  });

  test('have no sum where there are none', () => {
    const { parser, said } = new Tally().ask();
    parser.settle();
    expect(said).toEqual([]);
  });

  test('are not shown to the sink, but the frame behind them is', () => {
    const seen: string[] = [];
    const sink: PayloadSink = {
      begin: (opcode) => seen.push(`begin ${opcode}`) > 0,
      payload: () => seen.push('payload'),
      payloadGap: () => undefined,
    };
    new Tally(sink).ask().push(HELLO, frameOf(2, 'abc', false));
    expect(seen).toEqual(['begin 2', 'payload']);
  });
});

/** Masked by the key 01020304. */
function masked(opcode: number, payload: string): Uint8Array {
  const bytes = Buffer.from(payload).map((byte, index) => byte ^ ((index & 3) + 1));
  return concat([Uint8Array.of(0x80 | opcode, 0x80 | bytes.length), hex('01020304'), bytes]);
}

describe('of the frames that come', () => {
  test.each([
    ['an empty text', frameOf(1)],
    ['a text of 126 bytes', frameOf(1, 'x'.repeat(126))],
    ['a binary of any bytes', frameOf(2, hex('ff00fe'))],
    ['a binary of the longest 16-bit length', frameOf(2, new Uint8Array(65535))],
    ['a text of 512 bytes, not all of them ASCII', frameOf(1, 'é'.repeat(256))],
  ])('%s is plain', (_name, bytes) => {
    expect(new Tally().ask().push(bytes).said).toEqual([expect.stringMatching(/^1 plain/)]);
  });

  test.each([
    ['a text that is not UTF-8', frameOf(1, hex('c328'))],
    ['a long text that is not UTF-8', frameOf(1, new Uint8Array(600).fill(0xff))],
    ['a short text that is not ASCII', frameOf(1, 'é'.repeat(255))],
    ['the first part of a message', frameOf(1, 'a', false)],
    ['a binary with a reserved bit', hex('c201 61')],
    ['a continuation', frameOf(0, 'a')],
    ['a ping', PING],
    ['a masked frame', masked(2, 'abc')],
    ['a 16-bit length that is not the shortest', hex('827e 0001 61')],
  ])('%s goes to the handler', (_name, bytes) => {
    expect(new Tally().ask().push(bytes).said).toEqual([expect.stringMatching(/^1 frame/)]);
  });

  test('one in two segments goes to the handler, and so does one with a 64-bit length', () => {
    expect(new Tally().ask().push(HELLO.subarray(0, 4), HELLO.subarray(4)).said).toEqual(['1 frame 1 #2']);
    expect(new Tally().ask().push(frameOf(2, new Uint8Array(65536))).said).toEqual(['1 frame 2 #1']);
  });

  test('where frames are to be masked, those are plain that are and hold ASCII alone once unmasked', () => {
    const tally = new Tally();
    for (const bytes of [masked(1, 'hello'), masked(2, 'é'), masked(1, 'é'), HELLO])
      tally.ask(true).push(bytes);
    expect(tally.said).toEqual([
      '1 plain 1 of 5 #1 1s 10ns',
      '1 plain 2 of 2 #2 2s 20ns',
      '1 sum 1+1 7 bytes, last 2 of 2 #2 2s 20ns',
      '1 frame 1 #3',
      '1 frame 1 #4',
    ]);
  });

  test('one masked by a key of zeros is a long text like one that is not masked', () => {
    const text = Buffer.from('é'.repeat(300));
    const bytes = concat([hex('81fe 0258 00000000'), text]);
    expect(new Tally().ask(true).push(bytes).said).toEqual(['1 plain 1 of 600 #1 1s 10ns']);
  });

  test.each([
    ['is plain where it is text, though its masked bytes are not', 'x', /^1 plain/],
    ['goes to the handler where only its masked bytes are text', '\xf8', /^1 frame/],
  ])('a long masked text %s', (_name, letter, said) => {
    // This key turns the top bit of each byte around.
    const payload = Buffer.from(letter.repeat(600), 'latin1').map((byte) => byte ^ 0x80);
    const bytes = concat([hex('81fe 0258 80808080'), payload]);
    expect(new Tally().ask(true).push(bytes).said).toEqual([expect.stringMatching(said)]);
  });
});
