import { describe, expect, test } from 'vitest';
import { HeartbeatTracker } from '../../src/connection/heartbeat.ts';
import { OPCODE_PING, OPCODE_PONG, type Frame } from '../../src/websocket/frame.ts';

/** "0 ping a 1000": direction, opcode, payload (`-` none, `?` lost in a gap), milliseconds. */
function play(...script: readonly string[]): HeartbeatTracker {
  const tracker = new HeartbeatTracker();
  script.forEach((line, index) => {
    const [direction, opcode, payload = '-', ms = '0'] = line.split(' ');
    const frame: Frame = {
      opcode: opcode === 'ping' ? OPCODE_PING : OPCODE_PONG,
      isFinal: true,
      reservedBits: 0,
      isMasked: false,
      payloadLength: payload.length,
      controlPayload: payload === '?' ? null : Uint8Array.from(Buffer.from(payload === '-' ? '' : payload)),
      firstPacket: index,
      packet: index,
      seconds: Math.floor(Number(ms) / 1000),
      nanoseconds: (Number(ms) % 1000) * 1e6,
    };
    tracker.frame(direction === '0' ? 0 : 1, frame);
  });
  return tracker;
}

const summary = (...script: readonly string[]) => play(...script).summary();

test('without a ping or pong there is nothing to tell', () => {
  expect(summary()).toBeNull();
});

test('a pong answers the ping of the other side with the same payload', () => {
  expect(summary('0 ping a 1000', '1 pong a 1012')).toEqual({
    pings: 1,
    pongs: 1,
    intervalMs: null,
    roundTripMs: { min: 12, median: 12, max: 12 },
  });
});

test('pings without payload are answered by pongs without', () => {
  expect(summary('1 ping - 0', '0 pong - 5', '1 ping - 1000', '0 pong - 1007')).toMatchObject({
    intervalMs: 1000,
    roundTripMs: { min: 5, median: 6, max: 7 },
  });
});

describe('a later pong answers several pings', () => {
  test('those before the one that it names are done with', () => {
    expect(summary('0 ping a 0', '0 ping b 1000', '0 ping c 2000', '1 pong c 2010')).toMatchObject({
      pings: 3,
      pongs: 1,
      roundTripMs: { min: 10, max: 10 },
    });
  });

  test('so that a pong for one of them, later still, answers nothing', () => {
    expect(summary('0 ping a 0', '0 ping b 1000', '1 pong b 1010', '1 pong a 5000')).toMatchObject({
      pongs: 2,
      roundTripMs: { min: 10, max: 10 },
    });
  });

  test('those after it still wait', () => {
    expect(summary('0 ping a 0', '0 ping b 10', '1 pong a 15', '1 pong b 16')).toMatchObject({
      roundTripMs: { min: 6, median: 10.5, max: 15 },
    });
  });
});

test('a pong that nobody asked for answers nothing', () => {
  expect(summary('0 pong a 10', '1 ping b 20', '0 pong x 30')).toEqual({
    pings: 1,
    pongs: 2,
    intervalMs: null,
    roundTripMs: null,
  });
});

test("a side's pong doesn't answer its own ping", () => {
  expect(summary('0 ping a 0', '0 pong a 10')?.roundTripMs).toBeNull();
});

test('payloads that a gap took count, and answer nothing', () => {
  expect(summary('0 ping ? 0', '1 pong ? 10')).toEqual({
    pings: 1,
    pongs: 1,
    intervalMs: null,
    roundTripMs: null,
  });
});

test('the interval is that of the side that pings more, in the middle of its intervals', () => {
  const script = [
    '0 ping a 0',
    '0 ping b 1000',
    '1 ping x 1500',
    '0 ping c 2100',
    '0 ping d 9000',
    '1 ping y 1501',
  ];
  expect(summary(...script)).toMatchObject({ pings: 6, intervalMs: 1100 });
});

test('of pings without any pong only the last 64 are remembered', () => {
  const pings = Array.from({ length: 200 }, (_, i) => `0 ping p${i} ${i}`);
  expect(summary(...pings, '1 pong p100 500')?.roundTripMs).toBeNull();
  expect(summary(...pings, '1 pong p199 500')?.roundTripMs).toMatchObject({ min: 301 });
  expect(summary(...pings)).toMatchObject({ pings: 200, intervalMs: 1 });
});
