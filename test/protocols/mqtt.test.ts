import { describe, expect, test } from 'vitest';
import { ApplicationLog } from '../../src/protocols/application-log.ts';
import type { Sender } from '../../src/protocols/application-protocol.ts';
import { hex } from '../helpers/pcap-builder.ts';

/** Level 4 and 5, keep-alive 2 s. */
const CONNECT = '100c00044d5154540402000200' + '00';
const CONNECT_5 = '100d00044d5154540502000200' + '0000';

/** "client c000": who sends which bytes; a third word is the length of a message of which only the beginning is kept. */
function play(...script: readonly string[]) {
  const log = new ApplicationLog({ subprotocol: 'mqtt', target: '/mqtt' });
  script.forEach((line, index) => {
    const [from, text = '', length] = line.split(' ');
    const bytes = hex(text);
    const at = { packet: index + 1, seconds: index + 1, nanoseconds: 0 };
    log.message(from as Sender, { isText: false, length: Number(length ?? bytes.length), bytes, ...at });
  });
  return log.facts();
}

test('version and keep-alive are those of CONNECT', () => {
  expect(play(`client ${CONNECT}`, 'client c000', 'server d000')).toMatchObject({
    protocol: 'mqtt',
    version: '3.1.1',
    heartbeat: {
      from: 'client',
      intervalMs: 2000,
      timeoutMs: 1000,
      isStated: true,
      sent: 1,
      answered: 1,
      unanswered: null,
      lastSign: { packet: 2 },
    },
    end: null,
  });
  expect(play(`client ${CONNECT_5}`)?.version).toBe('5');
});

test('packets may span messages, or share one', () => {
  const facts = play(
    ...CONNECT.match(/../g)!.map((byte) => `client ${byte}`),
    'client c000c000',
    'client c0',
    'client 00',
  );
  expect(facts).toMatchObject({ version: '3.1.1', heartbeat: { sent: 3, unanswered: { count: 3 } } });
});

test('without a keep-alive there is no heartbeat', () => {
  expect(play('client 100c00044d51545404020000' + '0000')?.heartbeat).toBeNull();
});

describe('DISCONNECT', () => {
  test.each([
    ['client', 'e000', 'goodbye', 'MQTT DISCONNECT'],
    ['client', 'e00104', 'goodbye', 'MQTT DISCONNECT (0x04, disconnect with will message)'],
    ['server', 'e0028d00', 'fault', 'MQTT DISCONNECT (0x8d, keep alive timeout)'],
  ])('%s %s', (from, packet, kind, text) => {
    expect(play(`client ${CONNECT_5}`, `${from} ${packet}`)?.end).toMatchObject({
      from,
      kind,
      text,
      packet: 2,
    });
  });

  test('in two frames, as mqtt.js sends it', () => {
    expect(play(`client ${CONNECT}`, 'client e0', 'client 00')?.end).toMatchObject({
      kind: 'goodbye',
      packet: 3,
    });
  });
});

test('a long packet of which only the beginning is kept is passed over', () => {
  const facts = play(`client ${CONNECT}`, 'client 30ff7f0001 16386', 'client c000');
  expect(facts?.heartbeat).toMatchObject({ sent: 1 });
});

test('where packets are lost nothing is told', () => {
  const facts = play(`client ${CONNECT}`, 'client c000', 'client 30050001 40', 'client e000');
  expect(facts).toMatchObject({ heartbeat: { unanswered: null }, end: null });
});

test('known by its CONNECT alone', () => {
  const log = new ApplicationLog({ subprotocol: null, target: '/' });
  const bytes = hex(CONNECT);
  log.message('client', {
    isText: false,
    length: bytes.length,
    bytes,
    packet: 1,
    seconds: 1,
    nanoseconds: 0,
  });
  expect(log.facts()).toMatchObject({ protocol: 'mqtt', version: '3.1.1' });
});
