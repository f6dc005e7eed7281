/**
 * The report with its times in the time zone of this computer, for people who compare it with a local log. Times stay
 * RFC 3339: their offset says what they are.
 */
import { clockOf } from '../basics/clock.ts';
import type { AnomalyReport, ConnectionReport, Report } from './model.ts';

/** Captures of which the times are no one's UTC stay as they are. */
const OTHER_CLOCK: ReadonlySet<string> = new Set(['no-timestamp', 'relative-time', 'no-date', 'local-time']);

export function withLocalTimes(report: Report): Report {
  const { captures } = report;
  if (captures.some(({ notes }) => notes.some(({ code }) => OTHER_CLOCK.has(code)))) return report;
  return {
    ...report,
    captures: captures.map((capture) => ({
      ...capture,
      firstPacketAt: localOrNull(capture.firstPacketAt),
      lastPacketAt: localOrNull(capture.lastPacketAt),
    })),
    connections: report.connections.map(ofConnection),
    anomalies: report.anomalies.map(ofAnomaly),
  };
}

function localOrNull(at: string | null): string | null {
  return at === null ? null : localTime(at);
}

/** "2024-05-01T10:00:00.123456789Z" to "2024-05-01T12:00:00.123456789+02:00". */
function localTime(at: string): string {
  const { day, time } = clockOf(at, true);
  if (Number.isNaN(Date.parse(at))) return at;
  const minutes = -new Date(at).getTimezoneOffset();
  const size = Math.abs(minutes);
  const two = (number: number): string => String(number).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${day}T${time}${at.slice(23).replace('Z', '')}${offset}`;
}

/** Not by a spread: it would read the timeline, a getter that builds the timeline when it is read. */
function ofConnection(connection: ConnectionReport): ConnectionReport {
  return Object.defineProperties({} as ConnectionReport, {
    ...Object.getOwnPropertyDescriptors(connection),
    openedAt: { value: localTime(connection.openedAt), enumerable: true },
    anomalies: { value: connection.anomalies.map(ofAnomaly), enumerable: true },
    timeline: {
      get: () => connection.timeline.map((entry) => ({ ...entry, at: localTime(entry.at) })),
      enumerable: true,
    },
  });
}

function ofAnomaly<T extends AnomalyReport>(anomaly: T): T {
  const utc = clockOf(anomaly.at);
  const local = clockOf(anomaly.at, true);
  const swap = (text: string): string =>
    text.replaceAll(`${utc.time} ${utc.zone}`, `${local.time} ${local.zone}`);
  return {
    ...anomaly,
    at: localTime(anomaly.at),
    message: swap(anomaly.message),
    advice: swap(anomaly.advice),
  };
}
