/** Says how a connection ended, in words that fit into "closed … before, now …". */
import { formatDuration } from '../basics/format-duration.ts';
import type { ExpectedConnection } from './expectation.ts';
import type { Member } from './observation.ts';

type Outcome = Pick<ExpectedConnection, 'verdict' | 'upgrade' | 'closed'>;

/** @param member the connection whose times and packets are named; null: name none */
export function storyOf(outcome: Outcome, member: Member | null): string {
  const { verdict, upgrade, closed } = outcome;
  const when = member === null ? '' : whenText(member);
  switch (verdict) {
    case 'clean':
      return cleanStory(closed ?? '');
    case 'handshake-close':
      return `handshake-close by the server${when}`;
    case 'abnormal':
      return `ended without a closing handshake${closed === undefined ? '' : ` (${closed})`}${when}`;
    case 'closed':
      return `${cleanStory(closed ?? '').replace('clean', 'in order')}, unanswered`;
    case 'error-close':
      return closed === undefined ? 'ended with an error' : `ended by ${closed}${when}`;
    case 'protocol-error':
      return `ended by a breach of the protocol${closed === undefined ? '' : ` (${closed})`}${when}`;
    case 'refused':
      return 'never connected';
    case 'tls-failed':
      return 'ended in the TLS handshake';
    case 'encrypted':
      return 'encrypted, no keys';
    case 'rejected':
      return upgrade === undefined ? 'refused' : `refused with ${upgrade.split(',')[0]!}`;
    case 'unanswered':
      return 'never answered';
    case 'open':
      return 'still open when the capture ended';
    case 'unknown':
      return 'no verdict possible';
    default:
      return closed === undefined ? 'ended' : `ended by ${closed}${when}`;
  }
}

function cleanStory(closed: string): string {
  const [, role, code] = /^(client|server) Close (\d+|without code)/.exec(closed) ?? [];
  if (role === undefined) return 'ended clean';
  return `closed clean by the ${role}${code === '1000' || code === 'without code' ? '' : ` with ${code!}`}`;
}

/** " 1.4 ms after the 101, packet 12". */
export function whenText({ afterUpgradeMs, packet }: Member): string {
  const after =
    afterUpgradeMs === null
      ? ''
      : afterUpgradeMs === 0
        ? ' together with the 101'
        : ` ${formatDuration(afterUpgradeMs)} after the 101`;
  return packet === null ? after : `${after}, packet ${packet}`;
}
