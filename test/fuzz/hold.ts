/** What has to hold of every input, whatever it is. */
import { analyze } from '../../src/analyze.ts';
import { CaptureError } from '../../src/capture/capture-error.ts';
import { bytesToKeep, createPrinter } from '../../src/cli/follow/printer.ts';
import { createTestIo } from '../helpers/test-io.ts';
import type { FollowRequest } from '../../src/cli/follow/follow-request.ts';
import { follow } from '../../src/follow.ts';
import { renderJson } from '../../src/report/json.ts';
import type { Report } from '../../src/report/model.ts';
import { renderTable } from '../../src/report/terminal/table.ts';

const IO = createTestIo();

/** C0 but line feed, DEL and C1, bidi controls: what no output may hold. */
const RAW_CONTROL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** What is wrong with the way the program handled an input; null where nothing is. */
export async function problemWith(path: string): Promise<string | null> {
  let report: Report;
  try {
    report = await analyze(path);
  } catch (error) {
    if (error instanceof CaptureError) return null;
    return `rejected with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  return inconsistency(report) ?? unreadable(report) ?? (await unfollowable(path, report));
}

/** Connections that are followed of one capture. */
const MAX_FOLLOWED = 3;

/** What goes wrong where the messages of its connections are printed. */
async function unfollowable(path: string, { connections }: Report): Promise<string | null> {
  for (const { id, opening } of connections.filter((each) => each.opening !== null).slice(0, MAX_FOLLOWED)) {
    for (const [format, isPlain] of FOLLOW_SHAPES) {
      let printed = '';
      const request: FollowRequest = {
        captures: [path],
        connection: id,
        from: undefined,
        ports: [],
        limit: Infinity,
        hex: isPlain,
        pretty: !isPlain,
        maxBytes: undefined,
        time: 'relative',
        format,
        reader: 'wscap',
        color: false,
        ascii: isPlain,
      };
      const printer = createPrinter(request, (text) => (printed += text), IO);
      let entries = 0;
      const seen = { hasStarted: false };
      try {
        const end = await follow(
          [path],
          { connection: id, maxBytes: bytesToKeep(request) },
          {
            start(start) {
              seen.hasStarted = true;
              printer.start(start);
            },
            entry(entry) {
              entries++;
              printer.entry(entry);
            },
          },
        );
        if (seen.hasStarted) printer.end(end, entries);
        if (format === 'json') JSON.parse(printed);
      } catch (error) {
        return `follow ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      }
      if (!seen.hasStarted) return `follow ${id}: did not begin, though it is ${String(opening)}`;
      if (RAW_CONTROL.test(printed)) return `follow ${id}: a control character in ${format}`;
      if (isPlain && /[^\n\x20-\x7e]/.test(printed)) {
        return `follow ${id}: more than ASCII in ASCII`;
      }
    }
  }
  return null;
}

const FOLLOW_SHAPES = [
  ['text', true],
  ['text', false],
  ['json', false],
] as const;

/** What in a report contradicts the rest of it. */
function inconsistency({ totals, captures, connections, anomalies }: Report): string | null {
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  if (packets !== totals.packets) return `${totals.packets} packets, but ${packets} in the captures`;
  if (connections.length > totals.tcpConnections) return 'more connections than TCP connections';
  const counts = { error: 0, warning: 0, info: 0 };
  for (const anomaly of [...anomalies, ...connections.flatMap((connection) => connection.anomalies)]) {
    counts[anomaly.severity]++;
    if (anomaly.packets.some((packet) => packet < 1 || packet > packets))
      return `${anomaly.rule}: no such packet`;
  }
  if (JSON.stringify(counts) !== JSON.stringify(totals.anomalies)) return 'anomalies are counted wrongly';
  for (const { id, durationMs, firstPacket, lastPacket, timeline, upgrade, traffic } of connections) {
    if (!Number.isFinite(durationMs)) return `connection ${id}: no duration`;
    if (firstPacket < 1 || lastPacket > packets || firstPacket > lastPacket)
      return `connection ${id}: packets`;
    if (upgrade !== null && upgrade.requestPacket === null && upgrade.responsePacket === null) {
      return `connection ${id}: an upgrade without head`;
    }
    if (
      timeline.some(({ packet, offsetMs }) => packet < 1 || packet > packets || !Number.isFinite(offsetMs))
    ) {
      return `connection ${id}: timeline`;
    }
    const numbers = [traffic.clientToServer, traffic.serverToClient].flatMap(({ frames, ...rest }) => [
      ...Object.values(frames as unknown as Record<string, number>),
      ...Object.values(rest),
    ]);
    if (numbers.some((number) => !Number.isFinite(number) || number < 0)) return `connection ${id}: counts`;
  }
  return null;
}

/** What can't be printed, or shouldn't. */
function unreadable(report: Report): string | null {
  const json = [...renderJson(report)].join('');
  if (JSON.stringify(JSON.parse(json)) !== JSON.stringify(report)) return 'JSON says something else';
  if (RAW_CONTROL.test(json)) return 'a control character in JSON';
  for (const columns of [40, 120]) {
    for (const ascii of [false, true]) {
      const table = renderTable(report, { columns, color: false, ascii, all: true });
      if (RAW_CONTROL.test(table)) return 'a control character in the table';

      if (ascii && /[^\n\x20-\x7e]/.test(table)) return 'more than ASCII in the ASCII table';
    }
  }
  return null;
}
