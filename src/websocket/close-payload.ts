/** The payload of a Close frame (RFC 6455 §5.5.1): nothing, or a code in two bytes and a reason in UTF-8. */
import { isUtf8 } from '#platform/utf8';

export interface ClosePayload {
  /** null where the frame carries none: what APIs report as 1005. */
  readonly code: number | null;
  /** Bytes that are not UTF-8 become U+FFFD. */
  readonly reason: string;
  readonly isReasonUtf8: boolean;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function parseClosePayload(payload: Uint8Array): ClosePayload {
  if (payload.length < 2) return { code: null, reason: '', isReasonUtf8: true };
  const reason = payload.subarray(2);
  return {
    code: (payload[0]! << 8) | payload[1]!,
    reason: decoder.decode(reason),
    isReasonUtf8: isUtf8(reason),
  };
}

/**
 * Whether a Close may carry this code (RFC 6455 §7.4.1, §7.4.2). 1012 to 1014 were registered with IANA
 * later; 1004 to 1006 and 1015 are for APIs; the other codes below 3000 are not assigned yet.
 */
export function isSendableCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

/** The registered name of a close code (RFC 6455 §7.4, IANA's registry), or its range. */
export function closeCodeName(code: number): string {
  const name = NAMES[code];
  if (name !== undefined) return name;
  if (code >= 4000 && code <= 4999) return 'private use';
  if (code >= 3000 && code <= 3999) return 'registered by a library';
  return 'unassigned';
}

const NAMES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status received',
  1006: 'abnormal closure',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake',
};
