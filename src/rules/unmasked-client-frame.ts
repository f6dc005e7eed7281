/** unmasked-client-frame: the client sent a frame without a masking key. */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  unmasked: 'The client sent an unmasked {frame} {when}{more}{reaction}.',
} as const;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'masking',
    tell: () => ({
      kind: 'unmasked',
      advice:
        'A server must close the connection on such a frame, with code 1002 (RFC 6455 §5.1). Look at the WebSocket library ' +
        'of the client, and at what writes frames of its own in between: a proxy, a test tool, code that answers pings.',
    }),
  },
];

export const unmaskedClientFrame: Rule = {
  id: 'unmasked-client-frame',
  title: 'The client sent a frame without a mask',
  severity: 'error',
  section: 'Frames and messages',
  place: 3,
  spec: 'RFC 6455 §5.1, §5.3',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES, 'client'),
};
