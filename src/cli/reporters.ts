/** From a report to the text of an output. Each format, and what redacts, is loaded only when it is needed. */
import type { RedactOptions } from '../redact/redactor.ts';
import type { ConnectionReport, Report } from '../report/model.ts';
import type { RuleMeta } from '../judgement/rule.ts';
import type { Io } from './io.ts';
import type { AnalyzeRequest } from './analyze-request.ts';
import type { Format, Level } from './choices.ts';
import { lookOf } from './color-support.ts';
import type { OutputTarget } from './output-plan.ts';

/** Name the capture by its SHA-256. */
export const NEEDS_DIGEST: ReadonlySet<Format> = new Set(['markdown']);

/** Made to be shown to others: secrets are hidden unless `--no-redact` says otherwise. */
const REDACTED: ReadonlySet<Format> = new Set(['markdown', 'html', 'junit', 'github']);

/** Renders one report in several formats; it is redacted once for all of them. */
export function createReporter(
  report: Report,
  request: AnalyzeRequest,
  failOn: Level,
  io: Io,
): (target: OutputTarget) => Promise<Iterable<string>> {
  const forms = new Map<boolean, Promise<Report>>();
  return async (target) => {
    const secrets = request.redact ?? REDACTED.has(target.format);
    let form = forms.get(secrets);
    if (form === undefined) {
      form = redact(report, {
        secrets,
        addresses: request.anonymizeAddresses,
        key: request.redactKey === undefined ? null : new TextEncoder().encode(request.redactKey),
      });
      forms.set(secrets, form);
    }
    return render(await form, target, request, failOn, io);
  };
}

async function redact(report: Report, options: RedactOptions): Promise<Report> {
  if (!options.secrets && !options.addresses) return report;
  const { redactReport } = await import('../redact/redactor.ts');
  return redactReport(report, options);
}

/** What passed over the WebSockets is collected for a page beside it: JSON holds the same with and without that. */
function withoutActivity(report: Report): Report {
  if (report.connections.every(({ activity }) => activity === undefined)) return report;
  return { ...report, connections: report.connections.map(withoutOwn) };
}

/** Not by a spread: it would read the timeline, a getter that builds the timeline when it is read. */
function withoutOwn(connection: ConnectionReport): ConnectionReport {
  const kept = Object.entries(Object.getOwnPropertyDescriptors(connection)).filter(
    ([name]) => name !== 'activity',
  );
  return Object.defineProperties({}, Object.fromEntries(kept)) as ConnectionReport;
}

async function render(
  report: Report,
  { format, path }: OutputTarget,
  request: AnalyzeRequest,
  failOn: Level,
  io: Io,
): Promise<Iterable<string>> {
  const timed = async (): Promise<Report> =>
    request.localTime ? (await import('../report/local-times.ts')).withLocalTimes(report) : report;
  switch (format) {
    case 'json': {
      const { renderJson } = await import('../report/json.ts');
      return renderJson(withoutActivity(report));
    }
    case 'ndjson': {
      const { renderNdjson } = await import('../report/ndjson.ts');
      return renderNdjson(withoutActivity(report));
    }
    case 'markdown': {
      const { renderMarkdown } = await import('../report/markdown/markdown.ts');
      return [renderMarkdown(await timed(), { maxLength: request.maxLength })];
    }
    case 'html': {
      const { renderHtml } = await import('../report/html/render-html.ts');
      return [renderHtml(await timed(), { redacted: report.redaction?.secrets === true })];
    }
    case 'junit': {
      const { renderJunit } = await import('../report/junit.ts');
      const { IDS_OVER_CAPTURE, RULES } = await import('../rules/index.ts');
      const { isOff } = await import('../judgement/settings.ts');
      const idsOf = (rules: readonly RuleMeta[]) =>
        rules.map(({ id }) => id).filter((id) => !isOff(id, report.options.rules));
      return renderJunit(report, {
        rules: idsOf(RULES),
        captureRules: IDS_OVER_CAPTURE.filter((id) => !isOff(id, report.options.rules)),
        failOn: failOn === 'never' ? 'error' : failOn,
      });
    }
    case 'github': {
      const { renderAnnotations } = await import('../report/github.ts');
      return [renderAnnotations(report)];
    }
    case 'table': {
      const { renderTable } = await import('../report/terminal/table.ts');
      return [
        renderTable(await timed(), {
          ...lookOf(path, request, io),
          all: request.all,
          whole: request.choice.refs !== undefined,
        }),
      ];
    }
  }
}
