import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftOverNotes } from '../../../src/report/notes/left-over.ts';
import { follow } from '../../../src/follow.ts';
import { FIXTURES } from '../../helpers/captures.ts';
import { recordOf } from '../../helpers/record-builder.ts';

async function notesOf(name: string): Promise<string[]> {
  const end = await follow(
    [join(FIXTURES, `${name}.pcap`)],
    { connection: 0, maxBytes: 100 },
    { start: () => undefined, entry: () => undefined },
  );
  return end!.notes.map(({ code, message }) => `${code}: ${message}`);
}

describe('what follow could not show', () => {
  it.each([
    [
      'length-invalid/top-bit',
      'unfinished-frame: the last frame of the client, which begins in packet 11, is not shown: binary, with an impossible length of at least 2^63, of which 0 bytes came',
    ],
    [
      'message-unfinished/fin-inside-frame',
      'unfinished-frame: the last frame of the client, which begins in packet 11, is not shown: text, 300 bytes long, of which 40 bytes came',
    ],
    [
      'message-unfinished/close-inside-message',
      'unfinished-message: a text message of the client, which begins in packet 11, is not shown: its last frame never came, after 2 frames of 18 bytes',
    ],
    [
      'reserved-opcode/control-b-chromium',
      'reserved-opcode: 1 frame of the server with a reserved opcode is not shown: the first, 0xb, is in packet 10',
    ],
  ])('is noted of %s', async (name, note) => {
    expect(await notesOf(name)).toContain(note);
  });

  it('has no notes where all messages are whole', async () => {
    expect((await notesOf('message-unfinished/near-miss-finished-in-time')).join()).not.toContain(
      'unfinished',
    );
    expect(leftOverNotes(recordOf())).toEqual([]);
  });
});
