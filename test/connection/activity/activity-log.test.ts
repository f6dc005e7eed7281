import { describe, expect, it } from 'vitest';
import { ActivityBudget } from '../../../src/connection/activity/activity-budget.ts';
import { ActivityLog } from '../../../src/connection/activity/activity-log.ts';
import type { Frame } from '../../../src/websocket/frame.ts';
import { Conversation } from '../../helpers/conversation.ts';
import { switchingProtocols, upgradeRequest } from '../../helpers/handshakes.ts';

const opened = {
  at: { packet: 5, seconds: 100, nanoseconds: 0 },
  how: 'handshake' as const,
  client: { address: '10.0.0.1', port: 1 },
  server: { address: '10.0.0.2', port: 2 },
};

const frame = (packet: number, changes: Partial<Frame> = {}): Frame => ({
  opcode: 2,
  isFinal: true,
  reservedBits: 0,
  isMasked: false,
  payloadLength: 10,
  isShortestLength: true,
  controlPayload: null,
  firstPacket: packet,
  packet,
  seconds: 100 + packet,
  nanoseconds: 0,
  ...changes,
});

function logOf(frames: number, budget = new ActivityBudget()): ActivityLog {
  const log = new ActivityLog(budget);
  log.opened(opened);
  for (let packet = 0; packet < frames; packet++) log.frame('server', frame(packet));
  return log;
}

describe('ActivityLog', () => {
  it('keeps all frames of a short connection, with the payloads of messages and control frames', () => {
    const log = new ActivityLog(new ActivityBudget());
    const conversation = new Conversation(new Set(), log);
    conversation
      .open()
      .client(upgradeRequest())
      .server(switchingProtocols())
      .server('\x81\x02hi')
      .server('\x89\x04ping')
      .server('\x01\x03one')
      .server('\x80\x03two');
    const { frames, omitted, density } = log.activity;
    expect(
      frames.map(({ opcode, isFinal, payload }) => [
        opcode,
        isFinal,
        payload === null ? null : Buffer.from(payload.bytes).toString(),
      ]),
    ).toEqual([
      ['text', true, 'hi'],
      ['ping', true, 'ping'],
      ['text', false, null],
      ['continuation', true, 'onetwo'],
    ]);
    expect([omitted, density]).toEqual([0, null]);
  });

  it('of a long one keeps the first and the last, in order, and counts all by time', () => {
    const { frames, omitted, head, density } = logOf(1000).activity;
    expect(frames.map(({ packet }) => packet)).toEqual([
      ...Array.from({ length: 24 }, (_, i) => i),
      ...Array.from({ length: 72 }, (_, i) => 928 + i),
    ]);
    expect([omitted, head]).toEqual([904, 24]);
    const counts = density!.counted.counts();
    expect(counts.reduce((sum, count) => sum + count.frames, 0)).toBe(1000);
    expect(counts.every(({ from, opcode }) => from === 'server' && opcode === 'binary')).toBe(true);
  });

  it('keeps fewer of connections that open when much is taken, and in the end none, but counts them', () => {
    const budget = new ActivityBudget();
    while (budget.framesOfOne() === 96) budget.takeFrame();
    expect(logOf(100, budget).activity.frames).toHaveLength(16);
    while (budget.takeFrame());
    const { frames, omitted, density } = logOf(100, budget).activity;
    expect([frames.length, omitted]).toEqual([0, 100]);
    expect(density!.counted.counts().reduce((sum, count) => sum + count.frames, 0)).toBe(100);
  });

  it('keeps no more payloads than there is room for, and gives back what it lets go', () => {
    const budget = new ActivityBudget();
    const log = new ActivityLog(budget);
    log.opened(opened);
    const ping = frame(1, { opcode: 9, controlPayload: new Uint8Array(125), payloadLength: 125 });
    for (let i = 0; i < 150_000; i++) log.frame('client', ping);
    expect(log.activity.frames.every(({ payload }) => payload !== null)).toBe(true);
    while (budget.takePayload(1000));
    const late = new ActivityLog(budget);
    late.opened(opened);
    late.frame('client', { ...ping, controlPayload: new Uint8Array(1200) });
    expect(late.activity.frames[0]!.payload).toBeNull();
  });
});
