/**
 * fragmentation-invalid: a continuation frame with no message to continue, or a new message inside a
 * fragmented one.
 */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  'nothing-to-continue': 'The {role} sent a {frame} with no message to continue {when}{more}{reaction}.',
  'message-inside-message':
    'The {role} began a new message, a {frame}, inside a fragmented one {when}{more}{reaction}.',
} as const;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'continuation-without-start',
    also: 'with nothing to continue',
    tell: () => ({
      kind: 'nothing-to-continue',
      advice:
        'The receiver must close the connection, with code 1002 (RFC 6455 §5.4). Look at how the sender splits messages: a first ' +
        'frame that has FIN set or was dropped on the way, or a writer that marks every frame as a continuation.',
    }),
  },
  {
    irregularity: 'message-inside-message',
    also: 'inside an unfinished message',
    tell: () => ({
      kind: 'message-inside-message',
      advice:
        'Only control frames may come between the frames of a message; the receiver closes the connection, with code 1002 (RFC ' +
        '6455 §5.4). Look for two tasks of the sender that write to one connection without a lock.',
    }),
  },
];

export const fragmentationInvalid: Rule = {
  id: 'fragmentation-invalid',
  title: 'The frames of a message are out of order',
  severity: 'error',
  section: 'Frames and messages',
  place: 8,
  spec: 'RFC 6455 §5.4',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};
