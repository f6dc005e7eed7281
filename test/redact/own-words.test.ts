import { describe, expect, it } from 'vitest';
import { OWN_WORDS } from '../../src/redact/own-words.ts';
import { ALL_RULES } from '../../src/rules/index.ts';

describe('OWN_WORDS', () => {
  it('has nearly all words of the rules’ messages: without them a value like "server" would blot them out', () => {
    const texts = ALL_RULES.flatMap(({ title, messages }) => [title, ...Object.values(messages)]);
    const words = new Set(
      texts.flatMap(
        (text) =>
          text
            .replace(/\{\w+\}/g, '')
            .toLowerCase()
            .match(/\b[a-z]{4,}\b/g) ?? [],
      ),
    );
    const missing = Array.from(words).filter((word) => !OWN_WORDS.has(word));
    expect(words.size).toBeGreaterThan(100);
    expect(missing.length / words.size, missing.join(' ')).toBeLessThan(0.05);
  });
});
