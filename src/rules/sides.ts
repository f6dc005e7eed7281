/** Rules that ask the same of either side. */
import type { ConnectionRecord, SideFacts } from '../connection/record.ts';
import type { Finding } from './rule.ts';

/** What is said of the client, then of the server; `other` is the side across. */
export function eachSide(
  { clientSide, serverSide }: ConnectionRecord,
  tell: (side: SideFacts, other: SideFacts) => Finding | null,
): Finding[] {
  return [tell(clientSide, serverSide), tell(serverSide, clientSide)].filter((finding) => finding !== null);
}
