/** TLS as a carrier: recognises it by its first bytes, and opens a {@link TlsStream} for each connection. */
import type { Carrier, Recognition } from '../carrier/carrier.ts';
import type { KeySource } from './key-log.ts';
import { APPLICATION_DATA, HANDSHAKE, lengthOf, RECORD_HEADER } from './record-header.ts';
import { findRecord } from './record-reader.ts';
import { TlsStream } from './tls-stream.ts';

const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;

/** @param keys null where there are none: then the handshake and the sizes of records are read */
export function tlsCarrier(keys: KeySource | null): Carrier {
  return {
    recognise: recogniseHello,
    recogniseLate,
    open: (inside, isLate) => new TlsStream(inside, keys, isLate),
  };
}

/** A handshake record that begins with a hello. An alert alone is none: a plain request may be answered by one. */
function recogniseHello(bytes: Uint8Array, start: number, end: number): Recognition {
  if (end > start && bytes[start] !== HANDSHAKE) return 'no';
  if (end > start + 1 && bytes[start + 1] !== 3) return 'no';
  if (end > start + 2 && bytes[start + 2]! > 4) return 'no';
  if (end <= start + RECORD_HEADER) return 'more';
  const message = bytes[start + RECORD_HEADER];
  return message === CLIENT_HELLO || message === SERVER_HELLO ? 'yes' : 'no';
}

/** The shortest protected record has a tag of 8 bytes, and an alert. */
const SHORTEST_PROTECTED = 10;

/** A segment that begins with a record of application data, behind which headers follow as lengths say. */
function recogniseLate(bytes: Uint8Array, start: number, end: number): Recognition {
  if (end - start < RECORD_HEADER || bytes[start] !== APPLICATION_DATA) return 'no';
  return lengthOf(bytes, start) >= SHORTEST_PROTECTED && findRecord(bytes, start, end) === start
    ? 'yes'
    : 'no';
}
