import type { LIFECYCLE, LIFECYCLE_STATES } from '../src/connection/lifecycle.ts';

export function drawLifecycle(states: typeof LIFECYCLE_STATES, table: typeof LIFECYCLE): string;
export function withDiagram(text: string, diagram: string): string;
