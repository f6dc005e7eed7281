/** Decodes for tests: what came of a packet, in words and plain values. */
import {
  decodePacket,
  DECODED,
  HEADERS_CUT,
  ICMP,
  IP_FRAGMENT,
  LINK_TYPE_UNKNOWN,
  MALFORMED,
  NOT_TCP,
  TOO_DEEP,
  TUNNELED,
} from '../../src/decode/decode-packet.ts';
import { Segment } from '../../src/decode/segment.ts';

export const RESULTS: Readonly<Record<number, string>> = {
  [DECODED]: 'decoded',
  [NOT_TCP]: 'not TCP',
  [LINK_TYPE_UNKNOWN]: 'link type unknown',
  [IP_FRAGMENT]: 'IP fragment',
  [HEADERS_CUT]: 'headers cut',
  [MALFORMED]: 'malformed',
  [TUNNELED]: 'tunneled',
  [TOO_DEEP]: 'too deep',
  [ICMP]: 'ICMP',
};

export interface Decoded {
  readonly result: string;
  readonly segment: Segment;
  /** The captured payload. */
  readonly payload: string;
}

/** Bytes in front of the packet in its buffer, so that index 0 is not the packet's. */
export const LEAD = 7;

/**
 * Decodes the packet out of the middle of a buffer that refuses to be read outside it.
 * @param originalLength default: as captured
 */
export function decode(packet: Uint8Array, linkType = 1, originalLength: number = packet.length): Decoded {
  const buffer = new Uint8Array(LEAD + packet.length + 64).fill(0xff);
  buffer.set(packet, LEAD);
  const segment = new Segment();
  const end = LEAD + packet.length;
  const result = decodePacket(guarded(buffer, LEAD, end), LEAD, end, originalLength, linkType, segment);
  const payload = Buffer.from(buffer.subarray(segment.payloadStart, segment.payloadEnd)).toString('latin1');
  return { result: RESULTS[result] ?? `result ${result}`, segment, payload };
}

/**
 * Bytes can be read one by one, inside the packet only; what decoders may do beside that is copying a part of it, and
 * reading integers through a view, which ends where the packet does.
 */
export function guarded(buffer: Uint8Array, start: number, end: number): Uint8Array {
  const upToEnd = new Uint8Array(buffer.subarray(0, end));
  return new Proxy(buffer, {
    get(target, key) {
      if (key === 'buffer' || key === 'byteOffset' || key === 'byteLength') return upToEnd[key];
      if (key === 'slice' || key === 'subarray') {
        return (from: number, to: number) => {
          if (from < start || to > end || from > to) throw new Error(`${from} to ${to} is copied`);
          return target[key](from, to);
        };
      }
      const index = typeof key === 'string' && /^-?\d+$/.test(key) ? Number(key) : undefined;
      if (index === undefined) throw new Error(`more than a byte is read: ${String(key)}`);
      if (index < start || index >= end) throw new Error(`byte ${index} is read, outside ${start} to ${end}`);
      return target[index];
    },
  });
}
