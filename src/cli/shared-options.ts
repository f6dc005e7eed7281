/** Options that several commands have, with the same meaning in each. */
import { READERS } from './choices.ts';
import {
  fileOrNone,
  milliseconds,
  nonEmpty,
  nonEmptyList,
  oneOf,
  ports,
  ruleSettings,
} from './option-values.ts';

/** An option that takes a value, checked by `coerce`. */
interface ValueOption<Coerce> {
  readonly requiresArg: true;
  readonly type: 'string';
  readonly coerce: Coerce;
  readonly defaultDescription?: string;
  readonly describe: string;
}

interface Switch {
  readonly type: 'boolean';
  readonly describe: string;
}

export const KEYLOG_OPTION: { readonly keylog: ValueOption<ReturnType<typeof nonEmptyList>> } = {
  keylog: {
    requiresArg: true,
    type: 'string',
    coerce: nonEmptyList('--keylog'),
    defaultDescription: 'CAPTURE.keylog, $WSCAP_KEYLOG',
    describe: 'a file with keys of TLS connections (SSLKEYLOGFILE); may be given several times, all add up',
  },
};

/** The options that decide what is found. */
export const ANALYSIS_OPTIONS: {
  readonly window: ValueOption<ReturnType<typeof milliseconds>>;
  readonly port: ValueOption<ReturnType<typeof ports>>;
  readonly keylog: ValueOption<ReturnType<typeof nonEmptyList>>;
  readonly config: ValueOption<ReturnType<typeof fileOrNone>>;
} = {
  window: {
    requiresArg: true,
    type: 'string',
    coerce: milliseconds('--window'),
    defaultDescription: '100',
    describe: 'milliseconds after the 101 in which a close is a handshake-close',
  },
  port: {
    requiresArg: true,
    type: 'string',
    coerce: ports('--port'),
    describe: 'server port of WebSockets whose handshake is not in the capture; several: 8080,9000',
  },
  ...KEYLOG_OPTION,
  config: {
    requiresArg: true,
    type: 'string',
    coerce: fileOrNone('--config'),
    defaultDescription: 'the nearest wscap.config.json, upwards',
    describe: 'read settings from this file (the only way to use a .js or .mjs); --no-config: read none',
  },
};

export const RULE_OPTION: { readonly rule: ValueOption<ReturnType<typeof ruleSettings>> } = {
  rule: {
    requiresArg: true,
    type: 'string',
    coerce: ruleSettings('--rule'),
    describe: 'set a severity: RULE=off, info, warning or error; may be given several times',
  },
};

export const READER_OPTION: {
  readonly reader: ValueOption<ReturnType<typeof oneOf<(typeof READERS)[number]>>>;
} = {
  reader: {
    requiresArg: true,
    type: 'string',
    coerce: oneOf('--reader', READERS),
    defaultDescription: 'wscap',
    describe: 'which reader to use: wscap, or pcap-parser as a second opinion (classic pcap only, slow)',
  },
};

export const REDACTION_OPTIONS: {
  readonly 'redact-key': ValueOption<ReturnType<typeof nonEmpty>>;
  readonly 'anonymize-addresses': Switch & { readonly default: boolean };
} = {
  'redact-key': {
    requiresArg: true,
    type: 'string',
    coerce: nonEmpty('--redact-key'),
    describe: 'mark equal hidden values alike in all reports made with this key; implies --redact',
  },
  'anonymize-addresses': {
    type: 'boolean',
    default: false,
    describe: 'replace real addresses by addresses of the documentation ranges',
  },
};

export const DISPLAY_OPTIONS: { readonly color: Switch; readonly ascii: Switch } = {
  color: { type: 'boolean', describe: 'colours, or none with --no-color (default: on a terminal)' },
  ascii: { type: 'boolean', describe: 'only ASCII characters (default: unless the locale is UTF-8)' },
};
