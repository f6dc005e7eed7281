import { describe, expect, test } from 'vitest';
import { MqttStream, type BytePlace } from '../../src/extract/mqtt-stream.ts';

/** Sends messages through one direction, patches included. */
function sent(stream: MqttStream, ...messages: readonly string[]): string {
  const out: number[] = [];
  for (const message of messages) {
    stream.begin();
    for (const char of message) out.push(stream.next(char.charCodeAt(0), { offset: out.length, mask: 0 }));
    for (const { offset } of stream.takeMistaken()) out[offset] = 0;
  }
  return String.fromCharCode(...out);
}

const CONNECT = '\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0';

describe('without a subprotocol', () => {
  test('a CONNECT makes both directions MQTT', () => {
    const talk = { isKnown: false };
    const [client, server] = [new MqttStream(talk, true), new MqttStream(talk, false)];
    expect(sent(client, `${CONNECT}\xe0\0`)).toBe(`${CONNECT}\xe0\0`);
    expect(talk.isKnown).toBe(true);
    expect(sent(server, '\x20\x02\0\0\xd0\0')).toBe('\x20\x02\0\0\xd0\0');
  });

  test('a byte a message', () => {
    expect(sent(new MqttStream({ isKnown: false }, true), ...CONNECT.match(/[^]/g)!, '\xc0', '\0')).toBe(
      `${CONNECT}\xc0\0`,
    );
  });

  test.each<[string, readonly string[]]>([
    ['other bytes', ['secret']],
    ['a heartbeat first', ['\xc0\0']],
    ['what begins like a CONNECT', ['\x10\x0c\0\x04MQTX secret']],
    ['the same, a byte a message', ['\x10', '\x0c', '\0', '\x04', 'M', 'Q', '!', 'x']],
    ['a CONNECT behind other bytes', ['x', CONNECT]],
  ])('nothing stays of %s', (_name, messages) => {
    const stream = new MqttStream({ isKnown: false }, true);
    expect(sent(stream, ...messages)).toBe('\0'.repeat(messages.join('').length));
    expect(stream.isOpen).toBe(false);
  });

  test('nothing stays of a server that speaks first', () => {
    const talk = { isKnown: false };
    const server = new MqttStream(talk, false);
    expect(sent(server, '\xd0\0')).toBe('\0\0');
    talk.isKnown = true;
    expect(sent(server, '\xd0\0')).toBe('\0\0');
  });
});

test('missing bytes take back what only looked like a CONNECT', () => {
  const stream = new MqttStream({ isKnown: false }, true);
  const places: BytePlace[] = [];
  stream.begin();
  stream.next(0x10, { offset: 7, mask: 0 });
  stream.lose();
  places.push(...stream.takeMistaken());
  expect(places).toEqual([{ offset: 7, mask: 0 }]);
  expect(stream.takeMistaken()).toEqual([]);
});
