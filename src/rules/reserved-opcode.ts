/** reserved-opcode: a frame of a kind that does not exist. */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  reserved: 'The {role} sent a {frame}, which is reserved, {when}{more}{reaction}.',
} as const;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'reserved-opcode',
    tell: () => ({
      kind: 'reserved',
      advice:
        'The receiver must close the connection, with code 1002 (RFC 6455 §5.2). Look at the frame before it: a wrong length, ' +
        'or two writers on one connection, leave frames out of step, and payload is then read as a header.',
    }),
  },
];

export const reservedOpcode: Rule = {
  id: 'reserved-opcode',
  title: 'A frame has an opcode that is reserved',
  severity: 'error',
  section: 'Frames and messages',
  place: 6,
  spec: 'RFC 6455 §5.2, §11.8',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};
