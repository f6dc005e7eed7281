/** Reduces the report of a connection to what is compared. */
import type { CloseReport, ConnectionReport, DirectionTraffic, UpgradeReport } from '../report/model.ts';
import type { ConnectionShape, RuleSeverities } from './expectation.ts';
import { targetOf } from './target-name.ts';

/** Longer wire text doesn't tell a reviewer more. */
const MAX_TEXT = 120;

/** @param windowMs the handshake-close window; no other time is compared */
export function shapeOf(connection: ConnectionReport, windowMs: number): ConnectionShape {
  const { upgrade, verdict, traffic } = connection;
  return {
    target: targetOf(upgrade),
    verdict,
    upgrade: upgradeOf(upgrade),
    closed: closedOf(connection, windowMs),
    messages: { client: traffic.clientToServer.messages, server: traffic.serverToClient.messages },
    anomalies: worstByRule(connection.anomalies),
  };
}

/**
 * By rule, in alphabetical order. Severity "info" is left out: such findings differ between recordings of the same
 * scenario.
 */
export function worstByRule(anomalies: readonly { rule: string; severity: string }[]): RuleSeverities {
  const worst = new Map<string, 'error' | 'warning'>();
  for (const { rule, severity } of anomalies) {
    if (severity === 'error') worst.set(rule, 'error');
    else if (severity === 'warning' && !worst.has(rule)) worst.set(rule, 'warning');
  }
  return Object.fromEntries([...worst].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function upgradeOf(upgrade: UpgradeReport | null): string {
  if (upgrade === null) return 'not captured';
  const { status, subprotocol, extensions, responsePacket } = upgrade;
  if (status === null) return responsePacket === null ? 'no answer' : 'unreadable';
  return [
    String(status),
    ...(subprotocol === null ? [] : [`subprotocol ${cut(subprotocol)}`]),
    ...(extensions === null ? [] : [`extensions ${cut(extensions)}`]),
  ].join(', ');
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/**
 * Not compared: who ends TCP after a complete closing handshake, which is a race, and a Close's reason, which may
 * hold anything.
 */
function closedOf({ close, verdict, traffic }: ConnectionReport, windowMs: number): string {
  if (close === null) return verdict === 'open' ? 'still open' : 'no end captured';
  const parts: string[] = [];
  if (close.frameFirstBy !== null) parts.push(...closeFramesOf(close, traffic));
  if (!close.clean && close.how !== null) parts.push(tcpEndOf(close, windowMs));
  return parts.join(', ');
}

function closeFramesOf(close: CloseReport, traffic: ConnectionReport['traffic']): string[] {
  const isClient = close.frameFirstBy === 'client';
  const [code, answer] = isClient
    ? [close.clientCode, close.serverCode]
    : [close.serverCode, close.clientCode];
  const first = `${close.frameFirstBy!} Close ${code ?? 'without code'}`;
  const answering: DirectionTraffic = isClient ? traffic.serverToClient : traffic.clientToServer;
  if (answer === null && answering.frames.close === 0) return [first, 'unanswered'];
  // An answer normally repeats the code that it answers.
  return [first, answer === code || answer === null ? 'answered' : `answered with ${answer}`];
}

function tcpEndOf({ firstBy, how, afterUpgradeMs }: CloseReport, windowMs: number): string {
  const end = `${firstBy === null ? '' : `${firstBy} `}${how!.toUpperCase()}`;
  return afterUpgradeMs !== null && afterUpgradeMs <= windowMs ? `${end} right after the 101` : end;
}
