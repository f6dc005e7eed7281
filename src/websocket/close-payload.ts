/** The payload of a Close frame (RFC 6455 §5.5.1): nothing, or a code in two bytes and a reason in UTF-8. */

export interface ClosePayload {
  /** null where the frame carries none: what APIs report as 1005. */
  readonly code: number | null;
  /** Bytes that are no UTF-8 become U+FFFD. */
  readonly reason: string;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function parseClosePayload(payload: Uint8Array): ClosePayload {
  if (payload.length < 2) return { code: null, reason: '' };
  return { code: (payload[0]! << 8) | payload[1]!, reason: decoder.decode(payload.subarray(2)) };
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
