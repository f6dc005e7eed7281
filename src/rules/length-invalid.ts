/** length-invalid: a payload length that is not in its shortest form, or that no frame may have. */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';
import { frameName } from '../judgement/wording.ts';

const MESSAGES = {
  'not-shortest':
    'The {role} sent a {frame} whose length is not in its shortest form {when}{more}{reaction}.',
  'top-bit':
    'The {role} sent the header of a {name} whose 64-bit length has its top bit set {when}{reaction}.',
} as const;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'length-not-shortest',
    also: 'with a length not in its shortest form',
    tell: () => ({
      kind: 'not-shortest',
      advice:
        'Up to 125 bytes the length takes 7 bits, up to 65535 it takes 16 (RFC 6455 §5.2). Some receivers let this pass, others ' +
        'close with 1002: look at the code of the sender that writes frame headers.',
    }),
  },
  {
    irregularity: 'length-too-large',
    also: 'with the top bit of its length set',
    tell: ({ opcode }) => ({
      kind: 'top-bit',
      values: { name: frameName(opcode) },
      advice:
        'No frame can have such a length (RFC 6455 §5.2), and nothing after it can be read as a frame. Look at the frame before ' +
        "it, since frames that are out of step read payload as a header, and for a negative number in the sender's code.",
      // A JavaScript number can't hold such a length exactly.
      evidence: { payloadBytes: null },
    }),
  },
];

export const lengthInvalid: Rule = {
  id: 'length-invalid',
  title: 'The length of a frame is written in a form that is not allowed',
  severity: 'error',
  section: 'Frames and messages',
  place: 9,
  spec: 'RFC 6455 §5.2',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};
