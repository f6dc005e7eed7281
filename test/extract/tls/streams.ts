/** The bytes of each direction of a fixture's connections, without gaps, as TCP brings them. */
import { Analyzer } from '../../../src/analysis/analyzer.ts';
import { readCaptures } from '../../../src/analysis/read-captures.ts';

export interface Conversation {
  /** In the order in which they came; direction 0 is the client's. */
  readonly pieces: { readonly direction: 0 | 1; readonly bytes: Uint8Array }[];
}

export async function conversationsIn(path: string): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  const analyzer = new Analyzer({
    open: () => {
      const conversation: Conversation = { pieces: [] };
      conversations.push(conversation);
      return {
        data: (direction, bytes, start, end) => {
          conversation.pieces.push({ direction, bytes: bytes.slice(start, end) });
        },
        gap: () => undefined,
        flag: () => undefined,
        end: () => undefined,
      };
    },
  });
  await readCaptures([path], analyzer);
  analyzer.end();
  return conversations;
}
