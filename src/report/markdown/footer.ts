/** Where the report comes from: the tool, the files with their SHA-256, the options, and what was hidden. */
import { formatDuration } from '../../basics/format-duration.ts';
import { countOf, formatBytes, listOf } from '../format-count.ts';
import type { CaptureReport, Report } from '../model.ts';
import { codeSpan, escapeProse } from './escape-markdown.ts';
import { captureName, moment } from './phrases.ts';

const SHOWN_FILES = 8;

export function footer(report: Report): string {
  const { tool, captures } = report;
  const lines = captures.slice(0, SHOWN_FILES).map((capture) => fileLine(capture, report));
  const hidden = captures.length - lines.length;
  if (hidden > 0) lines.push(`… and ${countOf(hidden, 'more file')}`);
  return [
    '---',
    '',
    [
      `wscap ${escapeProse(tool.version)}${optionText(report)}. Packet and connection numbers are Wireshark’s frame.number and tcp.stream.`,
      ...lines,
      ...redactionLines(report),
    ].join('<br>\n'),
  ].join('\n');
}

export function fileLine(capture: CaptureReport, report: Pick<Report, 'captures'>): string {
  const { packets, bytes, durationMs, firstPacketAt, linkTypes, format, compression, sha256 } = capture;
  const facts = [countOf(packets, 'packet'), formatBytes(bytes)];
  if (durationMs !== null && durationMs >= 0) facts.push(formatDuration(durationMs));
  if (firstPacketAt !== null) facts.push(`from ${moment(firstPacketAt, report)}`);
  facts.push(
    escapeProse(listOf(linkTypes, 4)),
    `${format}${compression === null ? '' : ` (${compression})`}`,
  );
  const digest =
    typeof sha256 !== 'string'
      ? 'SHA-256 not known: it was not read from a file'
      : `SHA-256 ${codeSpan(sha256)}`;
  return `${codeSpan(captureName(capture))}: ${facts.filter((fact) => fact !== '').join(', ')}. ${digest}`;
}

/** Only options that differ from their defaults. */
function optionText({ options }: Report): string {
  const parts: string[] = [`window ${formatDuration(options.windowMs)}`];
  if (options.reader !== 'wscap') parts.push(`reader ${options.reader}`);
  if (options.ports.length > 0) parts.push(`ports ${options.ports.join(', ')}`);
  const rules = Object.entries(options.rules).map(
    ([id, { severity }]) => `${id}=${severity ?? 'options set'}`,
  );
  if (rules.length > 0) parts.push(`rules ${rules.join(', ')}`);
  return ` (${parts.join('; ')})`;
}

export function redactionLines({ redaction }: Pick<Report, 'redaction'>): string[] {
  if (redaction === undefined) return ['Nothing is redacted: read it before you show it to others.'];
  const lines: string[] = [];
  if (redaction.secrets) {
    lines.push(
      redaction.values === 0
        ? 'There were no cookies, credentials or query values to redact.'
        : `${countOf(redaction.values, 'value')} (cookies, credentials, query values) ${redaction.values === 1 ? 'is' : 'are'} redacted; equal marks are equal values.`,
    );
  }
  if (redaction.addresses)
    lines.push('Addresses are replaced by those of the documentation ranges, one for one.');
  return lines;
}
