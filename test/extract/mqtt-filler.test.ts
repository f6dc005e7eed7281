/** What is left of MQTT in an anonymized extract. */
import { expect, test } from 'vitest';
import { MqttFiller } from '../../src/extract/mqtt-filler.ts';

function filled(text: string): string {
  const filler = new MqttFiller();
  return String.fromCharCode(...Array.from(text, (char) => filler.next(char.charCodeAt(0))));
}

test.each<[string, string]>([
  ['PINGREQ', '\xc0\0'],
  ['PINGRESP', '\xd0\0'],
  ['DISCONNECT', '\xe0\0'],
  ['DISCONNECT with a reason', '\xe0\x01\x8e'],
  ['PINGREQ behind another packet', '\x40\x02\0\0\xc0\0'],
])('%s stays', (_name, text) => {
  expect(filled(text)).toBe(text);
});

test('of a CONNECT, all but client id, user and password stays', () => {
  const start = '\x10\x16\0\x04MQTT\x04\xc2\0\x3c';
  expect(filled(`${start}\0\x02id\0\x02me\0\x02pw\xc0\0`)).toBe(`${start}${'\0'.repeat(12)}\xc0\0`);
});

test('of a CONNECT of MQTT 3.1 too', () => {
  const start = '\x10\x12\0\x06MQIsdp\x03\x02\0\x3c';
  expect(filled(`${start}\0\x04name\xc0\0`)).toBe(`${start}${'\0'.repeat(6)}\xc0\0`);
});

test('a topic and a message go, and the next packet is found', () => {
  expect(filled('\x30\x08\0\x03a/bxyz\xe0\0')).toBe(`\x30\x08${'\0'.repeat(8)}\xe0\0`);
});

test.each<[string, string, string]>([
  ['what is no packet', 'secret', '\0'.repeat(6)],
  ['UTF-16', 's\0e\0c\0r\0', '\0'.repeat(8)],
  ['a CONNECT of something else', '\x10\x08\0\x04secret', '\x10\x08\0\x04\0\0\0\0\0\0'],
])('%s goes', (_name, text, expected) => {
  expect(filled(text)).toBe(expected);
});

test('behind missing bytes nothing stays', () => {
  const filler = new MqttFiller();
  filler.lose();
  expect([0xc0, 0].map((byte) => filler.next(byte))).toEqual([0, 0]);
});
