/** Whether all that a side sent can be read: bytes may be missing in the capture, or be encrypted without a key. */
import type { ConnectionRecord, Role } from '../connection/record.ts';
import { count } from './wording.ts';

/** Records of this side could not be decrypted, although others of the connection could. */
export function isUndecrypted({ tls }: ConnectionRecord, role: Role): boolean {
  return tls?.keys === 'found' && tls.undecrypted.some(({ from }) => from === role);
}

/** As the beginning of a clause, where something is missing: also where all was captured, and frames could not be followed through it. */
export function missingBytes(record: ConnectionRecord, role: Role): string {
  const { gapBytes } = record.tcp[role];
  if (gapBytes > 0) {
    return `${count(gapBytes, 'byte')} from the ${role} ${gapBytes === 1 ? 'is' : 'are'} not in the capture`;
  }
  return isUndecrypted(record, role)
    ? `not all bytes from the ${role} could be decrypted`
    : `not all bytes from the ${role} could be read`;
}

/** Where the frames of this side are after a loss is not known, or from somewhere on none of its records could be decrypted. */
export function isUnread(
  record: ConnectionRecord,
  { role, isFramingLost }: ConnectionRecord['clientSide'],
): boolean {
  const { tls } = record;
  if (isFramingLost || tls?.keys !== 'found') return isFramingLost;
  return tls.undecrypted.some(({ from, isResumed }) => from === role && !isResumed);
}
