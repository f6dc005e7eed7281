import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PayloadMarks } from '../../src/redact/payload-marks.ts';
import type { ActivityReport, PayloadPreview } from '../../src/report/model.ts';

const preview = (value: string, of: number = value.length): PayloadPreview => ({
  encoding: 'text',
  value,
  bytes: value.length,
  of,
});

function activityOf(payloads: readonly (PayloadPreview | undefined)[]): ActivityReport {
  return {
    frames: payloads.map((payload, index) => ({
      packet: index + 1,
      offsetMs: index,
      from: 'client',
      opcode: 'text',
      length: payload?.of ?? 0,
      final: true,
      ...(payload === undefined ? {} : { payload }),
    })),
    omitted: 0,
    omittedAfter: payloads.length,
    density: null,
  };
}

function marked(
  payloads: readonly (PayloadPreview | undefined)[],
  key: string | null,
): (string | undefined)[] {
  const marks = new PayloadMarks(key === null ? null : Buffer.from(key));
  return marks.redact(activityOf(payloads)).frames.map(({ payload }) => payload?.value);
}

describe('payloads in a redacted report', () => {
  it('are numbered, equal ones alike', () => {
    const payloads = [preview('secret'), undefined, preview('other'), preview('secret')];
    expect(marked(payloads, null)).toEqual(['[payload-1]', undefined, '[payload-2]', '[payload-1]']);
  });

  it('have a keyed hash where there is a key', () => {
    const [first, second, third] = marked([preview('secret'), preview('secret'), preview('other')], 'k');
    expect(first).toMatch(/^\[payload-[0-9a-f]{8}\]$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(marked([preview('secret')], 'another')[0]).not.toBe(first);
  });

  it('tell their length, and no byte of what they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 12, maxLength: 60 })), fc.boolean(), (texts, hasKey) => {
        const marks = new PayloadMarks(hasKey ? Buffer.from('key') : null);
        const redacted = marks.redact(activityOf(texts.map((text) => preview(text, text.length + 5))));
        const json = JSON.stringify(redacted);
        for (const text of texts) expect(json).not.toContain(JSON.stringify(text).slice(1, -1));
        expect(redacted.frames.map(({ payload }) => payload?.of)).toEqual(
          texts.map(({ length }) => length + 5),
        );
      }),
    );
  });
});
