/** Collects what is known of one TLS connection while it is read, by direction, and gives it as {@link TlsFacts}. */
import { otherOf, type Direction } from '../basics/direction.ts';
import { alertName, CLOSE_NOTIFY } from './alerts.ts';
import { cipherNames, type ClientHello } from './client-hello.ts';
import type {
  CertificateFacts,
  ClientHelloFacts,
  HandshakeMessage,
  TlsAlert,
  TlsFacts,
  TlsMark,
  TlsRole,
  TlsVersion,
  Undecrypted,
} from './facts.ts';
import { RecordWatch } from './record-look.ts';

/**
 * The first ones. A side sends one or two.
 * @bound alerts kept of a TLS connection: {count}
 */
const MAX_ALERTS = 16;
/**
 * The first ones.
 * @bound places kept of a TLS connection at which bytes could not be decrypted: {count}
 */
const MAX_UNDECRYPTED = 16;

const FATAL = 2;

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };
interface LoggedAlert extends Omit<TlsAlert, 'from'> {
  readonly direction: Direction;
}
interface LoggedMessage extends Omit<HandshakeMessage, 'from'> {
  readonly direction: Direction;
}
interface LoggedUndecrypted extends Omit<Mutable<Undecrypted>, 'from'> {
  readonly direction: Direction;
}

export class FactsLog {
  /** Who sent the ClientHello, or answers whoever sent the ServerHello; null before one. */
  client: Direction | null = null;
  hello: ClientHelloFacts | null = null;
  version: TlsVersion | null = null;
  cipher: string | null = null;
  alpn: string | null = null;
  isResumed: boolean | null = null;
  isRetried = false;
  asksClientCertificate: boolean | null = null;
  /** @see TlsFacts.hiddenAlert */
  refusal: TlsMark | null = null;
  keys: TlsFacts['keys'] = 'missing';
  unsupported: string | null = null;
  serverHello: TlsMark | null = null;
  completed: TlsMark | null = null;
  certificate: CertificateFacts | null = null;
  #lastMessage: LoggedMessage | null = null;
  readonly #alerts: LoggedAlert[] = [];
  readonly #undecrypted: LoggedUndecrypted[] = [];
  readonly #closeNotify: [TlsMark | null, TlsMark | null] = [null, null];
  readonly #encryptedAlert: [TlsMark | null, TlsMark | null] = [null, null];
  readonly watch: RecordWatch = new RecordWatch();

  roleOf(direction: Direction): TlsRole {
    return direction === (this.client ?? 0) ? 'client' : 'server';
  }

  clientHello(direction: Direction, hello: ClientHello, mark: TlsMark): void {
    this.client = direction;
    if (this.hello !== null) return;
    const { serverName, alpn, versions, ciphers, offersEarlyData, offersResumption } = hello;
    this.hello = {
      mark,
      serverName,
      alpn,
      versions,
      ciphers: cipherNames(ciphers),
      offersEarlyData,
      offersResumption,
    };
  }

  message(direction: Direction, name: string, mark: TlsMark): void {
    this.#lastMessage = { direction, name, mark };
  }

  /** A record of the handshake that can't be read. */
  hiddenMessage(direction: Direction, encryptedLength: number, mark: TlsMark): void {
    this.#lastMessage = { direction, name: 'encrypted record', mark, encryptedLength };
  }

  /** An alert that can't be read. */
  hiddenAlert(direction: Direction, mark: TlsMark): void {
    this.#encryptedAlert[direction] ??= mark;
  }

  alert(direction: Direction, level: number, code: number, isDecrypted: boolean, mark: TlsMark): LoggedAlert {
    const alert: LoggedAlert = {
      direction,
      level: level === FATAL ? 'fatal' : 'warning',
      description: alertName(code),
      code,
      mark,
      isDecrypted,
    };
    if (this.#alerts.length < MAX_ALERTS) this.#alerts.push(alert);
    if (code === CLOSE_NOTIFY) this.#closeNotify[direction] ??= mark;
    return alert;
  }

  /** From here on bytes of a direction are not decrypted. */
  undecrypted(direction: Direction, reason: Undecrypted['reason'], mark: TlsMark): void {
    const isKnown = this.#undecrypted.some((each) => each.direction === direction && !each.isResumed);
    if (isKnown || this.#undecrypted.length >= MAX_UNDECRYPTED) return;
    this.#undecrypted.push({ direction, reason, mark, isResumed: false });
  }

  /** Bytes of this direction are decrypted again. */
  resumed(direction: Direction): void {
    for (const each of this.#undecrypted) if (each.direction === direction) each.isResumed = true;
  }

  closeNotifyOf(direction: Direction): TlsMark | null {
    return this.#closeNotify[direction];
  }

  /** @param client the direction of the client's bytes, as the rest of the record has it */
  facts(client: Direction): TlsFacts {
    const roleOf = (direction: Direction): TlsRole => (direction === client ? 'client' : 'server');
    const last = this.#lastMessage;
    return {
      hello: this.hello,
      version: this.version,
      cipher: this.cipher,
      alpn: this.alpn,
      isResumed: this.isResumed,
      isRetried: this.isRetried,
      asksClientCertificate: this.asksClientCertificate,
      keys: this.keys,
      unsupported: this.keys === 'unsupported' ? this.unsupported : null,
      undecrypted: this.#undecrypted.map(({ direction, reason, mark, isResumed }) => ({
        from: roleOf(direction),
        reason,
        mark,
        isResumed,
      })),
      serverHello: this.serverHello,
      completed: this.completed,
      lastMessage: last === null ? null : messageOf(last, roleOf(last.direction)),
      certificate: this.certificate,
      alerts: this.#alerts.map(({ direction, level, description, code, mark, isDecrypted }) => ({
        from: roleOf(direction),
        level,
        description,
        code,
        mark,
        isDecrypted,
      })),
      hiddenAlert: this.completed === null ? this.refusal : null,
      closeNotify: {
        client: this.#closeNotify[client],
        server: this.#closeNotify[otherOf(client)],
      },
      encryptedAlert: {
        client: this.#encryptedAlert[client],
        server: this.#encryptedAlert[otherOf(client)],
      },
      look: this.watch.facts(),
    };
  }
}

function messageOf({ name, mark, encryptedLength }: LoggedMessage, from: TlsRole): HandshakeMessage {
  return { from, name, mark, ...(encryptedLength === undefined ? {} : { encryptedLength }) };
}
