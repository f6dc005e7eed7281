import { expect, test } from 'vitest';
import { SideTracker } from '../../src/connection/side-tracker.ts';
import { StreamReassembler } from '../../src/tcp/stream-reassembler.ts';
import { ReassemblyBudget } from '../../src/tcp/reassembly-budget.ts';
import { frameOf, playFrames } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';
import { close } from '../helpers/record-builder.ts';

function factsOf(side: SideTracker, bytes: Uint8Array) {
  const { frames, parser } = playFrames(bytes);
  for (const frame of frames) side.frame(frame);
  return side.facts('server', new StreamReassembler(1, new ReassemblyBudget()), parser);
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
  const { frames } = playFrames(concat([frameOf(1, 'a'), frameOf(1, 'b')]));
  side.close(close(1000, 8, 1));
  side.close(close(1011, 9, 2));
  side.frame(frames[0]!);
  side.peerEnded();
  side.frame(frames[1]!);
  side.peerEnded();
  expect(factsOf(side, new Uint8Array(0))).toMatchObject({
    closeFrame: { code: 1000 },
    frameCount: 2,
    framesBeforePeerEnd: 1,
  });
});

test('without an end of the other side all frames came before it', () => {
  expect(factsOf(new SideTracker(), frameOf(1, 'a')).framesBeforePeerEnd).toBe(1);
});

test('before the upgrade there are no frames and nothing is lost', () => {
  const facts = new SideTracker().facts('client', new StreamReassembler(0, new ReassemblyBudget()), null);
  expect(facts).toMatchObject({
    role: 'client',
    frameCount: 0,
    unfinished: null,
    isFramingLost: false,
    isCaptured: false,
  });
});
