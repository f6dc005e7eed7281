/** What is said of connections in TLS whose contents nobody can read: the first line, and what to do to see more. */
import { countOf, listOf } from './format-count.ts';
import { isSealed } from './connection-text.ts';
import type { Report } from './model.ts';

const SHOWN_PORTS = 3;

/** The first line, where nothing but such connections is reported, and no rule objects to one; null elsewhere. */
export function sealedHeadline({ connections }: Pick<Report, 'connections'>): string | null {
  const sealed = connections.filter((each) => isSealed(each) && each.verdict === 'encrypted').length;
  if (sealed === 0 || sealed < connections.length) return null;
  const may = sealed === 1 ? 'a WebSocket' : 'WebSockets';
  const unsupported = unsupportedIn(connections);
  const why =
    unsupported === null
      ? 'without keys nobody can see what is inside'
      : `wscap does not decrypt ${unsupported}`;
  return `${countOf(sealed, 'TLS connection')} that may be ${may}: ${why}`;
}

/** What keeps all of these connections from being decrypted although their keys may be there: a cipher suite, for example. */
export function unsupportedIn(connections: Report['connections']): string | null {
  const reasons = new Set(
    connections.map(({ tls }) => (tls?.keys === 'unsupported' ? tls.unsupported : null)),
  );
  const [reason = null] = reasons;
  return reasons.size === 1 ? reason : null;
}

/** Belongs behind "no problem found" where some connections can't be read; `counts` are those by verdict. */
export function readableOnly(counts: ReadonlyMap<string, number>): string {
  return counts.has('encrypted') ? ' as far as they can be read' : '';
}

/**
 * The three ways to see more, for connections in TLS to these ports.
 * @param isNamed the ports were named as those of WebSockets
 * @param unsupported as {@link unsupportedIn}: then keys don't help
 */
export function sealedStep(
  ports: readonly number[],
  isNamed: boolean,
  unsupported: string | null = null,
): string {
  const named = listOf(ports.map(String), SHOWN_PORTS);
  const where =
    ports.length === 0
      ? 'TLS hides the handshake.'
      : ports.length === 1
        ? `Port ${named} speaks TLS, which hides the handshake.`
        : `Ports ${named} speak TLS, which hides the handshake.`;
  const options = ports.slice(0, SHOWN_PORTS).map((port) => `--port ${port}`);
  const outside = isNamed
    ? ''
    : ` To have TLS connections there judged by what can be seen from outside, name ${ports.length === 1 ? 'the port' : 'the ports'}: ${options.join(' ')}.`;
  const ways =
    unsupported === null
      ? 'Three ways to see more: let the client write its keys (SSLKEYLOGFILE=keys.log for a browser or curl, ' +
        'node --tls-keylog=keys.log, keylog_filename in Python, KeyLogWriter in Go), then give them with --keylog keys.log; or capture'
      : `Keys do not help here, as wscap does not decrypt ${unsupported}. Three ways to see more: have another cipher suite or version used while you capture; or capture`;
  return (
    `${where} ${ways} on the plain side of what terminates TLS ` +
    `(tcpdump -i any -w plain.pcap port 8080, if the application listens there); or read the log of what terminates TLS. docs/tls.md says how.${outside}`
  );
}
