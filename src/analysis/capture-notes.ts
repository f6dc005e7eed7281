/** The report's notes on the capture as a whole: what limits its analysis. */
import type { ReportNote } from '../report/model.ts';
import type { Analyzer } from './analyzer.ts';
import { MAX_UNOPENED, type ConnectionJudge } from './connection-judge.ts';
import type { CaptureFile } from './read-captures.ts';

/** @param ofPackets what the analyzer said at its end */
export function captureNotes(
  files: readonly CaptureFile[],
  ofPackets: readonly ReportNote[],
  judge: ConnectionJudge,
  analyzer: Analyzer,
): ReportNote[] {
  return [
    ...files
      .filter(({ kind }) => kind === 'empty')
      .map(({ name }) => ({
        code: 'no-packets',
        message: `${name} is empty (0 bytes) and was left out`,
      })),
    ...ofPackets,
    ...files
      .filter(({ kind }) => kind === 'not-read')
      .map(({ name }) => ({
        code: 'interrupted',
        message: `${name} was not read: reading was interrupted before it`,
      })),
    ...connectionNotes(judge, analyzer),
  ];
}

function connectionNotes(
  { skips, unopenedOmitted }: ConnectionJudge,
  { evictedCount, overlappingCount }: Analyzer,
): ReportNote[] {
  const notes: ReportNote[] = [];
  const add = (code: string, number: number, message: (connections: string) => string) => {
    if (number > 0)
      notes.push({ code, message: message(number === 1 ? '1 connection' : `${number} connections`) });
  };
  add('encrypted', skips.get('tls') ?? 0, (n) => `${n} encrypted by TLS: what is inside can not be seen`);
  add('http2', skips.get('http2') ?? 0, (n) => `${n} speaking HTTP/2: WebSockets inside are not followed`);
  add(
    'head-too-long',
    skips.get('head-too-long') ?? 0,
    (n) => `${n} left alone: an HTTP head of over 64 KiB or 1024 lines`,
  );
  add(
    'other-upgrade',
    skips.get('other-upgrade') ?? 0,
    (n) => `${n} upgraded to something else than WebSocket`,
  );
  add(
    'not-opened',
    unopenedOmitted,
    (n) => `${n} that never sent a byte left out: only the first ${MAX_UNOPENED} of them were judged`,
  );
  add(
    'overlapping-networks',
    overlappingCount,
    (n) =>
      `${n} with the addresses and ports of another one that was open at the same time, in another tunnel: counted apart, which Wireshark does not do`,
  );
  add('idle-too-long', evictedCount, (n) => `${n} not followed to the end: too many were open at once`);
  return notes;
}
