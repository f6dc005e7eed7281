import { describe, expect, test } from 'vitest';
import { ApplicationLog, type ApplicationHints } from '../../src/protocols/application-log.ts';
import type { Sender } from '../../src/protocols/application-protocol.ts';

const V4: ApplicationHints = { subprotocol: null, target: '/socket.io/?EIO=4&transport=websocket' };
const V3: ApplicationHints = { subprotocol: null, target: '/socket.io/?EIO=3&transport=websocket' };
const OPEN = '0{"sid":"x","upgrades":[],"pingInterval":300,"pingTimeout":200}';

/** "server 2": who sends which text; packets are counted from 1, a second apart. */
function play(hints: ApplicationHints, ...script: readonly string[]) {
  const log = new ApplicationLog(hints);
  script.forEach((line, index) => {
    const [from, ...words] = line.split(' ');
    const bytes = Uint8Array.from(Buffer.from(words.join(' ')));
    const at = { packet: index + 1, seconds: index + 1, nanoseconds: 0 };
    log.message(from as Sender, { isText: true, length: bytes.length, bytes, ...at });
  });
  return log.facts();
}

test('limits are those that the server states', () => {
  expect(play(V4, `server ${OPEN}`, 'server 2', 'client 3')).toMatchObject({
    protocol: 'engine.io',
    version: '4',
    heartbeat: {
      from: 'server',
      intervalMs: 300,
      timeoutMs: 200,
      isStated: true,
      sent: 1,
      answered: 1,
      unanswered: null,
      lastSign: { packet: 2 },
    },
    end: null,
  });
});

test('else those that the protocol has by default', () => {
  expect(play(V4, 'server 3probe')?.heartbeat).toMatchObject({
    intervalMs: 25_000,
    timeoutMs: 20_000,
    isStated: false,
  });
});

test('in version 3 the client pings', () => {
  expect(play(V3, `server ${OPEN}`, 'client 2', 'server 3', 'client 2')?.heartbeat).toMatchObject({
    from: 'client',
    sent: 2,
    answered: 1,
    unanswered: { count: 1, first: { packet: 4 }, last: { packet: 4 } },
  });
});

test('known by the first message of the server alone', () => {
  expect(play({ subprotocol: null, target: '/live' }, `server ${OPEN}`, 'server 2')).toMatchObject({
    protocol: 'engine.io',
    version: null,
    heartbeat: { from: 'server', sent: 1, unanswered: { count: 1 } },
  });
});

test.each([
  ['2probe', 'the probe of an upgrade'],
  ['42["chat","2"]', 'an event'],
  ['20', 'something else'],
])('%s is no heartbeat: %s', (text) => {
  expect(play(V4, `server ${text}`)?.heartbeat).toMatchObject({ sent: 0 });
});

describe('goodbye', () => {
  test.each([
    ['client 41', 'client', 'Socket.IO disconnect ("41")'],
    ['server 1', 'server', 'Engine.IO close ("1")'],
  ])('%s', (line, from, text) => {
    expect(play(V4, `server ${OPEN}`, line)?.end).toMatchObject({ from, kind: 'goodbye', text, packet: 2 });
  });

  test('stays one where only the other side sends more', () => {
    expect(play(V4, 'client 41', 'server 2')?.end).toMatchObject({ from: 'client' });
    expect(play(V4, 'client 41', 'client 42["again"]')?.end).toBeNull();
    expect(play(V4, 'client 41/room,')?.end).toBeNull();
  });
});

test('an open packet that is no JSON, or has no sensible limits, states nothing', () => {
  for (const open of ['0{"sid":"x"', '0{"sid":"x","pingInterval":-1,"pingTimeout":1e99}']) {
    expect(play(V4, `server ${open}`)?.heartbeat).toMatchObject({ isStated: false });
  }
});

test('other messages are not recognised, and no more of them is wanted', () => {
  const log = new ApplicationLog({ subprotocol: null, target: '/chat' });
  const bytes = Uint8Array.from(Buffer.from('hello'));
  expect(log.keepOf('server')).toBeGreaterThan(0);
  log.message('server', { isText: true, length: 5, bytes, packet: 1, seconds: 1, nanoseconds: 0 });
  expect([log.keepOf('server'), log.facts()]).toEqual([0, null]);
  expect(log.keepOf('client')).toBeGreaterThan(0);
});

test('a last text that could not be read may be a goodbye, unless it is too long for one', () => {
  const log = new ApplicationLog(V4);
  const at = { packet: 1, seconds: 1, nanoseconds: 0 };
  log.message('client', { isText: true, length: null, bytes: null, ...at });
  expect(log.facts()?.unread).toEqual(['client']);
  log.message('client', { isText: true, length: 300, bytes: null, ...at });
  log.message('server', { isText: true, length: 2, bytes: null, ...at });
  expect(log.facts()?.unread).toEqual(['server']);
});
