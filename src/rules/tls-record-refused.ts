/** tls-record-refused: a record of TLS whose tag or MAC is wrong, so that its receiver had to refuse it. */
import type { ConnectionRecord } from '../connection/record.ts';
import { fill } from '../judgement/fill.ts';
import type { Finding, Rule } from '../judgement/rule.ts';
import { markOf } from '../tcp/packet-mark.ts';
import type { TlsFacts, Undecrypted } from '../tls/facts.ts';

const MESSAGES = {
  refused:
    'A TLS record of the {by} (packet {packet}) does not verify, although nothing before it is missing and the keys fit the records before it: the {receiver} had to refuse it (bad_record_mac){alert}.',
  'two-contents':
    'A TLS record of the {by} (packet {packet}) does not verify. Some of its bytes were sent twice with different content, and the {receiver} may have used the others{alert}.',
  'went-on':
    'A TLS record of the {by} (packet {packet}) does not verify, and later ones do again: the {receiver} must have got other bytes than those in the capture.',
} as const;

export const tlsRecordRefused: Rule = {
  id: 'tls-record-refused',
  title: 'A TLS record does not verify, and its receiver had to refuse it',
  severity: 'error',
  section: 'TCP',
  place: 3,
  explainsEnd: 22,
  isAboutTls: true,
  spec: 'RFC 8446 §5.2, §6.2; RFC 5246 §6.2.3',
  requires: ['both-directions', 'every-packet'],
  options: {},
  messages: MESSAGES,
  check(record) {
    const { tls } = record;
    if (tls?.keys !== 'found') return null;
    const refused = tls.undecrypted.filter(({ reason }) => reason === 'refused');
    return refused.length === 0 ? null : refused.map((each) => findingOf(each, tls, record));
  },
};

function findingOf(
  { from, mark, isResumed }: Undecrypted,
  { alerts }: TlsFacts,
  { tcp }: ConnectionRecord,
): Finding {
  const receiver = from === 'client' ? 'server' : 'client';
  const answer = alerts.find(
    (alert) => alert.from === receiver && alert.level === 'fatal' && alert.mark.packet >= mark.packet,
  );
  const kind = isResumed ? 'went-on' : tcp[from].overlapConflict === null ? 'refused' : 'two-contents';
  return {
    kind,
    severity: kind === 'refused' ? 'error' : kind === 'two-contents' ? 'warning' : 'info',
    message: fill(MESSAGES[kind], {
      by: from,
      receiver,
      packet: mark.packet,
      alert:
        answer === undefined
          ? ''
          : `, and it answered with the alert ${answer.description} (packet ${answer.mark.packet})`,
    }),
    advice:
      kind === 'went-on'
        ? 'Nothing need be wrong with the connection: look at whether the capture file was changed, or packets were captured wrongly.'
        : 'Something between the two changes bytes, or one of them has a faulty TLS library, network card or memory: capture at both ends, and compare this record.',
    packets: answer === undefined ? [mark.packet] : [mark.packet, answer.mark.packet],
    at: markOf(mark),
    evidence: { by: from, alert: answer?.description ?? null },
  };
}
