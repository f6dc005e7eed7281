/** Requests and answers where one of them is missing or came in the wrong order. */
import { expect, test } from 'vitest';
import { playExchange } from '../helpers/exchange-log.ts';
import { lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

const PAGE = lines('HTTP/1.1 200 OK', 'Content-Length: 0');
const REFUSAL = lines('HTTP/1.1 401 Unauthorized', 'Content-Length: 0');

test('the 101 captured before its request on a connection that was used before', () => {
  const { events, raw } = playExchange([
    [0, lines('GET / HTTP/1.1', 'Host: a')],
    [1, PAGE],
    [1, switchingProtocols()],
    [0, upgradeRequest('/late')],
    [0, 'frames'],
  ]);
  expect(events.at(-1)).toBe('late request for /late');
  expect(raw[0]).toBe('frames');
});

test('the refusal captured before its request on a connection that was used before', () => {
  const { events } = playExchange([
    [0, lines('GET / HTTP/1.1', 'Host: a')],
    [1, PAGE],
    [1, REFUSAL],
    [0, upgradeRequest('/late')],
  ]);
  expect(events.at(-1)).toBe('/late refused 401');
});

test('an answer whose request is missing is not that of the next request', () => {
  const { events } = playExchange([
    [1, REFUSAL],
    [0, 100],
    [0, upgradeRequest('/next')],
  ]);
  expect(events).toEqual(['0 asks for /next']);
});

test('where the answer to a request is missing, the 101 is that of the next one, and no request is taken for frames', () => {
  const { events, raw } = playExchange([
    [0, upgradeRequest('/first')],
    [1, 50],
    [0, upgradeRequest('/second')],
    [1, switchingProtocols()],
    [0, 'frames'],
  ]);
  expect(events).toEqual(['0 asks for /first', '0 asks for /second', '0 upgraded /second 101']);
  expect(raw[0]).toBe('frames');
});

test('the answer to a CONNECT whose request is missing has no body that could hide the 101', () => {
  const { events } = playExchange([
    [1, lines('HTTP/1.1 200 Connection established')],
    [0, 60],
    [0, upgradeRequest('/inside')],
    [1, switchingProtocols()],
  ]);
  expect(events.at(-1)).toBe('0 upgraded /inside 101');
});
