/** masked-server-frame: the server sent a frame with a masking key. */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  masked: 'The server sent a masked {frame} {when}{more}{reaction}.',
} as const;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'masking',
    tell: () => ({
      kind: 'masked',
      advice:
        'A client must close the connection on such a frame, with code 1002 (RFC 6455 §5.1); browsers do. Look at the code ' +
        "that writes the server's frames: a client's library in the place of a server's, or a relay that passes frames on as they came.",
    }),
  },
];

export const maskedServerFrame: Rule = {
  id: 'masked-server-frame',
  title: 'The server sent a masked frame',
  severity: 'error',
  section: 'Frames and messages',
  place: 4,
  spec: 'RFC 6455 §5.1',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES, 'server'),
};
