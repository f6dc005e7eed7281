/** data-after-close: a side went on sending messages after its own Close. */
import type { FramePlace } from '../connection/irregularity.ts';
import type { CloseFrame } from '../connection/record.ts';
import { millisecondsBetween } from '../basics/timestamp.ts';
import { frameFindings } from '../judgement/frame-finding.ts';
import type { Rule } from '../judgement/rule.ts';
import type { RuleContext } from '../judgement/rule-context.ts';
import { describeClose, since } from '../judgement/wording.ts';

const MESSAGES = {
  data: 'The {role} sent a {frame} in packet {packet}{more}, {afterClose}{reaction}.',
} as const;

export const dataAfterClose: Rule = {
  id: 'data-after-close',
  title: 'A message was sent after the Close of the same side',
  severity: 'error',
  section: 'Frames and messages',
  place: 13,
  spec: 'RFC 6455 §5.5.1',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'frame-bytes'],
  check: (record, context) =>
    frameFindings(record, context, MESSAGES, [
      {
        irregularity: 'data-after-close',
        tell: (frame, { closeFrame }) => ({
          kind: 'data',
          values: {
            packet: frame.packet,
            afterClose: afterClose(closeFrame, frame, context),
          },
          advice:
            "The receiver drops what comes after a Close (RFC 6455 §5.5.1), so this data is lost. Look at the sender's code for " +
            'a task or timer that writes after close(), or that writes to the socket past the library.',
          evidence: {
            closeCode: closeFrame?.code ?? null,
            closePacket: closeFrame?.mark.packet ?? null,
            afterCloseMs:
              closeFrame === null || !context.hasTimes ? null : millisecondsBetween(closeFrame.mark, frame),
          },
        }),
      },
    ]),
};

function afterClose(closeFrame: CloseFrame | null, frame: FramePlace, { hasTimes }: RuleContext): string {
  if (closeFrame === null) return 'after its own Close';
  const after = `after its own ${describeClose(closeFrame)}`;
  const { mark } = closeFrame;
  if (mark.packet === frame.packet) return `right ${after} in the same packet`;
  return `${hasTimes ? `${since(mark, frame)} ` : ''}${after} in packet ${mark.packet}`;
}
