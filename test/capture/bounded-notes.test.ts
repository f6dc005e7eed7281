import { describe, expect, it } from 'vitest';
import { BoundedNotes } from '../../src/capture/bounded-notes.ts';
import { Collector } from './collect.ts';

describe('bounded notes', () => {
  it('passes on eight of a code and counts the rest', () => {
    const collector = new Collector();
    const notes = new BoundedNotes(collector);
    for (let i = 1; i <= 100; i++) notes.add('often', `number ${i}`);
    notes.add('once', 'only');
    expect(collector.notes).toHaveLength(9);
    notes.flush();
    expect(collector.notes).toHaveLength(10);
    expect(collector.notes[9]).toEqual({ code: 'often', message: '92 more of the same kind' });
  });
});
