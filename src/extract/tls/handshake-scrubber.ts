/**
 * Rewrites a handshake message that is not encrypted, in place and in as many bytes (RFC 5246 §7.4, RFC 8446 §4): its shape stays, and of
 * its contents nothing that names anybody or helps to decrypt anything.
 */
import type { Endpoints } from '../proxy-header.ts';
import { Fields } from './fields.ts';
import { derInside, point, scrubClientHello, scrubServerHello, type HelloFacts } from './hello-scrubber.ts';

/** Type and length. */
export const MESSAGE_HEADER = 4;
const TLS_1_2 = 0x0303;
const NAMED_CURVE = 3;
const KEY_TYPES: ReadonlyMap<number, (fields: Fields, facts: HelloFacts) => void> = new Map([
  [1, scrubClientHello],
  [2, scrubServerHello],
  [4, newSessionTicket],
  [11, certificate],
  [12, serverKeyExchange],
  [13, certificateRequest],
  [15, signature],
  [16, clientKeyExchange],
  [22, certificateStatus],
]);

/** @param message with its header, and whole; it is written to */
export function scrubHandshake(message: Uint8Array, endpoints: Endpoints, facts: HelloFacts): void {
  const fields = new Fields(message, endpoints, MESSAGE_HEADER);
  KEY_TYPES.get(message[0]!)?.(fields, facts);
  fields.replace();
}

function opaque(fields: Fields, size: number): void {
  fields.vector(size, (inside) => {
    inside.replace();
  });
}

function newSessionTicket(fields: Fields): void {
  fields.keep(4);
  opaque(fields, 2);
}

function certificate(fields: Fields): void {
  fields.vector(3, (chain) => {
    chain.each((each) => {
      each.vector(3, derInside);
    });
  });
}

function certificateStatus(fields: Fields): void {
  fields.keep(1);
  fields.vector(3, derInside);
}

function serverKeyExchange(fields: Fields, facts: HelloFacts): void {
  if (fields.bytes[fields.at] === NAMED_CURVE) {
    fields.keep(3);
    fields.vector(1, point);
  } else {
    // Of Diffie-Hellman in a field: the modulus, the generator, the key.
    for (let part = 0; part < 3; part++) opaque(fields, 2);
  }
  signature(fields, facts);
}

/** From TLS 1.2 on the algorithm stands in front of it. */
function signature(fields: Fields, { version }: HelloFacts): void {
  if (fields.left === 0) return;
  if (version === TLS_1_2) fields.keep(2);
  opaque(fields, 2);
}

function certificateRequest(fields: Fields, { version }: HelloFacts): void {
  const keep = (inside: Fields): void => {
    inside.keep();
  };
  fields.vector(1, keep);
  if (version === TLS_1_2) fields.vector(2, keep);
  fields.vector(2, (authorities) => {
    authorities.each((each) => {
      each.vector(2, derInside);
    });
  });
}

function clientKeyExchange(fields: Fields): void {
  if (fields.isVector(1)) fields.vector(1, point);
  else if (fields.isVector(2)) opaque(fields, 2);
}
