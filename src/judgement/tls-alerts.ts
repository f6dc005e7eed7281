/** What the alerts of TLS mean when a handshake ends with them (RFC 8446 §6.2, RFC 5246 §7.2.2), and what to look at. */
import type { TlsRole } from '../tls/facts.ts';

interface AlertText {
  /** A clause whose subject is who sent it: "it does not know the authority …". */
  readonly meaning: string;
  readonly advice: string;
}

interface AlertTexts {
  readonly client: AlertText;
  readonly server: AlertText;
}

const CHAIN =
  'Look at the chain of certificates that the server sends (openssl s_client -showcerts): the intermediate certificates must be part of it, and the client must know its root. A certificate of a private authority, or one that signs itself, must be installed at the client.';
const CLIENT_CHAIN =
  'Look at the certificate that the client presents, and at the authorities that the server accepts (nginx: ssl_client_certificate; HAProxy: ca-file; Node: the option ca).';
const VERSIONS =
  'Compare the TLS versions that the two sides allow (nginx: ssl_protocols; HAProxy: ssl-min-ver; Node: minVersion, maxVersion): they need one in common. The report lists those that the client offers.';
const SHARED =
  "Compare what both sides allow: cipher suites (nginx: ssl_ciphers), groups, signature algorithms, and whether the kind of the server's key fits them (RSA or ECDSA). Old clients and hardened servers often have nothing in common.";
const BROKEN =
  'One of the two does not understand the other: look at versions of their TLS libraries, and at boxes on the way that look into TLS. Try openssl s_client against the server.';

/** The same whoever sends it. */
function both(meaning: string, advice: string): AlertTexts {
  const text = { meaning, advice };
  return { client: text, server: text };
}

function certificate(
  client: string,
  server: string,
  advice: string,
  serverAdvice = CLIENT_CHAIN,
): AlertTexts {
  return {
    client: { meaning: client, advice },
    server: { meaning: server, advice: serverAdvice },
  };
}

const EXPIRED =
  'Look at the dates of the certificate (openssl x509 -dates), whether a renewed one was loaded (reload the server or the proxy), and at the clock of the client.';

const ALERTS: Readonly<Record<string, AlertTexts>> = {
  unknown_ca: certificate(
    'it does not know the authority that signed the certificate of the server, or the chain of certificates is incomplete',
    'it does not know the authority that signed the certificate of the client',
    CHAIN,
  ),
  bad_certificate: certificate(
    'it does not accept the certificate of the server',
    'it does not accept the certificate of the client, or the client presented none',
    `The certificate may be for another name than the one that the client asked for, or its signature does not verify. ${CHAIN}`,
  ),
  certificate_unknown: certificate(
    'it does not accept the certificate of the server, for a reason that the alert does not tell (browsers and Java send it for wrong names, dates and authorities alike)',
    'it does not accept the certificate of the client',
    `Look at the error that the client shows (in a browser: ERR_CERT_…). ${CHAIN}`,
  ),
  unsupported_certificate: certificate(
    'it does not support the kind of the certificate of the server',
    'it does not support the kind of the certificate of the client',
    "Look at the kind of key and the purpose (extended key usage) of the server's certificate.",
  ),
  certificate_expired: certificate(
    'the certificate of the server is out of date for it',
    'the certificate of the client is out of date for it',
    EXPIRED,
    EXPIRED,
  ),
  certificate_revoked: certificate(
    'the certificate of the server was revoked',
    'the certificate of the client was revoked',
    'Have a new certificate issued, and load it.',
    'Have a new certificate issued for the client.',
  ),
  certificate_required: both(
    'it wants a certificate of the client, and got none',
    'Give the client a certificate and its key (curl: --cert, --key; Node: cert, key), or let the server not ask for one (nginx: ssl_verify_client).',
  ),
  no_certificate: both(
    'there is no certificate that it could present',
    'Give the client a certificate, or let the server not ask for one.',
  ),
  access_denied: both('its access rules refuse this certificate', CLIENT_CHAIN),
  handshake_failure: both('the two have no cipher suite, or another parameter, in common', SHARED),
  insufficient_security: both('what the other side offers is too weak for it', SHARED),
  protocol_version: both('the two have no TLS version in common', VERSIONS),
  inappropriate_fallback: both(
    'the client tried an older version again although the server knows a newer one',
    VERSIONS,
  ),
  no_application_protocol: both(
    'it supports none of the protocols (ALPN) that the client offers',
    'A WebSocket over HTTP/1.1 needs http/1.1 in ALPN: look at what the server or proxy allows (nginx: http2; HAProxy: alpn h2,http/1.1; Node: ALPNProtocols).',
  ),
  unrecognized_name: both(
    'it does not know the server name that the client asked for',
    'Compare the server name with the names that the server or proxy is set up for (nginx: server_name; HAProxy: crt-list, strict-sni), and whether the client sends one at all.',
  ),
  decode_error: both('it could not read a message of the handshake', BROKEN),
  decrypt_error: both('a signature or a Finished did not verify', BROKEN),
  illegal_parameter: both('a field of the handshake is not allowed', BROKEN),
  unexpected_message: both('a message came that does not belong there', BROKEN),
  missing_extension: both('an extension is missing that the handshake needs', BROKEN),
  unsupported_extension: both('an extension came that it did not ask for', BROKEN),
  record_overflow: both('a record was too long', BROKEN),
  bad_record_mac: both('a record did not verify', BROKEN),
  internal_error: both(
    'it failed for a reason of its own',
    'Look at the log of the side that sent the alert, at that time.',
  ),
  bad_certificate_status_response: both(
    'the OCSP response that the server stapled is not valid',
    'Look at OCSP stapling of the server (nginx: ssl_stapling).',
  ),
  unknown_psk_identity: both(
    'it does not know the shared key that the client names',
    'Compare the pre-shared keys of both sides.',
  ),
};

const OTHER: AlertText = {
  meaning: 'it gave the handshake up',
  advice: 'Look at the log of the side that sent the alert, at that time.',
};

export function alertText(description: string, from: TlsRole): AlertText {
  return ALERTS[description]?.[from] ?? OTHER;
}

/** Alerts with which a client that tries again with another version or other suites may succeed. */
const RETRIED: ReadonlySet<string> = new Set([
  'protocol_version',
  'handshake_failure',
  'inappropriate_fallback',
  'insufficient_security',
]);

export function mayBeRetried(description: string): boolean {
  return RETRIED.has(description);
}

/** Alerts of a server about what the client presented: in TLS 1.3 they come when the client already takes the handshake for complete. */
const ABOUT_CLIENT: ReadonlySet<string> = new Set([
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'unknown_ca',
  'access_denied',
  'certificate_required',
  'decrypt_error',
]);

/** The alert is about a certificate, so it belongs to a handshake. */
export function isAboutCertificate(description: string): boolean {
  return ABOUT_CLIENT.has(description) && description !== 'decrypt_error' && description !== 'access_denied';
}

export function isAboutClientCertificate(description: string): boolean {
  return ABOUT_CLIENT.has(description);
}

/** With these a side leaves in order (RFC 8446 §6.1). */
export function isFarewell(description: string): boolean {
  return description === 'close_notify' || description === 'user_canceled';
}
