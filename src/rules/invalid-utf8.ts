/** invalid-utf8: a whole text message, or the reason of a Close, that is not UTF-8. */
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  text: 'The {role} sent a text message that is not UTF-8, {when}{more}{reaction}.',
  'close-reason': 'The {role} sent a Close whose reason is not UTF-8, {when}{more}{reaction}.',
} as const;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'text-not-utf8',
    also: 'in text messages',
    tell: () => ({
      kind: 'text',
      advice:
        'The receiver must close the connection, with code 1007 (RFC 6455 §8.1). Look at what the sender puts into the message: ' +
        'binary data sent as text, another character set, or a string that was cut in the middle of a character.',
    }),
  },
  {
    irregularity: 'close-reason-not-utf8',
    also: 'in a Close',
    tell: () => ({
      kind: 'close-reason',
      advice:
        'The reason must be UTF-8 (RFC 6455 §5.5.1). Look at where the sender takes it from: an error message in another ' +
        'character set, or one that was cut to 123 bytes in the middle of a character.',
    }),
  },
];

export const invalidUtf8: Rule = {
  id: 'invalid-utf8',
  title: 'A text message, or the reason of a Close, is not UTF-8',
  severity: 'error',
  section: 'Frames and messages',
  place: 10,
  spec: 'RFC 6455 §5.5.1, §5.6, §8.1',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};
