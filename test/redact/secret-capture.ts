/**
 * Captures that are full of secrets: every place in which a handshake, a refusal or a closing can carry one, filled by
 * a seed. What must not come out again is told beside it.
 */
import { createHash } from 'node:crypto';
import { ipv4, tcp } from '../helpers/packet-bytes.ts';
import { concat, pcapFile, type PacketSpec } from '../helpers/pcap-builder.ts';

export interface SecretCapture {
  readonly bytes: Uint8Array;
  readonly secrets: readonly string[];
  readonly addresses: readonly string[];
}

type Draw = (below: number) => number;

class Builder {
  readonly packets: PacketSpec[] = [];
  readonly secrets: string[] = [];
  readonly addresses = new Set<string>();
  readonly #unseen = new Set<string>();
  readonly #seed: number;
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  readonly draw: Draw = (below) => this.#digest().readUInt32BE() % below;

  /** Random and long enough to be told from chance. */
  secret(length = 10 + this.draw(30)): string {
    const secret = this.#digest().toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, length);
    this.secrets.push(secret);
    return secret;
  }

  /** One used before, for what repeats. */
  known(): string {
    const known = this.secrets.filter((secret) => !this.#unseen.has(secret));
    return known[this.draw(Math.max(1, known.length))] ?? 'nothing';
  }

  /**
   * What stands in a request that was refused before another on the same connection, or in a payload, is in no report:
   * that it is a secret can't be known where it stands somewhere else.
   */
  unseen<T>(build: () => T): T {
    const before = this.secrets.length;
    const built = build();
    for (const secret of this.secrets.slice(before)) this.#unseen.add(secret);
    return built;
  }

  address(): string {
    const address = `10.${this.draw(200)}.${this.draw(250)}.${1 + this.draw(250)}`;
    this.addresses.add(address);
    return address;
  }

  #digest(): Buffer {
    return createHash('sha512').update(`${this.#seed}/${this.#count++}`).digest();
  }
}

/** The packets of one connection; sequence numbers follow from what was sent. */
class Tcp {
  readonly #builder: Builder;
  readonly #client: string;
  readonly #server: string;
  readonly #port: number;
  readonly #next: [number, number] = [1000, 5000];

  constructor(builder: Builder, client: string, server: string, port: number) {
    this.#builder = builder;
    this.#client = client;
    this.#server = server;
    this.#port = port;
  }

  send(from: 0 | 1, flags: string, payload: string | Uint8Array = ''): this {
    const bytes = typeof payload === 'string' ? Uint8Array.from(Buffer.from(payload, 'latin1')) : payload;
    const [source, destination] = from === 0 ? [this.#client, this.#server] : [this.#server, this.#client];
    const segment = tcp({
      sourcePort: from === 0 ? this.#port : 8080,
      destinationPort: from === 0 ? 8080 : this.#port,
      sequence: this.#next[from],
      acknowledgement: flags === 'S' ? 0 : this.#next[1 - from]!,
      flags,
      payload: bytes,
    });
    const { packets } = this.#builder;
    packets.push({
      data: ipv4(segment, { source, destination }),
      seconds: 1_700_000_000,
      nanoseconds: packets.length * 1e6,
    });
    this.#next[from] += bytes.length + (/[SF]/.test(flags) ? 1 : 0);
    return this;
  }
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

export function secretCapture(seed: number): SecretCapture {
  const builder = new Builder(seed);
  const [client, server] = [builder.address(), builder.address()];
  const target = targetOf(builder);
  const connections = 1 + builder.draw(4);
  for (let i = 0; i < connections; i++)
    connection(builder, new Tcp(builder, client, server, 50_000 + i), target);
  return {
    bytes: pcapFile(builder.packets, { linkType: 101 }),
    secrets: builder.secrets,
    addresses: [...builder.addresses],
  };
}

function connection(builder: Builder, stream: Tcp, target: string): void {
  const { draw } = builder;
  stream.send(0, 'S').send(1, 'SA').send(0, 'A');
  if (draw(4) === 0) {
    const [asked, refused] = builder.unseen(() => [request(builder, target), refusal(builder)]);
    stream.send(0, 'PA', asked).send(1, 'PA', refused);
  }
  stream.send(0, 'PA', request(builder, target));
  const outcome = draw(6);
  if (outcome === 0) {
    stream.send(1, 'PA', refusal(builder));
  } else if (outcome > 1) {
    stream.send(1, 'PA', acceptance(builder));
    if (draw(2) === 0)
      stream.send(
        0,
        'PA',
        frame(
          1,
          builder.unseen(() => `{"password":"${builder.secret()}"}`),
          true,
        ),
      );
    if (draw(2) === 0)
      stream.send(
        1,
        'PA',
        frame(
          1,
          builder.unseen(() => `session ${builder.secret()}`),
          false,
        ),
      );
    const ends = [0, 1] as const;
    for (const from of draw(2) === 0 ? ends : ends.toReversed()) {
      if (draw(3) > 0) stream.send(from, 'PA', close(1000 + draw(15), reason(builder), from === 0));
    }
  }
  stream.send(1, draw(3) === 0 ? 'RA' : 'FA').send(0, 'FA');
}

/** Long ones are quoted cut in messages. */
function targetOf(builder: Builder): string {
  const { draw } = builder;
  const paths = [
    () => '/',
    () => '/chat',
    () => `/ws/${builder.secret(32)}/socket`,
    () => `/a/very/long/path/that/fills/the/sixty/characters/${builder.secret(40)}`,
  ];
  const path = paths[draw(paths.length)]!();
  const names = ['token', 'room', 'access_token', 'x', 'redirect'];
  const pairs = Array.from({ length: draw(4) }, () => `${names[draw(names.length)]!}=${builder.secret()}`);
  if (draw(3) === 0) pairs.push(builder.secret());
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function request(builder: Builder, target: string): string {
  const { draw } = builder;
  const lines = [
    `Host: ${draw(3) === 0 ? builder.address() : 'chat.example'}`,
    'Upgrade: websocket',
    draw(8) === 0 ? 'Connection: close' : 'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
  ];
  const more: (() => string)[] = [
    () => `Cookie: theme=${builder.secret()}; sid=${builder.secret()}`,
    () => `Cookie: ${builder.secret()}`,
    () => `Authorization: Bearer ${builder.secret()}`,
    () => `Authorization: Basic ${Buffer.from(`alice:${builder.secret()}`).toString('base64')}`,
    () => `Authorization: ${builder.secret()} ${builder.secret()}`,
    () => `proxy-authorization: Digest username="a", response="${builder.secret()}"`,
    () => `X-Api-Key: ${builder.secret()}`,
    () => `X-CSRF-Token: ${builder.secret()}`,
    () =>
      `Referer: https://user:${builder.secret()}@chat.example/in?code=${builder.secret()}#id_token=${builder.secret()}`,
    () => `Origin: https://chat.example?${builder.secret()}`,
    () => `Sec-WebSocket-Protocol: chat.v2, ${builder.secret(40)}`,
    () => `Sec-WebSocket-Protocol: access_token, ${builder.secret()}`,
    () =>
      `Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.${builder.secret()}, v4.channel.k8s.io`,
    () => `X-Forwarded-For: ${builder.address()}`,
    () => `X-Unknown: see ${builder.secret(40)}`,
    () => `X-Echo: ${builder.known()}`,
    () => `User-Agent: App/1.0 (${builder.known()})`,
  ];
  for (const line of more) if (draw(2) === 0) lines.push(line());
  return `GET ${target} HTTP/${draw(9) === 0 ? '1.0' : '1.1'}\r\n${lines.join('\r\n')}\r\n\r\n`;
}

function acceptance(builder: Builder): string {
  const { draw } = builder;
  const lines = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${draw(4) === 0 ? 'wrong' : ACCEPT}`,
  ];
  if (draw(2) === 0)
    lines.push(`Set-Cookie: sid=${builder.secret()}; Path=/; HttpOnly; note=${builder.secret()}`);
  if (draw(3) === 0) lines.push(`Sec-WebSocket-Protocol: ${builder.secret(40)}`);
  if (draw(3) === 0) lines.push(`Server: gunicorn ${builder.known()}`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`;
}

function refusal(builder: Builder): string {
  const { draw } = builder;
  const [status, line] =
    draw(2) === 0
      ? ['302 Found', `Location: https://login.example/${builder.secret(40)}?next=${builder.secret()}`]
      : ['401 Unauthorized', `Set-Cookie: ${builder.secret()}`];
  return `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n${line}\r\n\r\n`;
}

function reason(builder: Builder): string {
  const reasons = [
    () => '',
    () => 'bye',
    () => `bad token ${builder.known()}`,
    () => `token=${builder.secret()}`,
    () => `see https://x.example/?k=${builder.secret(20)}`,
    () => `session "${builder.secret(40)}"`,
  ];
  return reasons[builder.draw(reasons.length)]!().slice(0, 120);
}

function close(code: number, text: string, masked: boolean): Uint8Array {
  return frame(
    8,
    concat([Uint8Array.of(code >> 8, code & 0xff), Uint8Array.from(Buffer.from(text))]),
    masked,
  );
}

/** With a mask of zeros, so that the payload stands in the capture as it is. */
function frame(opcode: number, payload: string | Uint8Array, masked: boolean): Uint8Array {
  const bytes = typeof payload === 'string' ? Uint8Array.from(Buffer.from(payload)) : payload;
  return concat([
    Uint8Array.of(0x80 | opcode, (masked ? 0x80 : 0) | bytes.length, ...(masked ? [0, 0, 0, 0] : [])),
    bytes,
  ]);
}
