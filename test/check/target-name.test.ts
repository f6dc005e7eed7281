import { describe, expect, it } from 'vitest';
import { targetOf } from '../../src/check/target-name.ts';

describe('a target', () => {
  it.each([
    ['ws.example', '/chat', 'ws.example/chat'],
    ['WS.Example:8443', '/chat?token=secret', 'ws.example/chat'],
    ['127.0.0.1:40123', '/chat', '/chat'],
    ['[::1]:8080', '/', '/'],
    ['ws.example', 'http://proxy:pw@other.example:80/a#b', 'other.example/a'],
    ['a.example', '/sockjs/123/k3j5h2x9/websocket', 'a.example/sockjs/123/k3j5h2x9/websocket'],
    ['a.example', '/room/12345678/ws', 'a.example/room/{id}/ws'],
    ['a.example', '/s/3f2b8c1e-0d4a-4f6b-9c7d-1e2f3a4b5c6d', 'a.example/s/{id}'],
    [null, '*', '*'],
    ['a.example', null, 'a.example/'],
  ])('of %j and %j is %j', (host, target, expected) => {
    expect(targetOf({ host, target })).toBe(expected);
  });

  it('is null where the request was not captured', () => {
    expect(targetOf(null)).toBeNull();
    expect(targetOf({ host: null, target: null })).toBeNull();
  });

  it('is bounded', () => {
    expect(targetOf({ host: null, target: `/${'a'.repeat(5000)}` })!.length).toBeLessThan(300);
  });
});
