/** A difference from what is expected: one sentence for people, and fields for programs. */
export interface Difference {
  /** Without a full stop. Holds wire text: escape it for the output it goes to. */
  readonly sentence: string;
  /** As in the expectation; empty if the thing is new. Lines; they hold wire text as well. */
  readonly expected: readonly string[];
  /** As it is now; empty if the thing is gone. */
  readonly actual: readonly string[];
}
