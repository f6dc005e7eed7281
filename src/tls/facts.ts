/**
 * What is known of a TLS connection (RFC 8446, RFC 5246), with or without its keys: facts only. Without keys of TLS 1.3,
 * everything behind the ServerHello is known by the records' sizes alone.
 */
import type { RecordLook } from './record-look.ts';

/** A packet and its time. */
export interface TlsMark {
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Who sent the ClientHello is the client. */
export type TlsRole = 'client' | 'server';

export type TlsVersion = 'SSL 3.0' | '1.0' | '1.1' | '1.2' | '1.3';

/** What the client asks for in its first ClientHello. */
export interface ClientHelloFacts {
  /** The packet that completes it. */
  readonly mark: TlsMark;
  readonly serverName: string | null;
  /** The protocols that it offers, in its order, without reserved ones (RFC 8701). */
  readonly alpn: readonly string[];
  /** The versions that it offers, the highest first. */
  readonly versions: readonly TlsVersion[];
  /** IANA's names of the cipher suites that it offers, in its order. */
  readonly ciphers: readonly string[];
  readonly offersEarlyData: boolean;
  /** It offers to resume a session, by id, ticket or PSK. */
  readonly offersResumption: boolean;
}

/** An alert (RFC 8446 §6); the mark is the packet that completes its record. */
export interface TlsAlert {
  readonly from: TlsRole;
  readonly level: 'warning' | 'fatal';
  /** The name of RFC 8446 §6 or RFC 5246 §7.2; "alert 123" where it has none. */
  readonly description: string;
  readonly code: number;
  readonly mark: TlsMark;
  /** It was encrypted, and keys were there. */
  readonly isDecrypted: boolean;
}

/** A handshake message, by the name in the RFC ("ClientHello", "Certificate", …). */
export interface HandshakeMessage {
  readonly from: TlsRole;
  readonly name: string;
  readonly mark: TlsMark;
  /** Of a record that could not be read (`name` is then "encrypted record"): the length in its header. */
  readonly encryptedLength?: number;
}

/** Of the first certificate of a chain; names and dates as the certificate has them. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and addresses of subjectAltName, at most 50. */
  readonly names: readonly string[];
  /** RFC 3339, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** Why bytes of a direction could not be decrypted although the connection's keys are there, and since when. */
export interface Undecrypted {
  readonly from: TlsRole;
  /**
   * "gap": bytes are missing, and none of the record numbers that were tried fits; "refused": the record is whole, nothing is
   * missing, and its tag or MAC is wrong (its receiver must have refused it: bad_record_mac); "malformed": the bytes are no
   * record; "bound": more than wscap holds or tries; "renegotiation", "keys": a new epoch has no keys.
   */
  readonly reason: 'gap' | 'refused' | 'malformed' | 'bound' | 'renegotiation' | 'keys';
  readonly mark: TlsMark;
  /** Reading went on later in this direction. */
  readonly isResumed: boolean;
}

export interface TlsFacts {
  /** null where the ClientHello was not captured, or not whole. */
  readonly hello: ClientHelloFacts | null;
  /** Of the ServerHello; null before one. */
  readonly version: TlsVersion | null;
  /** IANA's name of the suite that the server chose; "0x1234" where it has none. */
  readonly cipher: string | null;
  /** The protocol that the server chose; null where it chose none, or that is not known (TLS 1.3 without keys). */
  readonly alpn: string | null;
  /** null where that is not known. */
  readonly isResumed: boolean | null;
  /** The server asked for another ClientHello. */
  readonly isRetried: boolean;
  /** The server asked for the client's certificate; null where that is not known. */
  readonly asksClientCertificate: boolean | null;
  /**
   * "found": what is inside was read; "missing": no key log has this connection; "wrong": the keys don't fit; "unsupported":
   * nothing of this suite, version or extension is decrypted, `unsupported` says what; "late": the handshake was not captured.
   */
  readonly keys: 'found' | 'missing' | 'wrong' | 'unsupported' | 'late';
  /** A noun phrase for a sentence, such as "the cipher suite TLS_RSA_WITH_RC4_128_SHA"; null where `keys` is not "unsupported". */
  readonly unsupported: string | null;
  readonly undecrypted: readonly Undecrypted[];
  readonly serverHello: TlsMark | null;
  /**
   * The handshake was complete: the packet with the client's or server's last Finished, whichever came last. Without keys of
   * TLS 1.3: the client's first record of the size of a Finished or the first record after it. null where it did not come to that.
   */
  readonly completed: TlsMark | null;
  /** The last handshake message or, without keys, the last record in the handshake that was seen. */
  readonly lastMessage: HandshakeMessage | null;
  /** The server's; null where none was sent (resumption, PSK), or it can not be seen. */
  readonly certificate: CertificateFacts | null;
  /** In order of capture; at most 16, the first ones. */
  readonly alerts: readonly TlsAlert[];
  /**
   * TLS 1.3 without keys: in the place of the client's Finished it sent a record of the size of an alert (19 bytes with a tag of
   * 16), the last of its records. null where it did not, and where the alert could be read.
   */
  readonly hiddenAlert: TlsMark | null;
  /** Where the keys are there: the last record of each side that held contents, so no alert. */
  readonly lastContents?: Readonly<Record<TlsRole, TlsMark | null>>;
  /** The first close_notify of each side; in TLS 1.3 without keys always null. */
  readonly closeNotify: Readonly<Record<TlsRole, TlsMark | null>>;
  /**
   * Without keys of TLS 1.2 and before: each side's first alert that is encrypted, so that only its being an alert can be seen.
   * Most are a close_notify.
   */
  readonly encryptedAlert?: Readonly<Record<TlsRole, TlsMark | null>>;
  /** What the sizes of the records show once the handshake is over. */
  readonly look: RecordLook;
}
