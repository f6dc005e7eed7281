/** The top of the page: the verdict in words, then what was captured, and whether the report was redacted. */
import type { RankedConnection } from '../connection-rank.ts';
import { hints } from '../empty-result.ts';
import { countOf, formatBytes } from '../format-count.ts';
import { formatDuration } from '../../basics/format-duration.ts';
import type { CaptureReport, Report } from '../model.ts';
import { markup, type Markup } from './markup.ts';
import { MARK_NAMES } from './symbol-paths.ts';
import { symbol } from './symbols.ts';
import { sealedHeadline } from '../sealed-text.ts';
import { verdictOf } from './html-headline.ts';

const SHOWN_CAPTURES = 8;

/** The capture's name, for the title and the top line. */
export function captureName({ captures }: Report): string {
  const [first] = captures;
  if (first === undefined) return 'no capture';
  const name = first.path === '-' ? 'standard input' : (first.path.split(/[\\/]/).at(-1) ?? first.path);
  return captures.length === 1 ? name : `${name} and ${countOf(captures.length - 1, 'more file')}`;
}

const REDACTED =
  'Payloads, credentials and query values are replaced; equal values stay recognisable as equal.';
const NOT_REDACTED = 'Holds addresses, header values and the beginning of payloads as they were captured.';

export function topBar(report: Report, redacted: boolean): Markup {
  const privacy = redacted
    ? markup`<span class="badge" data-redacted="yes" title="${REDACTED}">Redacted</span>`
    : markup`<span class="badge" data-redacted="no" title="${NOT_REDACTED}">Not redacted</span>`;
  return markup`<header class="top">
<p class="brand">wscap <span class="capture">${captureName(report)}</span></p>
<p class="tools">${privacy}<button type="button" id="theme" class="scripted" aria-label="Colours: as set in the system">Auto</button></p>
</header>`;
}

export function verdictSection(report: Report, ranked: readonly RankedConnection[]): Markup {
  const { mark, headline, summary } = verdictOf(report, ranked);
  const hintLines = ranked.length === 0 || sealedHeadline(report) !== null ? hints(report) : [];
  const captures = report.captures.slice(0, SHOWN_CAPTURES);
  return markup`<section class="verdict" data-mark="${mark}" aria-labelledby="verdict">
${symbol(mark)}<div>
<h1 id="verdict"><span class="unseen">${MARK_NAMES[mark]}: </span>${headline}</h1>
${summary === '' ? null : markup`<p class="summary">${summary}</p>`}
${hintLines.map((hint) => markup`<p class="hint">${hint}</p>`)}
<ul class="facts">${captures.map((capture) => markup`<li>${facts(capture, report)}</li>`)}</ul>
</div></section>`;
}

function facts(capture: CaptureReport, { captures }: Report): string {
  const parts = [countOf(capture.packets, 'packet'), formatBytes(capture.bytes)];
  if (captures.length > 1) parts.unshift(capture.path);
  if (capture.firstPacketAt !== null) {
    const has = (code: string): boolean => capture.notes.some((note) => note.code === code);
    const isWithoutTimes = capture.durationMs === 0 && has('no-timestamp');
    const day = has('no-date') ? '' : `${capture.firstPacketAt.slice(0, 10)} `;
    const zone =
      has('local-time') || has('no-date') || !capture.firstPacketAt.endsWith('Z') ? 'local time' : 'UTC';
    if (isWithoutTimes) parts.push('without times');
    else if (capture.durationMs !== null && capture.durationMs >= 0)
      parts.push(formatDuration(capture.durationMs));
    if (!isWithoutTimes && !has('relative-time'))
      parts.push(`from ${day}${capture.firstPacketAt.slice(11, 23)} ${zone}`);
  }
  parts.push(capture.format + (capture.compression === null ? '' : ` (${capture.compression})`));
  return parts.join(' · ');
}

export function footer({ tool, totals, options }: Report, redacted: boolean): Markup {
  const facts = [
    `${tool.name} ${tool.version}`,
    `${countOf(totals.tcpConnections, 'TCP connection')}, ${countOf(totals.upgradeRequests, 'upgrade request')}, ${countOf(totals.webSocketConnections, 'WebSocket')}`,
    `handshake-close window ${formatDuration(options.windowMs)}`,
  ];
  return markup`<footer class="foot">
<p>${facts.join(' · ')}</p>
<p>${redacted ? REDACTED : NOT_REDACTED}</p>
<p>Connection numbers are Wireshark’s tcp.stream, packet numbers its frame.number. Control and invisible characters of the capture are shown as escapes.</p>
</footer>`;
}
