/**
 * TLS for `extract --anonymize`, in place of the carrier that decrypts: what is inside is handed to nobody, and the bytes are written anew
 * around it (record-scrubber.ts). An analysis of the extract finds what can be seen from outside, as in the source without keys.
 */
import type { Carrier, CarrierPieces, RewritableCarrier } from '../../carrier/carrier.ts';
import type { Endpoints } from '../proxy-header.ts';
import type { HelloFacts } from './hello-scrubber.ts';
import { RecordScrubber } from './record-scrubber.ts';

/** @param tls says what TLS looks like */
export function tlsForRewriting(tls: Carrier, endpoints: Endpoints): Carrier {
  return {
    recognise: (...bytes) => tls.recognise(...bytes),
    open: () => {
      throw new Error('TLS is only rewritten here');
    },
    openForRewriting: (_, pieces) => openTls(endpoints, pieces),
  };
}

function openTls(endpoints: Endpoints, pieces: CarrierPieces): RewritableCarrier {
  const facts: HelloFacts = { isTls13: false, version: 0 };
  const side = (direction: 0 | 1) =>
    new RecordScrubber(endpoints, facts, (bytes) => {
      pieces.piece(direction, bytes, 0, bytes.length);
    });
  const sides = [side(0), side(1)] as const;
  return {
    data: (direction, bytes, start, end) => {
      sides[direction].push(bytes, start, end);
    },
    gap: (direction, length) => {
      sides[direction].gap(length);
    },
    end: (direction) => {
      sides[direction].end();
    },
    sendTo: () => undefined,
    // It was made anew when it was reported.
    rewrite: (_, piece) => piece,
  };
}
