import { describe, expect, test } from 'vitest';
import type { ConnectionRecord } from '../../src/connection/record.ts';
import { Conversation } from '../helpers/conversation.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

const SESSION = '/socket.io/?EIO=4&transport=polling&t=a1&sid=abc';
const UNKNOWN = '{"code":1,"message":"Session ID unknown"}';

const poll = (target = SESSION) => lines(`GET ${target} HTTP/1.1`, 'Host: server.example.com');
const answer = (body = UNKNOWN, status = '400 Bad Request') =>
  lines(`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`) + body;

const polled = (...exchanges: [string, string][]): ConnectionRecord[] => {
  const conversation = new Conversation().open();
  for (const [request, response] of exchanges) conversation.client(request).server(response);
  return conversation.fin('client').fin('server').ack('client').outcome().records;
};

describe('a request of Engine.IO whose session is unknown', () => {
  test('makes a connection of interest that never asks for an upgrade', () => {
    const [record] = polled([poll(), answer()]);
    expect(record).toMatchObject({
      client: { port: 50_000 },
      upgrade: null,
      opening: null,
      sessionRefusals: { count: 1, request: { packet: 4 }, response: { packet: 5 }, lastPacket: 5 },
    });
  });

  test('is counted, and the first one is kept', () => {
    const [record] = polled([poll(), answer()], [poll('/x'), answer('ok', '200 OK')], [poll(), answer()]);
    expect(record?.sessionRefusals).toMatchObject({ count: 2, request: { packet: 4 }, lastPacket: 9 });
  });

  test('is remembered where an upgrade follows on the same connection', () => {
    const record = new Conversation()
      .open()
      .client(poll())
      .server(answer())
      .client(upgradeRequest())
      .server(switchingProtocols())
      .record();
    expect(record).toMatchObject({ opening: 'handshake', sessionRefusals: { count: 1 } });
  });

  test('is recognised by a body in a later segment', () => {
    const whole = answer();
    const records = new Conversation()
      .open()
      .client(poll())
      .server(whole.slice(0, -10))
      .server(whole.slice(-10))
      .outcome().records;
    expect(records).toMatchObject([{ sessionRefusals: { count: 1, response: { packet: 5 } } }]);
  });

  test.each([
    ['another phrase', poll(), answer('{"code":0,"message":"Transport unknown"}')],
    ['no session in the target', poll('/socket.io/?EIO=4&transport=polling'), answer()],
    ['no EIO in the target', poll('/?sid=abc'), answer()],
    ['a body that is not whole and lacks the phrase', poll(), answer().slice(0, -20)],
    ['no refusal', poll(), answer(UNKNOWN, '200 OK')],
    ['an error of the server', poll(), answer(UNKNOWN, '502 Bad Gateway')],
  ])('is none: %s', (_what, request, response) => {
    expect(polled([request, response])).toEqual([]);
  });
});
