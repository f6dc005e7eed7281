/**
 * Fits a document into a number of characters: the most important pieces stay, and the others are counted by kind.
 * Pieces that belong together are in a fold (`<details>`). The markup of a fold counts once, and goes when its last
 * piece goes.
 */

export interface Piece {
  /** A lower number is more important; 0 is never left out. */
  readonly importance: number;
  /** What is missing without this piece, singular and plural: "sequence diagram". */
  readonly label: readonly [singular: string, plural: string];
  readonly text: string;
}

export interface Fold {
  /** HTML. */
  readonly summary: string;
  readonly open: boolean;
  readonly pieces: readonly Piece[];
}

export type Block = Piece | Fold;

export interface Fitted {
  readonly text: string;
  /** What was left out, with counts, the most frequent first; empty if everything fits. */
  readonly leftOut: readonly { readonly label: Piece['label']; readonly count: number }[];
}

const BETWEEN = '\n\n';

/** @param room characters, UTF-16 units as hosts count them */
export function fit(blocks: readonly Block[], room: number): Fitted {
  const pieces: { piece: Piece; fold: Fold | null }[] = [];
  for (const block of blocks) {
    if (isFold(block)) pieces.push(...block.pieces.map((piece) => ({ piece, fold: block })));
    else pieces.push({ piece: block, fold: null });
  }
  const kept = new Set<Piece>();
  const openFolds = new Set<Fold>();
  let used = 0;
  for (const { piece, fold } of pieces.toSorted((a, b) => a.piece.importance - b.piece.importance)) {
    const frame =
      fold === null || openFolds.has(fold) ? 0 : frameOf(fold).join('').length + 2 * BETWEEN.length;
    const cost = piece.text.length + BETWEEN.length + frame;
    if (piece.importance > 0 && used + cost > room) continue;
    used += cost;
    kept.add(piece);
    if (fold !== null) openFolds.add(fold);
  }
  const texts = blocks.flatMap((block) => {
    if (!isFold(block)) return kept.has(block) ? [block.text] : [];
    const inside = block.pieces.filter((piece) => kept.has(piece)).map(({ text }) => text);
    const [before, after] = frameOf(block);
    return inside.length === 0 ? [] : [[before, ...inside, after].join(BETWEEN)];
  });
  return {
    text: texts.join(BETWEEN),
    leftOut: countLabels(pieces.flatMap(({ piece }) => (kept.has(piece) ? [] : [piece]))),
  };
}

function isFold(block: Block): block is Fold {
  return 'pieces' in block;
}

function frameOf({ summary, open }: Fold): [before: string, after: string] {
  return [`<details${open ? ' open' : ''}>\n<summary>${summary}</summary>`, '</details>'];
}

function countLabels(pieces: readonly Piece[]): Fitted['leftOut'] {
  const counts = new Map<string, { label: Piece['label']; count: number }>();
  for (const { label } of pieces) {
    const entry = counts.get(label[0]) ?? { label, count: 0 };
    entry.count++;
    counts.set(label[0], entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
