import { expect, test } from 'vitest';
import { namesIdleness, namesPingTimeout, namesTimeout } from '../../src/judgement/close-reasons.ts';

test.each([
  'keepalive ping timeout',
  'ping timeout',
  'Ping timed out',
  'pong not received',
  'pong timeout',
  'no pong received in time',
  'heartbeat lost',
  'Heartbeat timeout',
  'missing heartbeat',
])('a ping timeout: %s', (reason) => {
  expect(namesPingTimeout(reason)).toBe(true);
  expect([namesIdleness(reason), namesTimeout(reason)]).toEqual([false, false]);
});

test.each([
  'Idle Timeout',
  'Connection Idle Timeout',
  'Idle for 30001 ms > 30000 ms',
  'closed due to inactivity',
])('idleness: %s', (reason) => {
  expect([namesIdleness(reason), namesPingTimeout(reason)]).toEqual([true, false]);
});

test.each(['read timed out', 'Session timeout'])('a time limit: %s', (reason) => {
  expect([namesTimeout(reason), namesIdleness(reason)]).toEqual([true, false]);
});

test.each(['', 'bye', 'shopping cart is full', 'internal error'])('nothing of that: "%s"', (reason) => {
  expect([namesPingTimeout(reason), namesIdleness(reason), namesTimeout(reason)]).toEqual([
    false,
    false,
    false,
  ]);
});
