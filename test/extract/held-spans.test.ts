/** Spans that wait until it is known whether their bytes are frames. */
import { describe, expect, it } from 'vitest';
import { HeldSpans } from '../../src/extract/held-spans.ts';

function held(): { spans: HeldSpans; seen: string[]; say: (kind: 'unread' | 'body', text: string) => void } {
  const seen: string[] = [];
  const spans = new HeldSpans({
    span: (kind, bytes, start, end) => {
      seen.push(`${kind} ${Buffer.from(bytes.subarray(start, end)).toString()}`);
    },
    missing: (length) => {
      seen.push(`missing ${length}`);
    },
  });
  const say = (kind: 'unread' | 'body', text: string) => {
    const bytes = Buffer.from(`<${text}>`);
    spans.span(kind, bytes, 1, 1 + text.length);
    // The bytes that were given must not be needed any more.
    bytes.fill(0);
  };
  return { spans, seen, say };
}

describe('HeldSpans', () => {
  it('passes on at once what need not wait', () => {
    const { spans, seen, say } = held();
    say('body', 'abc');
    spans.missing(3);
    expect(seen).toEqual(['body abc', 'missing 3']);
  });

  it('passes on in order what has waited, once it is released', () => {
    const { spans, seen, say } = held();
    spans.hold();
    say('unread', 'abc');
    spans.missing(3);
    spans.missing(4);
    say('body', 'd');
    expect(seen).toEqual([]);
    spans.release();
    say('body', 'e');
    expect(seen).toEqual(['unread abc', 'missing 7', 'body d', 'body e']);
  });

  it('leaves out the last bytes, which are frames, and does not read a span that they cut', () => {
    const { spans, seen, say } = held();
    spans.hold();
    say('body', 'abc');
    spans.missing(3);
    say('body', 'defg');
    say('unread', 'hij');
    spans.releaseAllBut(5);
    expect(seen).toEqual(['body abc', 'missing 3', 'unread de']);
  });

  it('passes on the oldest beyond 256 KiB', () => {
    const { spans, seen, say } = held();
    spans.hold();
    say('body', 'old');
    say('unread', 'x'.repeat(256 * 1024 - 3));
    expect(seen).toEqual([]);
    say('unread', 'y');
    expect(seen).toEqual(['body old']);
    spans.releaseAllBut(256 * 1024 - 2);
    expect(seen).toEqual(['body old']);
  });
});
