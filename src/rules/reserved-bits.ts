/** reserved-bits: RSV1 to RSV3 set where no negotiated extension gives them a meaning. */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  'not-negotiated':
    'The {role} sent a {frame} with {bits} set {when}{more}, and no extension that was agreed on uses {it}{reaction}.',
  misplaced:
    'The {role} sent a {frame} with RSV1 set {when}{more}; permessage-deflate sets it on the first frame of a message only{reaction}.',
} as const;

const RSV1 = 4;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'reserved-bits',
    tell: ({ detail }, _side, { upgrade }) => {
      const bits = Number(detail);
      const isDeflateAgreed = (upgrade?.extensions?.deflate ?? null) !== null;
      const evidence = { reservedBits: bitNames(bits).join(' '), isDeflateAgreed };
      if (isDeflateAgreed && bits === RSV1) {
        return {
          kind: 'misplaced',
          advice:
            'The receiver must close the connection, with code 1002 (RFC 7692 §6, RFC 6455 §5.2). Look at the sender: code that ' +
            'marks every frame of a compressed message, or control frames, as compressed.',
          evidence,
        };
      }
      return {
        kind: 'not-negotiated',
        values: { bits: bitNames(bits).join(' and '), it: bitNames(bits).length === 1 ? 'it' : 'them' },
        advice: `The receiver must close the connection, with code 1002 (RFC 6455 §5.2). ${adviceFor(bits)}`,
        evidence,
      };
    },
  },
];

export const reservedBits: Rule = {
  id: 'reserved-bits',
  title: 'A frame has a reserved bit set that no extension uses',
  severity: 'error',
  section: 'Frames and messages',
  place: 5,
  spec: 'RFC 6455 §5.2, RFC 7692 §6',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};

function bitNames(bits: number): string[] {
  return ['RSV1', 'RSV2', 'RSV3'].filter((_name, index) => (bits & (RSV1 >> index)) !== 0);
}

function adviceFor(bits: number): string {
  return bits === RSV1
    ? 'RSV1 marks a compressed message: compare Sec-WebSocket-Extensions in the request and in the 101, here and in front of ' +
        'any proxy, which may have dropped the header on the way.'
    : 'Look at the frame before it: a wrong length, or two writers on one connection, leave frames out of step, and payload ' +
        'is then read as a header.';
}
