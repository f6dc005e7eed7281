/** control-frame-invalid: a Close, ping or pong that is fragmented, or longer than 125 bytes. */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  fragmented:
    'The {role} sent a {frame} without FIN, as the first of several frames, {when}{more}{reaction}.',
  'too-long':
    'The {role} sent a {frame}, longer than the 125 bytes of a control frame, {when}{more}{reaction}.',
} as const;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'control-fragmented',
    also: 'without FIN',
    tell: () => ({
      kind: 'fragmented',
      advice:
        'A control frame must not be fragmented; the receiver closes the connection, with code 1002 (RFC 6455 §5.5). Look at ' +
        "the sender's code: a fragmenting writer that pings and pongs go through as well, or frames out of step after a wrong length.",
    }),
  },
  {
    irregularity: 'control-too-long',
    also: 'over 125 bytes',
    tell: () => ({
      kind: 'too-long',
      advice:
        'The receiver closes the connection, with code 1002 (RFC 6455 §5.5). Look at what the sender puts into it: the reason ' +
        'of a Close has room for 123 bytes of UTF-8, and a ping carries no application data.',
    }),
  },
];

export const controlFrameInvalid: Rule = {
  id: 'control-frame-invalid',
  title: 'A control frame is fragmented, or too long',
  severity: 'error',
  section: 'Frames and messages',
  place: 7,
  spec: 'RFC 6455 §5.4, §5.5',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};
