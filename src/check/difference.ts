/** What is otherwise than expected: for people, and for whoever wants to see it field by field. */
export interface Difference {
  /** Without a full stop. Holds wire text: to be escaped for where it goes. */
  readonly sentence: string;
  /** As it stands in the expectation; empty where something is new. Lines, likewise with wire text. */
  readonly expected: readonly string[];
  /** As it is now; empty where something is gone. */
  readonly actual: readonly string[];
}
