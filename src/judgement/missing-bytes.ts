/** Whether all that a side sent can be read: bytes may be missing in the capture, or be encrypted without a key. */
import type { ConnectionRecord, Role } from '../connection/record.ts';

/** Records of this side could not be decrypted, although others of the connection could. */
export function isUndecrypted({ tls }: ConnectionRecord, role: Role): boolean {
  return tls?.keys === 'found' && tls.undecrypted.some(({ from }) => from === role);
}

/** As the beginning of a clause, where something is missing. */
export function missingBytes(record: ConnectionRecord, role: Role): string {
  const { gapBytes } = record.tcp[role];
  return gapBytes === 0 && isUndecrypted(record, role)
    ? `not all bytes from the ${role} could be decrypted`
    : `${gapBytes} bytes from the ${role} are not in the capture`;
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
