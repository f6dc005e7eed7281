/**
 * client-handshake-close: the client ends the connection right after the 101, before any Close. It did not
 * accept the handshake, or was closed at that moment.
 */
import { millisecondsBetween } from '../basics/timestamp.ts';
import { upgradeResponse } from '../connection/record.ts';
import { headerValue } from '../http/head.ts';
import { fill } from '../judgement/fill.ts';
import { proxyHeadersOf } from '../judgement/proxy-headers.ts';
import { formViolations } from '../judgement/response-form.ts';
import type { Rule } from '../judgement/rule.ts';
import { count, packetList, quoted } from '../judgement/wording.ts';
import { formatDuration } from '../basics/format-duration.ts';

const MESSAGES = {
  refused:
    'The client sent {how} {after} after the 101 ({packets}), before any Close: it did not accept the handshake, or was closed at that moment. The 101 says: {facts}.{unusual}',
  unseen:
    'The client sent {how} {after} after the 101 ({packets}), and acknowledges {seen} of it: it had left before it could see it.',
  // A client that sends frames has accepted the handshake.
  'after-frames':
    'The client sent {how} {after} after the 101 ({packets}), without a Close. It had accepted the handshake: {frames} had come from it by then.',
} as const;

export const clientHandshakeClose: Rule = {
  id: 'client-handshake-close',
  title: 'The client closed the connection right after the upgrade',
  severity: 'warning',
  section: 'Opening handshake',
  place: 13,
  verdict: 'abnormal',
  spoilsUpgrade: true,
  explainsEnd: 7,
  follows: ['accept-mismatch', 'upgrade-response-invalid', 'subprotocol-unanswered'],
  aboutEnd: 'sender',
  covers: [{ rule: 'abnormal-closure' }],
  spec: 'RFC 6455 §4.1 (what a client must verify), §7.1.7',
  options: {},
  messages: MESSAGES,
  requires: ['times', 'web-socket', 'frames-of-both-sides', 'first-end'],
  check(record, { windowMs }) {
    const response = upgradeResponse(record);
    const { firstEnd, clientSide, serverSide, upgrade } = record;
    if (response === null || firstEnd?.by !== 'client') return null;
    const { how, mark } = firstEnd;
    const afterUpgradeMs = millisecondsBetween(response, mark);
    if (afterUpgradeMs > windowMs) return null;
    // In TLS the server may have said before that it sends nothing more: then it was first (handshake-close).
    const notify = record.tls?.closeNotify.server ?? null;
    if (notify !== null && notify.packet <= mark.packet) return null;
    // The client sends its own Close before its FIN or RST, even where the capture has them in another order.
    if (clientSide.closeFrame !== null || serverSide.closeFrame?.isBeforePeerEnd === true) return null;

    const frames = clientSide.frameCount - (clientSide.framesBeforeUpgrade?.count ?? 0);
    const when = {
      how: how.toUpperCase(),
      after: formatDuration(afterUpgradeMs),
      packets: packetList([response.packet, mark.packet]),
    };
    const subprotocol = headerValue(response.head, 'sec-websocket-protocol');
    const extensions = headerValue(response.head, 'sec-websocket-extensions');
    const offered = upgrade?.request ? headerValue(upgrade.request.head, 'sec-websocket-protocol') : null;
    const facts = [
      `Sec-WebSocket-Accept ${upgrade?.accept ?? 'unknown'}`,
      describeSubprotocol(offered, subprotocol),
      extensions === null ? 'no extensions' : `extensions ${quoted(extensions)}`,
    ].join(', ');
    const unusual = formViolations(response.head).map(({ clause }) => clause);
    const proxy = proxyHeadersOf(record);
    const seen = upgrade?.answerAtClientEnd ?? 'all';
    return {
      severity: 'warning',
      ...(frames === 0 && seen !== 'all'
        ? {
            kind: 'unseen',
            severity: 'info' as const,
            message: fill(MESSAGES.unseen, { ...when, seen: seen === 'none' ? 'nothing' : 'only a part' }),
            advice:
              'So nothing is said against the 101. Look at why the client left at that moment: a page that was left or reloaded, a program that ended, a short timeout.',
          }
        : frames > 0
          ? {
              kind: 'after-frames',
              message: fill(MESSAGES['after-frames'], { ...when, frames: count(frames, 'frame') }),
              advice:
                'So nothing is wrong with the 101. Look at the client at that time: a program that sends and leaves without ' +
                'close(), a crash, a tab that was closed.',
            }
          : {
              kind: 'refused',
              message: fill(MESSAGES.refused, {
                ...when,
                facts,
                unusual: unusual.length === 0 ? '' : ` Unusual about it: ${unusual.slice(0, 4).join('; ')}.`,
              }),
              advice:
                proxy === null
                  ? "Look at the client's console, which names the header that it refused."
                  : `This client is a proxy (${proxy}): look at its log, and at the leg in front of it, whose own client may have left.`,
            }),
      packets: [response.packet, mark.packet],
      at: mark,
      evidence: {
        afterUpgradeMs,
        how,
        responsePacket: response.packet,
        endPacket: mark.packet,
        clientFrames: frames,
        accept: upgrade?.accept ?? null,
        subprotocol,
        extensions,
        proxy,
        unusual: unusual.length === 0 ? null : unusual.join('; '),
      },
    };
  },
};

function describeSubprotocol(offered: string | null, selected: string | null): string {
  if (offered === null && selected === null) return 'no subprotocol';
  const named = selected === '' ? 'an empty subprotocol' : `subprotocol ${quoted(selected ?? '')}`;
  const chosen = selected === null ? 'no subprotocol' : named;
  return offered === null ? `${chosen} (none offered)` : `${chosen} (offered: ${quoted(offered)})`;
}
