/** Compares two answers to an upgrade request, and what was negotiated. */
import type { ConnectionReport, ReportNote, UpgradeReport } from '../report/model.ts';
import { compareHeaders } from './compare-headers.ts';
import type { Comparison } from './comparison.ts';
import type { Renaming } from './host-renaming.ts';

export function compareResponses(
  good: ConnectionReport,
  bad: ConnectionReport,
  renaming: Renaming,
  comparison: Comparison,
): void {
  const [ours, theirs] = [good.upgrade, bad.upgrade];
  const hidden = [good, bad].some(({ upgrade, notes }) => upgrade !== null && isAnswerHidden(upgrade, notes));
  if (ours === null || theirs === null || hidden) {
    comparison.notCompared('response', 'one of the captures does not show the answer');
    return;
  }
  const packets = { good: ours.responsePacket, bad: theirs.responsePacket };
  comparison.compare('response', 'status', statusText(ours), statusText(theirs), packets);
  if (!isAnswered(ours) || !isAnswered(theirs)) return;
  if (ours.status === 101 && theirs.status === 101) {
    comparison.compare('response', 'accept', ours.accept, theirs.accept, packets);
  }
  const { differences, same } = compareHeaders(
    'response',
    { headers: ours.responseHeaders, packet: ours.responsePacket },
    { headers: theirs.responseHeaders, packet: theirs.responsePacket },
    renaming,
    false,
  );
  comparison.add(differences);
  if (same.length > 0) comparison.same('response', 'headers', same.join(', '));
}

export function compareNegotiation(
  good: ConnectionReport,
  bad: ConnectionReport,
  comparison: Comparison,
): void {
  const [ours, theirs] = [good.upgrade, bad.upgrade];
  // Only a 101 negotiates anything.
  if (ours?.status !== 101 || theirs?.status !== 101) return;
  const packets = { good: ours.responsePacket, bad: theirs.responsePacket };
  comparison.compare(
    'negotiated',
    'subprotocol',
    ours.subprotocol ?? 'none',
    theirs.subprotocol ?? 'none',
    packets,
  );
  comparison.compare(
    'negotiated',
    'extensions',
    extensionsText(ours.extensions),
    extensionsText(theirs.extensions),
    packets,
  );
}

function isAnswered({ status }: UpgradeReport): boolean {
  return status !== null;
}

/** The answer, or its status, may be missing from the capture. */
function isAnswerHidden({ status, responsePacket }: UpgradeReport, notes: readonly ReportNote[]): boolean {
  if (status !== null) return false;
  return responsePacket !== null || notes.some(({ code }) => code === 'one-direction' || code === 'gap');
}

function statusText({ status }: UpgradeReport): string {
  return status === null ? 'no answer' : String(status);
}

/** Sorts the parameters: "permessage-deflate; a; b" (RFC 6455 §9.1). Their order has no meaning. */
function extensionsText(extensions: string | null): string {
  if (extensions === null || extensions.trim() === '') return 'none';
  return extensions
    .split(',')
    .map((extension) => {
      const [name = '', ...parameters] = extension
        .split(';')
        .map((part) => part.trim().replace(/\s*=\s*/, '='));
      return [name, ...parameters.sort()].join('; ');
    })
    .join(', ');
}
