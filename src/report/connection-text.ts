/**
 * Describes one connection for the table, as plain text: addresses, target, upgrade, frames, how it ended. The table
 * adds colour and width; wire text goes through `safe`.
 */
import { cutAtWord } from './fit-text.ts';
import { countOf, formatCount } from './format-count.ts';
import { formatDuration } from '../basics/format-duration.ts';
import type { CloseReport, ConnectionReport, DirectionTraffic, Endpoint } from './model.ts';

/** Joins a number and its unit when text is wrapped; the table prints it as a space. */
export const NO_BREAK_SPACE = '\u00a0';

type Safe = (text: string) => string;

const LONGEST_REASON = 40;

export function endpointText({ address, port }: Endpoint, safe: Safe): string {
  return safe(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);
}

/** TLS was spoken, and nothing of what is inside is known. */
export function isSealed({
  upgrade,
  opening,
  tls,
}: Pick<ConnectionReport, 'upgrade' | 'opening' | 'tls'>): boolean {
  return tls !== undefined && upgrade === null && opening === null;
}

/** Host and path, as in the address bar; where TLS hides them, the server name that the client asked for. */
export function targetText({ upgrade, tls }: Pick<ConnectionReport, 'upgrade' | 'tls'>, safe: Safe): string {
  const name = tls?.serverName ?? null;
  if (upgrade === null && name !== null) return safe(name);
  if (upgrade === null || (upgrade.target === null && upgrade.host === null)) return '–';
  const target = upgrade.target ?? '';
  const absolute = /^[a-z]+:\/\//i.test(target);
  return safe(absolute ? target : `${upgrade.host ?? ''}${target}`);
}

/** "101 in 1.4 ms", "403 in 12 ms", "no answer"; "–" where none was tried, "in TLS 1.3" where it can't be seen. */
export function upgradeText(connection: Pick<ConnectionReport, 'upgrade' | 'opening' | 'tls'>): string {
  const { upgrade, opening, tls } = connection;
  if (isSealed(connection)) return tls?.handshakeMs === null ? 'no TLS' : `in TLS ${tls?.version ?? ''}`;
  if (upgrade === null) return opening === null ? '–' : 'not captured';
  if (upgrade.status === null) return upgrade.responsePacket === null ? 'no answer' : 'unreadable';
  if (upgrade.latencyMs === null) return String(upgrade.status);
  return `${upgrade.status} in ${unbroken(upgrade.latencyMs)}`;
}

/** Frames of every kind, from the client and from the server; records of TLS where it hides them. */
export function frameTexts(
  connection: Pick<ConnectionReport, 'traffic' | 'upgrade' | 'opening' | 'tls'>,
): [up: string, down: string] {
  const { traffic, tls } = connection;
  if (tls !== undefined && isSealed(connection)) {
    const { clientToServer, serverToClient } = tls.records;
    return [
      `↑ ${countOf(clientToServer.records, 'record')}`,
      `↓ ${countOf(serverToClient.records, 'record')}`,
    ];
  }
  return [`↑ ${frameCount(traffic.clientToServer)}`, `↓ ${frameCount(traffic.serverToClient)}`];
}

function frameCount({ frames }: DirectionTraffic): string {
  const { text, binary, continuation, close, ping, pong, reserved } = frames;
  return formatCount(text + binary + continuation + close + ping + pong + reserved);
}

/**
 * "server FIN 0.657 ms after the 101", "client Close 1000, answered, client FIN first". After a closing handshake the
 * time is left out: the connection's duration says the same.
 */
export function closedText(connection: ConnectionReport, safe: Safe): string {
  const { close } = connection;
  if (close === null) return connection.verdict === 'open' ? 'still open' : 'no end captured';
  const end = close.clean ? endingText(close, ' first') : tcpEndText(connection);
  return [...closeFrameTexts(connection, close, safe), end].filter((part) => part !== '').join(', ');
}

/** Who ended TCP, how and when; empty if that was not captured. */
function tcpEndText({ close }: ConnectionReport): string {
  if (close === null) return '';
  if (close.afterUpgradeMs === null) return endingText(close, '');
  if (close.afterUpgradeMs === 0) return endingText(close, ' together with the 101');
  // Captured in another order than that in which they were sent.
  if (close.afterUpgradeMs < 0)
    return endingText(close, ` captured ${unbroken(-close.afterUpgradeMs)} before the 101`);
  return endingText(close, ` ${unbroken(close.afterUpgradeMs)} after the 101`);
}

function endingText(close: CloseReport, when: string): string {
  return close.how === null ? '' : `${enderText(close)}${when}`;
}

/** "server FIN"; of a RST that its side did not send, or perhaps not, also of one whose sender did not know the connection: "RST in the name of the server". */
export function enderText(close: Pick<CloseReport, 'firstBy' | 'how' | 'forged' | 'bareReset'>): string {
  const { firstBy, how, bareReset } = close;
  const end = (how ?? '').toUpperCase();
  if (firstBy === null) return end;
  return isForged(close) || bareReset === true ? `${end} in the name of the ${firstBy}` : `${firstBy} ${end}`;
}

/** Reports of older versions don't say. */
export function isForged({ forged }: Pick<CloseReport, 'forged'>): boolean {
  return forged === 'certain' || forged === 'suspected';
}

/** The Close frames in the order in which they were sent. */
function closeFrameTexts(connection: ConnectionReport, close: CloseReport, safe: Safe): string[] {
  const { traffic } = connection;
  const client = sideText(close.clientCode, close.clientReason, traffic.clientToServer, safe);
  const server = sideText(close.serverCode, close.serverReason, traffic.serverToClient, safe);
  const sides = [
    { role: 'client', text: client, code: close.clientCode },
    { role: 'server', text: server, code: close.serverCode },
  ];
  if (close.frameFirstBy === 'server') sides.reverse();
  const [first, second] = sides.filter(({ text }) => text !== null);
  if (first === undefined) return [];
  const texts = [`${first.role} Close ${first.text!}`];
  if (second !== undefined) {
    // An answer normally repeats the code that it answers.
    texts.push(second.code === first.code ? 'answered' : `${second.role} Close ${second.text!}`);
  }
  return texts;
}

function sideText(
  code: number | null,
  reason: string | null,
  { frames }: DirectionTraffic,
  safe: Safe,
): string | null {
  if (code === null) return frames.close > 0 ? 'without code' : null;
  const text = codeAsText(code, reason ?? '');
  if (text !== null) return `with the text “${cutAtWord(safe(text), LONGEST_REASON)}” for a code`;
  return reason === null || reason === ''
    ? String(code)
    : `${code} “${cutAtWord(safe(reason), LONGEST_REASON)}”`;
}

/** The payload as text, where its first two bytes are digits instead of a code: "1000". null for all others. */
function codeAsText(code: number, reason: string): string | null {
  const [first, second] = [code >> 8, code & 0xff];
  const areDigits = [first, second].every((byte) => byte >= 0x30 && byte <= 0x39);
  return areDigits && /^\d\d/.test(reason) ? `${String.fromCharCode(first, second)}${reason}` : null;
}

function unbroken(milliseconds: number): string {
  return formatDuration(milliseconds).replaceAll(' ', NO_BREAK_SPACE);
}
