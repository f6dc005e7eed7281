/**
 * Asks V8 to wait longer before it optimizes a function. Where many small captures are analyzed, each runs
 * through other rules and parsers. What V8 optimizes for one (on other cores, which are needed for captures)
 * it throws away for the next. With this flag a thousand captures take a third less processor time
 * (docs/benchmarks.md). A Node that doesn't know the flag goes on as before.
 */
import { setFlagsFromString } from 'node:v8';

/** V8's unit, bytes of bytecode run; its own default is an eighth of this. */
const INTERRUPT_BUDGET = 1_000_000;

export function keepCompilerPatient(): void {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
