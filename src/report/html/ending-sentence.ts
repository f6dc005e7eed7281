/** Who ended a connection, when and how, as one plain sentence. Wire text goes through `safe`. */
import { isForged, isSealed } from '../connection-text.ts';
import { cutMiddle } from '../fit-text.ts';
import type { CloseReport, ConnectionReport, Role } from '../model.ts';
import { formatDuration } from '../../basics/format-duration.ts';

type Facts = Pick<ConnectionReport, 'verdict' | 'close' | 'upgrade' | 'opening' | 'traffic' | 'tls'>;
type Safe = (text: string) => string;

const LONGEST_REASON = 60;
const HOW: Readonly<Record<'fin' | 'rst', string>> = { fin: 'FIN', rst: 'RST' };

/** "The server ended the connection with FIN 0.657 ms after the 101, without a Close frame." */
export function endingSentence(connection: Facts, safe: Safe): string {
  const { verdict, close, upgrade } = connection;
  if (verdict === 'rejected' && upgrade !== null && upgrade.status !== null) {
    return `The server refused the upgrade with status ${upgrade.status}.`;
  }
  if (upgrade !== null && upgrade.status === null && upgrade.responsePacket === null) {
    return unansweredSentence(close);
  }
  if (close === null) {
    return verdict === 'open' ? 'Still open when the capture ended.' : 'How it ended is not in the capture.';
  }
  if (close.how === null) {
    return `${closeFrames(connection, close, safe)}; the end of TCP is not in the capture.`;
  }
  const who = close.firstBy === null ? 'One side' : `The ${close.firstBy}`;
  const when = whenText(close);
  if (close.clean) {
    return `Closed cleanly${when}: ${closeFrames(connection, close, safe)}; ${who.toLowerCase()} sent ${HOW[close.how]} first.`;
  }
  const frames = closeFrames(connection, close, safe);
  const by =
    isForged(close) && close.firstBy !== null
      ? `A RST in the name of the ${close.firstBy} ended the connection${when}`
      : `${who} ended the connection with ${HOW[close.how]}${when}`;
  if (isSealed(connection)) return `${by}; TLS hides what was said before.`;
  return frames === '' ? `${by}, without a Close frame.` : `${by}. Close frames: ${frames}.`;
}

function unansweredSentence(close: CloseReport | null): string {
  const sentence = 'The server never answered the upgrade request';
  const how = close?.how ?? null;
  if (how === null) return `${sentence}.`;
  const by = close?.firstBy ?? null;
  const who = by === null ? 'one side' : `the ${by}`;
  return `${sentence}; ${who} ended the connection with ${HOW[how]}.`;
}

function whenText({ afterUpgradeMs }: CloseReport): string {
  if (afterUpgradeMs === null) return '';
  return afterUpgradeMs === 0 ? ' together with the 101' : ` ${formatDuration(afterUpgradeMs)} after the 101`;
}

/** "client Close 1000, answered by the server", "server Close 1011 “…”, unanswered"; empty without any. */
function closeFrames({ traffic }: Facts, close: CloseReport, safe: Safe): string {
  const first: Role | null =
    close.frameFirstBy ??
    (traffic.clientToServer.frames.close > 0
      ? 'client'
      : traffic.serverToClient.frames.close > 0
        ? 'server'
        : null);
  if (first === null) return '';
  const second = first === 'client' ? 'server' : 'client';
  const answer = close.clean ? `, answered by the ${second}${answerCode(close, first)}` : ', unanswered';
  return `${first} Close${codeText(close, first, safe)}${answer}`;
}

function codeText(close: CloseReport, role: Role, safe: Safe): string {
  const code = role === 'client' ? close.clientCode : close.serverCode;
  const reason = role === 'client' ? close.clientReason : close.serverReason;
  const words = reason === null || reason === '' ? '' : ` “${cutMiddle(safe(reason), LONGEST_REASON)}”`;
  return code === null ? ' without a code' : ` ${code}${words}`;
}

/** Named only if it differs from the first code. */
function answerCode({ clientCode, serverCode }: CloseReport, first: Role): string {
  const code = first === 'client' ? serverCode : clientCode;
  return clientCode === serverCode || code === null ? '' : ` with ${code}`;
}
