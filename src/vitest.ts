/**
 * `wscap/vitest`: importing it adds the matchers to vitest's `expect` (docs/vitest.md). vitest is not bundled: the
 * user's own is used.
 */
import { expect } from 'vitest';
import {
  toCloseWith,
  toHaveAnomaly,
  toHaveNoAnomalies,
  toUpgradeCleanly,
  type AnomalyOptions,
  type CloseOptions,
  type Selection,
} from './vitest/matchers.ts';

export type { AnomalyOptions, CloseOptions, Received, Selection } from './vitest/matchers.ts';

expect.extend({ toCloseWith, toHaveAnomaly, toHaveNoAnomalies, toUpgradeCleanly });

/** Each is asynchronous, because a capture is read first: await it. */
export interface WscapMatchers {
  /** No finding of severity warning or worse, on any connection. */
  toHaveNoAnomalies(options?: AnomalyOptions): Promise<void>;
  /** A finding of this rule. */
  toHaveAnomaly(rule: string, options?: Selection): Promise<void>;
  /** Every connection gets a valid 101, and no rule objects to the opening handshake. */
  toUpgradeCleanly(options?: Selection): Promise<void>;
  /** Every connection ends with a closing handshake that begins with this code. */
  toCloseWith(code: number, options?: CloseOptions): Promise<void>;
}

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  interface Matchers<T = any> extends WscapMatchers {}
}
