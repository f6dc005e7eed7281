/**
 * Rewrites a ClientHello or a ServerHello in place (RFC 8446 §4.1, §4.2). What says how they speak stays: versions, cipher suites, groups,
 * algorithms, ALPN. Randoms, session ids, tickets and keys become others, the same for the same. Names become pseudonyms. Extensions that
 * are not known here keep their length.
 */
import type { Fields } from './fields.ts';
import { rewriteName } from './names.ts';
import { scrubDer } from './der-scrubber.ts';

const RANDOM = 32;
const SENTINEL = 8;
/** RFC 8446 §4.1.3: the random of a ServerHello that asks for another ClientHello. */
const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';
/** "DOWNGRD": the last bytes of the random of a server that could have spoken a later version. */
const DOWNGRADE = '444f574e475244';
const TLS_1_3 = 0x0304;

/** What a hello says that later messages are to be read with. */
export interface HelloFacts {
  isTls13: boolean;
  /** Of the ServerHello, as its version field has it. */
  version: number;
}

type Rewrite = (fields: Fields) => void;

const keep: Rewrite = (fields) => {
  fields.keep();
};
const replace: Rewrite = (fields) => {
  fields.replace();
};
/** Nothing but lengths stays of vectors in a vector. */
const opaqueList =
  (outer: number, inner: number): Rewrite =>
  (fields) => {
    fields.vector(outer, (list) => {
      list.each((each) => {
        each.vector(inner, replace);
      });
    });
  };
const opaque =
  (size: number): Rewrite =>
  (fields) => {
    fields.vector(size, replace);
  };

/** By type (IANA's registry of TLS extensions). */
const EXTENSIONS: ReadonlyMap<number, Rewrite> = new Map<number, Rewrite>([
  [0, serverNames],
  [1, keep], // max_fragment_length
  [5, statusRequest],
  [10, keep], // supported_groups
  [11, keep], // ec_point_formats
  [13, keep], // signature_algorithms
  [16, keep], // application_layer_protocol_negotiation
  [17, statusRequest],
  [18, opaqueList(2, 2)], // signed_certificate_timestamp
  [21, clear], // padding
  [22, keep], // encrypt_then_mac
  [23, keep], // extended_master_secret
  [27, keep], // compress_certificate
  [28, keep], // record_size_limit
  [34, keep], // delegated_credential
  [41, preSharedKeys],
  [42, keep], // early_data
  [43, keep], // supported_versions
  [44, opaque(2)], // cookie
  [45, keep], // psk_key_exchange_modes
  [47, authorities],
  [49, keep], // post_handshake_auth
  [50, keep], // signature_algorithms_cert
  [51, keyShares],
  [13_172, keep], // next_protocol_negotiation
  [17_513, keep], // application_settings, and as Chromium has it now
  [17_613, keep],
  [65_281, opaque(1)], // renegotiation_info
]);

export function scrubClientHello(fields: Fields): void {
  fields.keep(2);
  fields.replace(RANDOM);
  fields.vector(1, replace);
  fields.vector(2, keep);
  fields.vector(1, keep);
  extensions(fields);
}

/** @param facts learn which version was chosen */
export function scrubServerHello(fields: Fields, facts: HelloFacts): void {
  const version = fields.number(2);
  if (version !== null) facts.version = version;
  const random = hexOf(fields.bytes.subarray(fields.at, Math.min(fields.end, fields.at + RANDOM)));
  if (random === RETRY) fields.keep(RANDOM);
  else if (random.slice(-2 * SENTINEL).startsWith(DOWNGRADE)) {
    fields.replace(RANDOM - SENTINEL);
    fields.keep(SENTINEL);
  } else fields.replace(RANDOM);
  fields.vector(1, replace);
  fields.keep(3);
  extensions(fields, facts);
}

function extensions(fields: Fields, facts?: HelloFacts): void {
  if (fields.left === 0) return;
  fields.vector(2, (list) => {
    list.each((each) => {
      const type = each.number(2);
      each.vector(2, (inside) => {
        if (type === null) return;
        if (facts !== undefined && type === 43 && inside.left === 2) {
          facts.isTls13 = inside.number(2) === TLS_1_3;
        }
        // Reserved ones (RFC 8701) hold at most a byte.
        const isReserved = (type & 0x0f0f) === 0x0a0a && inside.left <= 1;
        if (isReserved) inside.keep();
        else EXTENSIONS.get(type)?.(inside);
      });
    });
  });
}

function serverNames(fields: Fields): void {
  fields.vector(2, (list) => {
    list.each((each) => {
      each.keep(1);
      each.vector(2, (name) => {
        rewriteName(name.bytes, name.at, name.end, name.endpoints.pseudonyms);
        name.keep();
      });
    });
  });
}

/** The usual one asks for OCSP and names no responder. */
function statusRequest(fields: Fields): void {
  const content = fields.bytes.subarray(fields.at + 1, fields.end);
  if (content.length <= 10 && content.every((byte) => byte <= 7)) fields.keep();
  else {
    fields.keep(1);
    fields.vector(2, replace);
    fields.vector(2, replace);
  }
}

function clear(fields: Fields): void {
  fields.clear();
}

/** A server names the one that it takes by its index. */
function preSharedKeys(fields: Fields): void {
  if (fields.left === 2) {
    fields.keep();
    return;
  }
  fields.vector(2, (identities) => {
    identities.each((each) => {
      each.vector(2, replace);
      // How old the ticket is says when the client was here before.
      each.replace(4);
    });
  });
  opaqueList(2, 1)(fields);
}

function authorities(fields: Fields): void {
  fields.vector(2, (names) => {
    names.each((each) => {
      each.vector(2, derInside);
    });
  });
}

/** A ClientHello has a list, a ServerHello one of them, and one that asks for another ClientHello only the group. */
function keyShares(fields: Fields): void {
  if (fields.left === 2) fields.keep();
  else if (fields.isVector(2)) {
    fields.vector(2, (list) => {
      list.each(keyShare);
    });
  } else keyShare(fields);
}

function keyShare(fields: Fields): void {
  fields.keep(2);
  fields.vector(2, point);
}

/** A public key; the point of a curve of NIST begins with its form. */
export function point(fields: Fields): void {
  if (fields.left % 2 === 1 && fields.bytes[fields.at] === 4) fields.keep(1);
  fields.replace();
}

export function derInside(fields: Fields): void {
  scrubDer(fields.bytes, fields.at, fields.end, fields.endpoints);
  fields.keep();
}

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}
