export interface Bound {
  readonly what: string;
  readonly amount: string;
  /** Below src/. */
  readonly file: string;
}

export function findBounds(): Bound[];
export function boundsOf(text: string, file: string): Bound[];
export function drawBounds(bounds: readonly Bound[]): string;
export function withBounds(text: string, table: string): string;
