/**
 * Conversations over TLS between two ends of Node's own (OpenSSL's) in memory, with their secrets: what wscap decrypts is compared
 * with what was sent.
 */
import { Duplex } from 'node:stream';
import {
  connect,
  createSecureContext,
  TLSSocket,
  type ConnectionOptions,
  type SecureVersion,
} from 'node:tls';
import type { Direction } from '../../src/basics/direction.ts';

/** Bytes on the wire as one end wrote them; 0 is the client's direction. */
export interface WirePiece {
  readonly direction: Direction;
  readonly bytes: Uint8Array;
}

export interface TlsConversation {
  readonly wire: readonly WirePiece[];
  /** What was written inside, by direction. */
  readonly inside: readonly [string, string];
  /** The text of a key log. */
  readonly keyLog: string;
  readonly version: string;
  /** As IANA names it. */
  readonly cipher: string;
  /** For a second connection that resumes. */
  readonly session: Buffer | null;
}

export interface TlsSettings {
  readonly version: SecureVersion;
  /** As OpenSSL names it; default: whatever the two agree on. */
  readonly cipher?: string;
  readonly certificate?: 'ec' | 'rsa';
  /** MAC, then encrypt: OpenSSL does it the other way round by itself. */
  readonly macFirst?: boolean;
  readonly alpn?: readonly string[];
  readonly session?: Buffer | null;
  /** A ticket key of the server, so that a second one knows the session. */
  readonly ticketKeys?: Buffer;
  readonly asksClientCertificate?: boolean;
  /** What the client and the server write in turn. */
  readonly lines?: readonly string[];
}

const SSL_OP_NO_ENCRYPT_THEN_MAC = 0x80000;

/** @see TlsSettings */
export async function talk(settings: TlsSettings): Promise<TlsConversation> {
  const { version, cipher, certificate = 'ec', macFirst = false, alpn, session, ticketKeys } = settings;
  const lines = settings.lines ?? [
    'GET / HTTP/1.1\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'x'.repeat(700),
    'y'.repeat(3000),
    'bye',
    '',
  ];
  const wire: WirePiece[] = [];
  const [clientEnd, serverEnd] = pair((direction, bytes) => wire.push({ direction, bytes }));
  let keyLog = '';
  const common = {
    minVersion: version,
    maxVersion: version,
    // Node hands suites of TLS 1.3 and the others to OpenSSL apart.
    ciphers:
      version === 'TLSv1.3' && cipher !== undefined
        ? `${cipher}:ALL:@SECLEVEL=0`
        : `${cipher ?? 'ALL'}:@SECLEVEL=0`,
    ...(macFirst ? { secureOptions: SSL_OP_NO_ENCRYPT_THEN_MAC } : {}),
  };
  const identity =
    certificate === 'ec' ? { key: EC_KEY, cert: EC_CERTIFICATE } : { key: RSA_KEY, cert: RSA_CERTIFICATE };
  const server = new TLSSocket(serverEnd, {
    isServer: true,
    secureContext: createSecureContext({
      ...common,
      ...identity,
      dhparam: 'auto',
      ...(ticketKeys === undefined ? {} : { ticketKeys }),
    }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    requestCert: settings.asksClientCertificate ?? false,
    rejectUnauthorized: false,
    server: undefined,
  });
  const options: ConnectionOptions = {
    ...common,
    ...(settings.asksClientCertificate === true ? identity : {}),
    socket: clientEnd,
    servername: 'live.example.org',
    rejectUnauthorized: false,
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    ...(session === undefined || session === null ? {} : { session }),
  };
  const client = connect(options);
  let kept: Buffer | null = null;
  client.on('session', (ticket) => (kept = ticket));
  client.on('keylog', (line: Buffer) => (keyLog += line.toString('latin1')));
  const inside: [string, string] = ['', ''];
  const failed = new Promise<never>((_resolve, reject) => {
    client.on('error', reject);
    server.on('error', reject);
  });
  failed.catch(() => undefined);
  await Promise.race([failed, new Promise((resolve) => client.once('secureConnect', resolve))]);
  for (const [turn, line] of lines.entries()) {
    if (line === '') continue;
    const direction: Direction = turn % 2 === 0 ? 0 : 1;
    const [from, to] = direction === 0 ? [client, server] : [server, client];
    inside[direction] += line;
    let missing = line.length;
    const arrived = new Promise<void>((resolve) => {
      const take = (data: Buffer): void => {
        missing -= data.length;
        if (missing > 0) return;
        to.off('data', take);
        resolve();
      };
      to.on('data', take);
    });
    from.write(line);
    await Promise.race([failed, arrived]);
  }
  const cipherName = client.getCipher().standardName;
  const spoken = client.getProtocol() ?? '';
  const ended = new Promise((resolve) => client.once('end', resolve));
  server.end();
  client.resume();
  await Promise.race([failed, ended]);
  client.end();
  server.resume();
  await new Promise((resolve) => setImmediate(resolve));
  client.destroy();
  server.destroy();
  return { wire, inside, keyLog, version: spoken, cipher: cipherName, session: kept };
}

/** Two ends of one wire. */
function pair(onWrite: (direction: Direction, bytes: Uint8Array) => void): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  for (const direction of [0, 1] as const) {
    ends.push(
      new Duplex({
        read: () => undefined,
        write(chunk: Buffer, _encoding, done) {
          onWrite(direction, new Uint8Array(chunk));
          const other = ends[1 - direction]!;
          setImmediate(() => {
            if (!other.destroyed) other.push(chunk);
            done();
          });
        },
        final(done) {
          const other = ends[1 - direction]!;
          setImmediate(() => {
            if (!other.destroyed) other.push(null);
            done();
          });
        },
      }),
    );
  }
  return [ends[0]!, ends[1]!];
}

/** Made for these tests, and of no use elsewhere. */
const EC_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6Y6pj6o62x1KzV7S
A2bjroBFAQ7NkUShw7sKz+bSUVmhRANCAAQqqz7u8uiBjgGsbnkVBNRKTDYt+16+
ohh7AY7uJCu/k23Lz17SbYRJukoMAZHat18o6jQRXN6ZWHFhyZpGNDoG
-----END PRIVATE KEY-----
`;

/** Made for these tests, and of no use elsewhere. */
const EC_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUHSQrbqrdbeREvHl90LgAbk3NT6AwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLZXhhbXBsZS5vcmcwHhcNMjYxMjAxMTQ1MjM1WhcNMzYxMTI4
MTQ1MjM1WjAWMRQwEgYDVQQDDAtleGFtcGxlLm9yZzBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABCqrPu7y6IGOAaxueRUE1EpMNi37Xr6iGHsBju4kK7+TbcvPXtJt
hEm6SgwBkdq3XyjqNBFc3plYcWHJmkY0OgajUzBRMB0GA1UdDgQWBBR3vLKbTZEP
li+D9uHIncJJlBakXzAfBgNVHSMEGDAWgBR3vLKbTZEPli+D9uHIncJJlBakXzAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDwnQxlx22CnCXFjCVb
hkyNVVg9bPzemfhDOAPIzmNfhAIgTVENi97UXaRrTDNgI24XcotgcnSkKfVcN2nS
jKaBOAY=
-----END CERTIFICATE-----
`;

/** Made for these tests, and of no use elsewhere. */
const RSA_KEY = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDKshBfQPve26k9
A/2FzcWEgMrZ+oN+nYcLlO6Zph7m1OyRsYhKYvZ+hi5JOPXCEZ34Q8kYQPsX3wbz
UBMO/Jp3fmuUct6iQuwE0kDhly12QQUQso9wrEroZG4OOVFawphifKO9zJHZHX2u
cnnoUeBBl8+2dbB9MyHJESgR1tv4PLbFBSWj00LxUE4ZQFun7g8ZCH5mjOjYTUEk
jLq8xsddIghBsX7m9+dtGu0jJ1vLoVTr4xESfHaqfGL772NpkftPGFXH0tHaiPqd
LnUiHrME5/YyMNO/+Tfzfx2WeURbQnAEdB/xp4AUu9sS6eWJi5mWMReABPqv6GpV
PUE+NNB5AgMBAAECggEAHyODyF5fUzlDoo/+XpPiCB0RDLOjh8wDdxAGJ6yRiryj
Ky6u1V6mp4FNkwohFxNFxWIEfqlc6anlk3N1uhOsVzcgp8mN0jedso/qT729yjDq
6knEJ3cQeusSzTSY/uxuJJMpRHss3MHfEPGdMMeDQBBmZI1n85PrWMw975+mY1gK
TCZ7j9dP6xT70iMOLNuAN2Qv1hN1y15d560PsGkC928w8kvmeCKDoF1mdovWuPAX
X39BrbyG0/G/jmylyVUr0Gbbya7i6fGkMBXm+jxLGN/rf0hiNE4PYVJbVE9jGqM7
GhKCJRxnEY6eDJXpsThbvyBfHsoKCxGSzz4RRvVuEQKBgQDyWXaS/oNEcNhm5rlQ
vzCXFgg9KGZVAgs8e4azuIbwRi8aN6VMobqtXKrifKtZxA2+8hF26sqnxjiKYM9g
VsL69GQP8bXx8WrHL60bM8Ka1+HQIwWSdzktchpZKGBNpM7a/c5UNs+boioO3MHv
2NNBqeyT4k1bZN5tXoaUsXW5zwKBgQDWHNCWwbe+KUgGv9Q7OQwP4/g9UgBwrPXO
ZdISEL3faxvOktLqQpHasLQ3TTpFpVs7Qy9y+NpGFPf7/v9btnvgYL0d2eji8NVs
2V1ez0Fpt19WZBk2/n8OsPLwZuiqyWld9/Xvvoqw7up/VxxOmwEKVSA/sjueWX3J
Rm4+k7ILNwKBgQDi0XpZnx0KPDc9L6m3egknDrbNTndgDlan19C9efHJBVbmSbhK
nX9S68z/xsC0dfqLgJF548uh9LJMSMkuGGXKbFsOVSH9e/58yBFSyUHUnEI7A9we
Nbls4ELquRBQ+vOjIDIwvU/XEJIecNyN9zfZWAkUa5QM+r32TKbWmbReHwKBgD8E
ohwNDiCJE+rwoO2BX9x5c4HQ1dJUBdDmxQqOJORSKRAGxM8wIq+kHJa+Qy1metCZ
eKi1N8EywL5Jki0TK6ihsGfN0C6jRZ3Q6BtUkuMjlord0VIPW6QeTpKVJ1vFBh8j
MR6MDVQALcKnB+zW0FqTLXex5Lw5iL0p3p7KZ7fHAoGAGCcnYL19l7+uXhQJBPKC
hC8T3GsqHwR/UbqeJbRbP0MwMaTt82wX2+M2FUsoAZBkv9IAbZ9OX36OApvk+bpn
DUUn3E3Nd68mauFYCIODrRWsJPOlh8m3OUDdKe+CXHhL3pw18tV+KzGZJEa1m7+q
sxFH+27K9DRgUmSD2SVeQqI=
-----END PRIVATE KEY-----
`;

/** Made for these tests, and of no use elsewhere. */
const RSA_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDDTCCAfWgAwIBAgIUUaNsOWuuq23K1r9fPCjcEXIqEFIwDQYJKoZIhvcNAQEL
BQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5vcmcwHhcNMjYxMjAxMTQ1MjM1WhcNMzYx
MTI4MTQ1MjM1WjAWMRQwEgYDVQQDDAtleGFtcGxlLm9yZzCCASIwDQYJKoZIhvcN
AQEBBQADggEPADCCAQoCggEBAMqyEF9A+97bqT0D/YXNxYSAytn6g36dhwuU7pmm
HubU7JGxiEpi9n6GLkk49cIRnfhDyRhA+xffBvNQEw78mnd+a5Ry3qJC7ATSQOGX
LXZBBRCyj3CsSuhkbg45UVrCmGJ8o73Mkdkdfa5yeehR4EGXz7Z1sH0zIckRKBHW
2/g8tsUFJaPTQvFQThlAW6fuDxkIfmaM6NhNQSSMurzGx10iCEGxfub3520a7SMn
W8uhVOvjERJ8dqp8YvvvY2mR+08YVcfS0dqI+p0udSIeswTn9jIw07/5N/N/HZZ5
RFtCcAR0H/GngBS72xLp5YmLmZYxF4AE+q/oalU9QT400HkCAwEAAaNTMFEwHQYD
VR0OBBYEFEkmOEpihC0I0u0BJnd+xAzwvt/9MB8GA1UdIwQYMBaAFEkmOEpihC0I
0u0BJnd+xAzwvt/9MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEB
AIu4LOC9x/ZJQXXk+wXtuTKnLT3usLWZUYKLJtXNZartmUdJohoOak1rr6Speune
BXMtmVOrWNf8HuIv2MW3gapzKgLUgv8o0yPdzWumjJRUvY7VqHO+rL0Pis38i9jq
gu2HVWRozKsZSbC4VtXqnY5cL1P8eKjvx20iuJhjKqZD56Ud3mwE5txk41O2/Y2U
wnSYJ2qlWCuT1Hba/I6LIwqNaVAxzO8oI5yWldvo1Rah34pyKEh5aGTLgxNIFq7Y
UR6BIkV2fFWoUwUq1V0y4XkW30JH8uVXJ8wVwf73Xsja02gBWd7sC2sq1mcXewWG
03QEfESt/LBGY9hWJqmvC2c=
-----END CERTIFICATE-----
`;
