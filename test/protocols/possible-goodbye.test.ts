import { describe, expect, test } from 'vitest';
import { ApplicationLog, type ApplicationHints } from '../../src/protocols/application-log.ts';
import type { Sender } from '../../src/protocols/application-protocol.ts';

type Line = readonly [Sender, string | readonly number[] | null];

/** Texts as strings, binary messages as bytes, null for a message that could not be read; packets are counted from 1. */
function play(hints: ApplicationHints | null, ...script: readonly Line[]) {
  const log = new ApplicationLog(hints);
  script.forEach(([from, said], index) => {
    const bytes = said === null ? null : Uint8Array.from(typeof said === 'string' ? Buffer.from(said) : said);
    const kept = bytes?.subarray(0, log.keepOf(from)) ?? null;
    const at = { packet: index + 1, seconds: index + 1, nanoseconds: 0 };
    log.message(from, {
      isText: typeof said === 'string',
      length: bytes?.length ?? null,
      bytes: bytes !== null && log.keepOf(from) === 0 ? null : kept,
      ...at,
    });
  });
  return log;
}

const CHAT: Line = ['server', 'a longer text'];

describe('where the handshake was not captured', () => {
  test.each<[string, readonly Line[], Sender, number]>([
    ['MQTT’s DISCONNECT', [CHAT, ['client', [0xe0, 0]]], 'client', 2],
    ['one byte a message', [CHAT, ['client', [0xe0]], ['server', [0xd0]], ['client', [0]]], 'client', 4],
    [
      'with a reason',
      [
        ['server', [0xe0, 1, 0x8b]],
        ['client', [0xe0, 1, 4]],
      ],
      'client',
      2,
    ],
    ['with a reason and no properties', [['client', [0xe0, 2, 0, 0]]], 'client', 1],
    ['Socket.IO’s disconnect', [CHAT, ['client', '41']], 'client', 2],
    ['Engine.IO’s close', [CHAT, ['server', '1']], 'server', 2],
    ['and the other side goes on', [['client', '41'], CHAT], 'client', 1],
  ])('%s may be a goodbye', (_name, script, from, packet) => {
    expect(play(null, ...script)).toMatchObject({ possibleGoodbye: { from, packet } });
  });

  test.each<[string, readonly Line[]]>([
    [
      'the side goes on',
      [
        ['client', '41'],
        ['client', 'hello'],
      ],
    ],
    [
      'a heartbeat',
      [
        ['client', '3'],
        ['server', '2'],
      ],
    ],
    ['a longer text', [['client', '411']]],
    ['a fault', [['server', [0xe0, 1, 0x82]]]],
    ['bytes behind it', [['client', [0xe0, 0, 0]]]],
    [
      'a text between its bytes',
      [
        ['client', [0xe0]],
        ['client', 'x'],
        ['client', [0]],
      ],
    ],
    ['a longer message', [['client', [1, 2, 3, 0xe0, 0]]]],
    [
      'a message that can’t be read',
      [
        ['client', [0xe0]],
        ['client', null],
        ['client', [0]],
      ],
    ],
    ['nothing', []],
  ])('%s is none', (_name, script) => {
    expect(play(null, ...script).possibleGoodbye).toBeNull();
  });
});

test('nothing is looked for where the handshake names no protocol that is known', () => {
  const log = play({ subprotocol: null, target: '/chat' }, CHAT, ['client', 'x'], ['client', '41']);
  expect(log.possibleGoodbye).toBeNull();
  expect(log.keepOf('client')).toBe(0);
});

test('but it is where the first message could not be read', () => {
  const log = play({ subprotocol: null, target: '/' }, ['client', null], ['client', [0xe0, 0]]);
  expect(log.possibleGoodbye).toMatchObject({ from: 'client', text: 'MQTT DISCONNECT' });
});

test('a protocol that shows itself later takes its place', () => {
  const open = '0{"sid":"x","upgrades":[],"pingInterval":300,"pingTimeout":200}';
  const log = play(null, ['server', open], ['client', '41']);
  expect(log.possibleGoodbye).toBeNull();
  expect(log.facts()?.end).toMatchObject({ from: 'client', kind: 'goodbye' });
});
