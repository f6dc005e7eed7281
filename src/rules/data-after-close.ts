/** data-after-close: a side went on sending messages after its own Close. */
import { elapsedMs } from '../timestamp.ts';
import { frameFindings } from './frame-finding.ts';
import type { Rule } from './rule.ts';
import { describeClose, since } from './wording.ts';

const MESSAGES = {
  data: 'The {role} sent a {frame} in packet {packet}{more}, {afterClose}{reaction}.',
} as const;

export const dataAfterClose: Rule = {
  id: 'data-after-close',
  title: 'A message was sent after the Close of the same side',
  severity: 'error',
  spec: 'RFC 6455 §5.5.1',
  options: {},
  messages: MESSAGES,
  requires: [],
  check: (record, context) =>
    frameFindings(record, context, MESSAGES, [
      {
        irregularity: 'data-after-close',
        tell: (frame, { closeFrame }) => ({
          kind: 'data',
          values: {
            packet: frame.packet,
            afterClose:
              closeFrame === null
                ? 'after its own Close'
                : `${context.hasTimes ? `${since(closeFrame.mark, frame)} ` : ''}after its own ${describeClose(closeFrame)} in packet ${closeFrame.mark.packet}`,
          },
          advice:
            "The receiver drops what comes after a Close (RFC 6455 §5.5.1), so this data is lost. Look at the sender's code for " +
            'a task or timer that writes after close(), or that writes to the socket past the library.',
          evidence: {
            closeCode: closeFrame?.code ?? null,
            closePacket: closeFrame?.mark.packet ?? null,
            afterCloseMs: closeFrame === null || !context.hasTimes ? null : elapsedMs(closeFrame.mark, frame),
          },
        }),
      },
    ]),
};
