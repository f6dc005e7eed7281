/**
 * close-frame-invalid: a Close with one byte of payload (half a code), or with a code that may not be sent.
 */
import { closeCodeName, isSendableCloseCode } from '../websocket/close-payload.ts';
import { frameFindings, type FrameCase } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';

const MESSAGES = {
  'one-byte': 'The {role} sent a Close with a payload of one byte, half a code, {when}{more}{reaction}.',
  code: 'The {role} sent a Close with code {code} ({name}), which may not be sent, {when}{more}{reaction}.',
  'code-as-text':
    'The {role} sent a Close whose code is the text "{text}", where two bytes should stand, {when}{more}{reaction}. Read as two bytes it is {code}.',
} as const;

/** From this code on, codes belong to libraries, frameworks and applications (RFC 6455 §7.4.2). */
const FIRST_OF_LIBRARIES = 3000;

const CASES: readonly FrameCase<typeof MESSAGES>[] = [
  {
    irregularity: 'close-payload-of-one-byte',
    also: 'with a payload of one byte',
    tell: () => ({
      kind: 'one-byte',
      advice:
        'A Close has no payload, or a code of two bytes and a reason (RFC 6455 §5.5.1). Look at the code of the sender that ' +
        'writes it.',
    }),
  },
  {
    irregularity: 'close-code-not-sendable',
    also: 'with a code that may not be sent',
    tell: ({ detail, payloadLength }, { closeFrame }) => {
      const code = Number(detail);
      const text = payloadLength === TEXT_LENGTH ? codeAsText(code, closeFrame?.reason ?? '') : null;
      if (text !== null) {
        return {
          kind: 'code-as-text',
          values: { text, code },
          advice: `Look at the code of the sender that writes the Close: the code ${text} is a number of two bytes, high byte first (RFC 6455 §5.5.1).`,
          evidence: { code, text },
        };
      }
      return {
        kind: 'code',
        values: { code, name: closeCodeName(code) },
        advice: adviceFor(code),
        evidence: { code },
      };
    },
  },
];

export const closeFrameInvalid: Rule = {
  id: 'close-frame-invalid',
  title: 'A Close frame has half a code, or one that may not be sent',
  severity: 'error',
  section: 'Frames and messages',
  place: 11,
  // A Close that may not be sent ends nothing in order, whatever the other side made of it.
  verdict: 'protocol-error',
  spec: 'RFC 6455 §5.5.1, §7.4.1, §7.4.2',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => frameFindings(record, context, MESSAGES, CASES),
};

/** Of a code that is written as text: four digits. */
const TEXT_LENGTH = 4;

/** "1000", where the two bytes that were read as a code and the two behind them are the digits of a code; else null. */
function codeAsText(code: number, rest: string): string | null {
  const text = String.fromCharCode(code >> 8, code & 0xff) + rest;
  return /^[1-4]\d{3}$/.test(text) ? text : null;
}

function adviceFor(code: number): string {
  if (code === 1005 || code === 1006 || code === 1015) {
    return (
      `${code} is for APIs, which report it where no code came (RFC 6455 §7.4.1). Look for code of the sender, often a relay, that ` +
      'passes the code of one connection on to another.'
    );
  }
  const swapped = ((code & 0xff) << 8) | (code >> 8);
  if (isSendableCloseCode(swapped) && swapped < FIRST_OF_LIBRARIES) {
    return `These are the bytes of ${swapped} in the wrong order: the code is written with its high byte first (RFC 6455 §5.5.1). Look at the code of the sender that writes it.`;
  }
  return 'Applications may use 3000 to 4999 (RFC 6455 §7.4.2), and many libraries refuse all others. Look at where the sender takes its code from.';
}
