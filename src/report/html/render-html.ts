/**
 * `--format html`: one self-contained file. The verdict, the findings and the worst connections are plain HTML; the
 * page's own code (client/) draws all connections from the JSON inside the file. Pure: the same report gives the same
 * bytes.
 */
import { rankConnections } from '../connection-rank.ts';
import { escapeJsonForHtml } from '../escape.ts';
import type { Report } from '../model.ts';
import { contentSecurityPolicy } from './content-security.ts';
import { encodePage } from './encode-page.ts';
import { markup, Markup } from './markup.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets.ts';
import { findingsSection } from './static-findings.ts';
import { captureName, footer, topBar, verdictSection } from './static-header.ts';
import { summarySection } from './static-summary.ts';
import { inventorySection } from './static-inventory.ts';
import { notesSection } from './static-notes.ts';
import { worstTable } from './static-table.ts';

export interface HtmlOptions {
  /** Whether `report` has been redacted: the page says so. */
  readonly redacted: boolean;
}

/** The icon of the browser tab; without one, a browser would ask the server for /favicon.ico. */
const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1f4e79"/><path d="M3 5h10M3 8h6M3 11h8" stroke="#fff" stroke-width="1.6"/></svg>',
  );

export function renderHtml(report: Report, { redacted }: HtmlOptions): string {
  const ranked = rankConnections(report);
  const hasConnections = ranked.length > 0;
  const skipLink = hasConnections
    ? markup`<a class="skip scripted" href="#explorer">Skip to the connections</a>`
    : null;
  const explorer = hasConnections
    ? markup`<section id="explorer" class="scripted" tabindex="-1" aria-label="Connections on a time axis"></section>`
    : null;
  const data = escapeJsonForHtml(JSON.stringify(encodePage(report)));
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(contentSecurityPolicy(PAGE_SCRIPT, PAGE_STYLE))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="wscap ${report.tool.version}">
<title>${captureName(report)} – wscap</title>
<link rel="icon" href="${ICON}">
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
${skipLink}
${topBar(report, redacted)}
<main>
${verdictSection(report, ranked)}
${inventorySection(report)}
${summarySection(report)}
${findingsSection(report)}
${explorer}
${worstTable(ranked)}
${notesSection(report)}
</main>
${footer(report, redacted)}
<script type="application/json" id="data">${new Markup(data)}</script>
<script>${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}
