/** The choices that options, the config file and its schema share. */
import { SEVERITIES, type Severity } from '../basics/severity.ts';

export const FORMATS = ['table', 'json', 'ndjson', 'markdown', 'html', 'junit', 'github'] as const;
export type Format = (typeof FORMATS)[number];

export const READERS = ['wscap', 'pcap-parser'] as const;

/** From which severity on a finding is a failure. */
export type Level = Severity | 'never';
export const LEVELS: readonly Level[] = [...SEVERITIES, 'never'];

/** What a rule can be set to. */
export const SETTINGS: readonly (Severity | 'off')[] = ['off', ...SEVERITIES.toReversed()];

/** What `--require` can ask for. */
export const REQUIRABLE = ['websocket'] as const;
