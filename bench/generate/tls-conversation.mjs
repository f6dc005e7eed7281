import { closeNotify, changeCipherSpec, HANDSHAKE, plainRecord, RecordWriter } from './tls-records.mjs';

const TLS_AES_128_GCM_SHA256 = Buffer.from([0x13, 0x01]);
const SERVER_NAME = 'realtime.example.com';
/** Self-signed, and its key is gone: a certificate for what is never verified. */
const CERTIFICATE = Buffer.from(
  'MIIBtTCCAVygAwIBAgIUXweDJ/85vxv+ve+dng+C0ZU3ABQwCgYIKoZIzj0EAwIwHzEdMBsGA1UEAwwUcmVhbHRpbWUuZXhhbXBsZS5jb20wIBcNMjYxMjAxMTQ0MjQ2WhgPMjEyNjExMDcxNDQyNDZaMB8xHTAbBgNVBAMMFHJlYWx0aW1lLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhsXs2UxyfqIK+xOyNy2zIB4PlJYuwLAHiGFuTM3YNHgyOAt6CjgG931Nh8eyWj2dpTpl0WvBsUn2ceaSqO/sqKN0MHIwHQYDVR0OBBYEFDqApbynKrZ3oIs/1aFW71a9nA6nMB8GA1UdIwQYMBaAFDqApbynKrZ3oIs/1aFW71a9nA6nMA8GA1UdEwEB/wQFMAMBAf8wHwYDVR0RBBgwFoIUcmVhbHRpbWUuZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDRwAwRAIgKAoSfC3hPydjxUc6oCYhYm5a5y6eE0j1k1yvSmN1UFwCICVU9mwGApn6185NZuHB9YUi+12YqH4h5lIlL0NuY5xx',
  'base64',
);

const SECRETS = {
  clientHandshake: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  serverHandshake: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  client: 'CLIENT_TRAFFIC_SECRET_0',
  server: 'SERVER_TRAFFIC_SECRET_0',
};

/**
 * A TLS 1.3 connection inside a TCP conversation, with the same scripts as that one. Its secrets, randoms and signatures are
 * invented: nobody can verify its handshake, and everybody with the key log can read what is inside.
 */
export class TlsConversation {
  #tcp;
  #random;
  #writers = new Map();

  /**
   * @param {import('./tcp-conversation.mjs').TcpConversation} tcp
   * @param {import('./random.mjs').Random} random
   * @param {(line: string) => void} onKey takes each line of the key log
   */
  constructor(tcp, random, onKey) {
    this.#tcp = tcp;
    this.#random = random;
    this.clientRandom = random.bytes(32);
    this.secrets = {};
    for (const [name, label] of Object.entries(SECRETS)) {
      this.secrets[name] = random.bytes(32);
      onKey(`${label} ${this.clientRandom.toString('hex')} ${this.secrets[name].toString('hex')}\n`);
    }
    this.#writers.set(tcp.client, new RecordWriter(this.secrets.client));
    this.#writers.set(tcp.server, new RecordWriter(this.secrets.server));
  }

  get client() {
    return this.#tcp.client;
  }

  get server() {
    return this.#tcp.server;
  }

  get payloadBytes() {
    return this.#tcp.payloadBytes;
  }

  /** TCP's handshake, and TLS's. */
  *open() {
    const tcp = this.#tcp;
    const { client, server } = tcp;
    const sessionId = this.#random.bytes(32);
    yield tcp.open();
    yield tcp.send(client, plainRecord(HANDSHAKE, this.#clientHello(sessionId)));
    yield this.#random.between(300, 2000);
    const flight = new RecordWriter(this.secrets.serverHandshake).handshake(this.#serverFlight());
    yield tcp.send(
      server,
      Buffer.concat([plainRecord(HANDSHAKE, this.#serverHello(sessionId)), changeCipherSpec, flight]),
    );
    yield this.#random.between(300, 2000);
    const finished = new RecordWriter(this.secrets.clientHandshake).handshake(
      message(20, this.#random.bytes(32)),
    );
    yield tcp.send(client, Buffer.concat([changeCipherSpec, finished]));
    yield this.#random.between(20, 200);
  }

  becomeUnreliable() {
    this.#tcp.becomeUnreliable();
  }

  *send(sender, bytes) {
    yield this.#tcp.send(sender, this.#writers.get(sender).applicationData(bytes));
  }

  acknowledge(receiver) {
    this.#tcp.acknowledge(receiver);
  }

  *settle(sender) {
    yield this.#tcp.settle(sender);
  }

  /** close_notify and FIN of the first, and then of the second one. */
  *close(first) {
    yield this.#tcp.send(first, this.#writers.get(first).alert(closeNotify));
    yield this.#tcp.close(first);
  }

  *reset(side) {
    yield this.#tcp.reset(side);
  }

  #clientHello(sessionId) {
    const name = Buffer.from(SERVER_NAME);
    return message(
      1,
      Buffer.concat([
        Buffer.from([3, 3]),
        this.clientRandom,
        vector(1, sessionId),
        vector(2, TLS_AES_128_GCM_SHA256),
        vector(1, Buffer.from([0])),
        vector(
          2,
          Buffer.concat([
            extension(0, vector(2, Buffer.concat([Buffer.from([0]), vector(2, name)]))),
            extension(10, vector(2, Buffer.from([0, 29]))),
            extension(13, vector(2, Buffer.from([4, 3]))),
            extension(16, vector(2, vector(1, Buffer.from('http/1.1')))),
            extension(43, vector(1, Buffer.from([3, 4]))),
            extension(45, vector(1, Buffer.from([1]))),
            extension(
              51,
              vector(2, Buffer.concat([Buffer.from([0, 29]), vector(2, this.#random.bytes(32))])),
            ),
          ]),
        ),
      ]),
    );
  }

  #serverHello(sessionId) {
    const share = Buffer.concat([Buffer.from([0, 29]), vector(2, this.#random.bytes(32))]);
    return message(
      2,
      Buffer.concat([
        Buffer.from([3, 3]),
        this.#random.bytes(32),
        vector(1, sessionId),
        TLS_AES_128_GCM_SHA256,
        Buffer.from([0]),
        vector(2, Buffer.concat([extension(43, Buffer.from([3, 4])), extension(51, share)])),
      ]),
    );
  }

  /** EncryptedExtensions, Certificate, CertificateVerify, Finished. */
  #serverFlight() {
    const certificate = Buffer.concat([vector(3, CERTIFICATE), Buffer.from([0, 0])]);
    return Buffer.concat([
      message(8, vector(2, extension(16, vector(2, vector(1, Buffer.from('http/1.1')))))),
      message(11, Buffer.concat([Buffer.from([0]), vector(3, certificate)])),
      message(15, Buffer.concat([Buffer.from([4, 3]), vector(2, this.#random.bytes(71))])),
      message(20, this.#random.bytes(32)),
    ]);
  }
}

function vector(width, bytes) {
  const length = Buffer.alloc(width);
  length.writeUIntBE(bytes.length, 0, width);
  return Buffer.concat([length, bytes]);
}

function extension(type, bytes) {
  return Buffer.concat([Buffer.from([0, type]), vector(2, bytes)]);
}

function message(type, bytes) {
  return Buffer.concat([Buffer.from([type]), vector(3, bytes)]);
}
