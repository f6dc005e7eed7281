/** What may be chosen where: shared by the options, the config file and its schema. */
import type { Severity } from '../report/model.ts';

export const FORMATS = ['table', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export const READERS = ['wscap', 'pcap-parser'] as const;

/** From which severity on a finding is a failure. */
export const LEVELS = ['error', 'warning', 'info', 'never'] as const satisfies readonly (
  Severity | 'never'
)[];
export type Level = (typeof LEVELS)[number];

/** What a rule can be set to. */
export const SETTINGS = ['off', 'info', 'warning', 'error'] as const satisfies readonly (Severity | 'off')[];

export const DEFAULT_WINDOW_MS = 100;
