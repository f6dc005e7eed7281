/** stray-bytes: one to four line ends or zeros between the head of the handshake and the first frame. */
import { fill } from '../judgement/fill.ts';
import { foreignFindings, type ForeignCase } from '../judgement/foreign-finding.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import { count } from '../judgement/wording.ts';

const MESSAGES = {
  behind:
    'The {role} sent {bytes} too many behind the head of the handshake {when}: {hex}. They are no frame, and the {other} reads the first frame from there{reaction}.',
} as const;

export const strayBytes: Rule = {
  id: 'stray-bytes',
  title: 'Line ends or zeros behind the head of the handshake',
  severity: 'error',
  section: 'Frames and messages',
  place: 2,
  covers: [{ rule: 'coalesced-first-frame' }],
  spec: 'RFC 6455 §4.2.2, §5.2; RFC 9112 §2.2',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) => foreignFindings(record, context, findingOf),
};

function findingOf({ role, other, foreign, when, reaction, proof, receiver }: ForeignCase): Finding | null {
  if (foreign.kind !== 'stray') return null;
  const { text, length } = foreign;
  const hex = Array.from(text, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
  return {
    kind: 'behind',
    // A receiver that goes on has passed over them, or the first frame has hidden them.
    severity: reaction.how === 'continued' ? 'warning' : 'error',
    message: fill(MESSAGES.behind, {
      role,
      other,
      bytes: count(length, 'byte'),
      when,
      hex,
      reaction: reaction.text,
    }),
    advice: `Look at how the ${role} writes the head of the handshake: one empty line ends it, and nothing may come between that line and the first frame.`,
    ...proof,
    evidence: { by: role, bytes: length, hex, ...receiver },
  };
}
