import { expect, test } from 'vitest';
import { acceptFor } from '../../src/websocket/accept.ts';

test('the example of RFC 6455 §1.3', () => {
  expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('a key that is not valid is hashed as it stands', () => {
  expect(acceptFor('')).toBe('Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=');
});
