/** Where tshark 4.0 differs from what is true of generated conversations, and why: docs/tshark-differences.md tells more. */
import type { TsharkPacket } from '../helpers/tshark.ts';
import type { Truth, TrueCapture } from './capture.ts';
import { factsOfTruth, factsOfTshark, type Disagreement, type Facts } from './compare.ts';

interface DifferenceClass {
  /** As in docs/tshark-differences.md. */
  readonly name: string;
  readonly facts: readonly (keyof Facts)[];
  readonly applies: (truth: Truth) => boolean;
}

export const DIFFERENCE_CLASSES: readonly DifferenceClass[] = [
  {
    name: 'head-in-pieces',
    facts: ['response'],
    applies: ({ headDisordered }) => headDisordered,
  },
  {
    name: 'body-behind-head',
    facts: ['response'],
    applies: ({ script }) => script.status === 403,
  },
  {
    name: 'gap-in-payload',
    facts: ['frames', 'codes'],
    applies: ({ hasGap }) => hasGap,
  },
  {
    name: 'late-byte',
    facts: ['frames', 'codes', 'response'],
    applies: ({ hasLateByte }) => hasLateByte,
  },
];

export interface Judged {
  /** Not of any class. */
  readonly unexplained: readonly Disagreement[];
  /** Connections, by class. */
  readonly explained: ReadonlyMap<string, number>;
}

export function judgeTshark(packets: readonly TsharkPacket[], { truths }: TrueCapture): Judged {
  const byStream = new Map<number | null, TsharkPacket[]>();
  for (const packet of packets) {
    const own = byStream.get(packet.stream) ?? [];
    own.push(packet);
    byStream.set(packet.stream, own);
  }
  const unexplained: Disagreement[] = [];
  const explained = new Map<string, number>();
  for (const [connection, truth] of truths.entries()) {
    const expected = factsOfTruth(truth);
    const facts = factsOfTshark(byStream.get(connection) ?? [], truth.port);
    const differing = (Object.keys(expected) as (keyof Facts)[]).filter(
      (key) => JSON.stringify(facts[key]) !== JSON.stringify(expected[key]),
    );
    for (const what of differing) {
      const found = DIFFERENCE_CLASSES.find((each) => each.facts.includes(what) && each.applies(truth));
      if (found === undefined) {
        unexplained.push({ connection, truth, what, said: facts[what], expected: expected[what] });
      } else explained.set(found.name, (explained.get(found.name) ?? 0) + 1);
    }
  }
  return { unexplained, explained };
}
