/** Collects what two connections have in common and where they differ, while their parts are compared. */
import type { Difference, NotCompared, Pair, Section } from './model.ts';

export interface CompareContext {
  /** The packet of each capture that shows the fact. */
  readonly good?: number | null;
  readonly bad?: number | null;
  /** Why the difference doesn't count; null or undefined if it does. */
  readonly noise?: string | null;
}

export class Comparison {
  readonly differences: Difference[] = [];
  readonly sameFacts: Pair['same'] = [];
  readonly omissions: NotCompared[] = [];
  readonly #ignored: ReadonlySet<string>;

  /** @param ignored in lower case: names of fields, or just the name of a header or query parameter */
  constructor(ignored: readonly string[]) {
    this.#ignored = new Set(ignored);
  }

  /** Records nothing if both values are null. */
  compare(
    section: Section,
    field: string,
    good: string | null,
    bad: string | null,
    { good: goodPacket = null, bad: badPacket = null, noise = null }: CompareContext = {},
  ): void {
    if (good === bad) {
      if (good !== null) this.same(section, field, good);
      return;
    }
    this.add([
      {
        section,
        field,
        good: { value: good, packet: good === null ? null : goodPacket },
        bad: { value: bad, packet: bad === null ? null : badPacket },
        noise,
      },
    ]);
  }

  add(differences: readonly Difference[]): void {
    for (const difference of differences) {
      const isIgnored =
        this.#ignored.has(difference.field) ||
        this.#ignored.has(difference.field.replace(/^(?:header|query|rule) /, '').toLowerCase());
      this.differences.push(
        isIgnored && difference.noise === null ? { ...difference, noise: 'ignored, as asked' } : difference,
      );
    }
  }

  same(section: Section, field: string, value: string): void {
    this.sameFacts.push({ section, field, value });
  }

  notCompared(section: Section, reason: string): void {
    this.omissions.push({ section, reason });
  }
}
