import { describe, expect, it } from 'vitest';
import { wildcard } from '../../src/basics/wildcard.ts';

describe('wildcard', () => {
  it.each([
    ['/chat', '/chat', true],
    ['/chat', '/chat/1', false],
    ['/chat*', '/chat/1', true],
    ['*.example', 'ws.example', true],
    ['a*a', 'a', false],
    ['*/x/*', '/a/x/b', true],
    ['*', '', true],
  ])('%s of %s: %j', (pattern, text, expected) => {
    expect(wildcard(pattern)(text)).toBe(expected);
  });
});
