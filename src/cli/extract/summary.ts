/** What `wscap extract` says about what it wrote. */
import { needsKnownPort } from '../../rules/relations.ts';
import type { Difference } from '../../extract/compare-findings.ts';
import type { ExtractSummary } from '../../extract.ts';
import { escapeText } from '../../report/escape.ts';
import { formatBytes, formatCount } from '../../report/format-count.ts';

/** The most lines about connections, and about differences; the rest are counted. */
const MAX_LINES = 20;

export interface Written {
  readonly name: string;
  /** Of the file. */
  readonly bytes: number;
  readonly isAnonymized: boolean;
  readonly hasOwnKey: boolean;
  readonly keepsSecrets: boolean;
  /** The file with the secrets beside it; null where there is none. */
  readonly keyLog: string | null;
}

export function summaryText(summary: ExtractSummary, written: Written): string {
  const { packets, packetsRead, connections } = summary;
  const several =
    connections.length === 1 ? '1 connection' : `${formatCount(connections.length)} connections`;
  const lines = [
    `${escapeText(written.name)}: ${count(packets, 'packet')} of ${several}, out of ${formatCount(packetsRead)}; ${formatBytes(written.bytes)}`,
    ...connectionLines(summary),
    ...anonymizedLines(summary, written),
    ...tlsLines(summary, written),
    ...sameness(summary),
  ];
  return `${lines.join('\n')}\n`;
}

function connectionLines({ connections, report }: ExtractSummary): string[] {
  const byId = new Map(report.connections.map((connection) => [connection.id, connection]));
  const shown = connections.slice(0, MAX_LINES).map((sourceId, id) => {
    const connection = byId.get(id);
    const number = sourceId === id ? `connection ${id}` : `connection ${id} (${sourceId} in the source)`;
    if (connection === undefined) return `  ${number}: no WebSocket`;
    const found = connection.anomalies.map(({ severity, rule }) => `${severity} ${rule}`);
    return `  ${number}: ${[connection.verdict, ...found].join(', ')}`;
  });
  const left = connections.length - shown.length;
  return left === 0
    ? shown
    : [...shown, `  and ${formatCount(left)} more, numbered from 0 in the order of the source`];
}

function anonymizedLines(
  { tooLongMessages }: ExtractSummary,
  { isAnonymized, hasOwnKey }: Written,
): string[] {
  if (!isAnonymized)
    return [
      'Not anonymized: it holds addresses, credentials and contents as they were captured (--anonymize).',
    ];
  return [
    'Anonymized: IP and hardware addresses, client ports, host names, paths, query values, cookies, credentials, unknown headers and subprotocols, bodies, messages, close reasons.',
    'Kept: server ports, times, lengths, frames, close codes, Sec-WebSocket-Key and -Accept, Server, User-Agent.',
    ...(hasOwnKey
      ? ['With the same key, equal values are replaced alike in every run: keep it secret.']
      : []),
    ...(tooLongMessages === 0
      ? []
      : [
          `${count(tooLongMessages, 'message')} that inflates to more than wscap follows became one that doesn't.`,
        ]),
  ];
}

/** How TLS connections are in it, where there are any whose keys are known. */
function tlsLines({ tls }: ExtractSummary, written: Written): string[] {
  const { needKeys, withSecrets, decrypted, leftOut, withUnknownGap } = tls;
  const connections = (number: number) => count(number, 'TLS connection');
  const named = (ids: readonly number[]) =>
    `${ids.length === 1 ? 'connection' : 'connections'} ${ids.slice(0, MAX_LINES).join(', ')}${ids.length > MAX_LINES ? ' …' : ''} of the source`;
  const lines: string[] = [];
  if (decrypted.length > 0) {
    lines.push(
      `Decrypted: ${connections(decrypted.length)}, as packets without TLS: times, addresses and ports are kept, the TLS handshake is left out.`,
    );
  }
  if (withUnknownGap.length > 0) {
    lines.push(
      `Of ${named(withUnknownGap)}, bytes are missing: nobody knows how many, and 1 MiB stands for them.`,
    );
  }
  if (leftOut.length > 0) lines.push(`Left out: ${named(leftOut)}, of which nothing can be decrypted.`);
  if (withSecrets > 0) {
    const where = written.keyLog === null ? 'in it' : `in ${escapeText(written.keyLog)}`;
    lines.push(`Secrets of ${connections(withSecrets)} are ${where}: whoever has them can read everything.`);
  } else if (written.keepsSecrets) {
    lines.push('No secrets are in it: none of these connections needs any that are known.');
  } else if (needKeys > 0) {
    lines.push(
      written.isAnonymized
        ? `It shows ${connections(needKeys)} from outside, as without keys: what is encrypted is filled (--decrypted shows what is inside).`
        : `The keys of ${connections(needKeys)} are not in it: without them nobody sees what is inside (--keep-secrets, --decrypted).`,
    );
  }
  return lines;
}

function sameness({ report, differences, verdictChanges }: ExtractSummary): string[] {
  const { error, warning, info } = report.totals.anomalies;
  const findings = error + warning + info;
  if (differences.length === 0 && verdictChanges.length === 0) {
    return [
      `Analyzed again, it gives the same result${findings === 0 ? '' : `: ${count(findings, 'finding')}`}.`,
    ];
  }
  const told = [
    ...differences.map(differenceText),
    ...verdictChanges.map(
      ({ connection, before, after }) =>
        `connection ${connection} is ${after ?? 'not a WebSocket'}, not ${before}`,
    ),
  ];
  const left = told.length - MAX_LINES;
  return [
    'Analyzed again, it gives another result:',
    ...told.slice(0, MAX_LINES).map((line) => `  ${line}`),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
}

function differenceText({ kind, rule, severity, connections }: Difference): string {
  const where = `${connections.length === 1 ? 'connection' : 'connections'} ${connections.join(', ')}`;
  if (kind === 'new')
    return `${where}: ${severity} ${rule} is new: without the packets around these, it looks so`;
  // The rule speaks only on ports of WebSockets, and no other connection shows that this port is one.
  const hint = needsKnownPort(rule) ? ' (analyze it with --port)' : '';
  return `${where}: ${severity} ${rule} can not be found from these packets alone${hint}`;
}

function count(number: number, noun: string): string {
  return `${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`;
}
