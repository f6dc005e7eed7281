/**
 * MQTT 3.1, 3.1.1 and 5 over WebSocket (MQTT 5 §2.1, §3.1, §3.14; §6: packets may span frames, or share one). A packet is a type, a length
 * of one to four bytes, and so many bytes; of most packets only the type matters.
 */
import {
  momentOf,
  SENDERS,
  type ApplicationEnd,
  type ApplicationFacts,
  type ApplicationMessage,
  type Moment,
  type ProtocolReader,
  type Sender,
} from './application-protocol.ts';
import { HeartbeatCount } from './heartbeat-count.ts';

/** Packets that begin behind this many bytes of a message are not seen: then no more is told of that side. */
const KEEP = 16 * 1024;
/** Of a packet's body so many bytes are looked at. */
const BODY = 16;
const LONGEST_LENGTH = 4;

const CONNECT = 1;
const PINGREQ = 12;
const PINGRESP = 13;
const DISCONNECT = 14;

/** Of a CONNECT, whose flags are all 0 (§3.1.1). */
export const MQTT_FIRST_BYTE: number = CONNECT << 4;

const NAMES = ['\0\x04MQTT', '\0\x06MQIsdp'];
const VERSIONS: Readonly<Record<number, string>> = { 3: '3.1', 4: '3.1.1', 5: '5' };
/** Reason codes of a DISCONNECT (MQTT 5 §3.14.2.1). */
const REASONS: Readonly<Record<number, string>> = {
  0x00: 'normal disconnection',
  0x04: 'disconnect with will message',
  0x80: 'unspecified error',
  0x81: 'malformed packet',
  0x82: 'protocol error',
  0x87: 'not authorized',
  0x89: 'server busy',
  0x8b: 'server shutting down',
  0x8d: 'keep alive timeout',
  0x8e: 'session taken over',
  0x93: 'receive maximum exceeded',
  0x95: 'packet too large',
  0x97: 'quota exceeded',
  0x98: 'administrative action',
};
const FIRST_FAULT = 0x80;

/** One direction: packets out of messages. */
class PacketReader {
  #header: number[] = [];
  #body: number[] = [];
  /** Bytes of the body that are still to come; null while the header is not whole. */
  #remaining: number | null = null;
  /** A length has too many bytes: this is not MQTT, or not where a packet begins. */
  #hasBadLength = false;
  /** Where packets begin is not known any more. */
  isLost = false;

  push(
    { bytes, length }: ApplicationMessage,
    onPacket: (type: number, body: readonly number[]) => void,
  ): void {
    if (bytes === null || length === null) this.isLost = true;
    if (this.isLost || bytes === null || length === null) return;
    let at = 0;
    while (at < bytes.length && !this.#hasBadLength) {
      if (this.#remaining === null) {
        this.#headerByte(bytes[at++]!);
      } else {
        const taken = Math.min(this.#remaining, bytes.length - at);
        for (let i = 0; i < taken && this.#body.length < BODY; i++) this.#body.push(bytes[at + i]!);
        this.#remaining -= taken;
        at += taken;
      }
      if (this.#remaining === 0) this.#finish(onPacket);
    }
    if (this.#hasBadLength) this.isLost = true;
    else this.#skip(length - bytes.length, onPacket);
  }

  /** Bytes of the message that were not kept: the current packet must have had them all. */
  #skip(count: number, onPacket: (type: number, body: readonly number[]) => void): void {
    if (count <= 0) return;
    if (this.#remaining === null || this.#remaining < count) {
      this.isLost = true;
      return;
    }
    this.#remaining -= count;
    if (this.#remaining === 0) this.#finish(onPacket);
  }

  #headerByte(byte: number): void {
    this.#header.push(byte);
    if (this.#header.length === 1) return;
    if (byte >= 0x80) {
      this.#hasBadLength = this.#header.length > LONGEST_LENGTH;
      return;
    }
    this.#remaining = this.#header
      .slice(1)
      .reduce((sum, digit, index) => sum + (digit & 0x7f) * 128 ** index, 0);
  }

  #finish(onPacket: (type: number, body: readonly number[]) => void): void {
    const [type, body] = [this.#header[0]! >> 4, this.#body];
    this.#header = [];
    this.#body = [];
    this.#remaining = null;
    onPacket(type, body);
  }
}

export class MqttReader implements ProtocolReader {
  readonly keep: number = KEEP;
  readonly #packets: Readonly<Record<Sender, PacketReader>> = {
    client: new PacketReader(),
    server: new PacketReader(),
  };
  readonly #beats = new HeartbeatCount();
  #version: string | null = null;
  #keepAliveMs: number | null = null;
  #lastSign: Moment | null = null;
  #end: ApplicationEnd | null = null;

  message(from: Sender, message: ApplicationMessage): void {
    if (from === 'client') this.#lastSign = momentOf(message);
    this.#packets[from].push(message, (type, body) => {
      this.#packet(from, type, body, message);
    });
  }

  facts(): ApplicationFacts {
    const { sent, answered, unanswered } = this.#beats;
    const isLost = this.#packets.client.isLost || this.#packets.server.isLost;
    const keepAliveMs = this.#keepAliveMs;
    return {
      protocol: 'mqtt',
      version: this.#version,
      heartbeat:
        keepAliveMs === null || keepAliveMs === 0
          ? null
          : {
              from: 'client',
              intervalMs: keepAliveMs,
              // The server waits for one and a half times the keep-alive (§3.1.2.10).
              timeoutMs: keepAliveMs / 2,
              isStated: true,
              sent,
              answered,
              unanswered: isLost ? null : unanswered,
              lastSign: this.#lastSign,
            },
      end: isLost ? null : this.#end,
      unread: SENDERS.filter((each) => this.#packets[each].isLost),
    };
  }

  #packet(from: Sender, type: number, body: readonly number[], at: Moment): void {
    if (this.#end?.from === from) this.#end = null;
    if (type === CONNECT && from === 'client') this.#connect(body);
    else if (type === PINGREQ && from === 'client') this.#beats.beat(at);
    else if (type === PINGRESP && from === 'server') this.#beats.answer();
    else if (type === DISCONNECT) this.#disconnect(from, body[0] ?? 0, at);
  }

  /** Protocol name, level, flags, keep-alive in seconds (§3.1.2). */
  #connect(body: readonly number[]): void {
    const name = 2 + ((body[0] ?? 0) << 8) + (body[1] ?? 0);
    const [level, , high, low] = body.slice(name);
    if (level === undefined || high === undefined || low === undefined) return;
    this.#version = VERSIONS[level & 0x7f] ?? null;
    this.#keepAliveMs = ((high << 8) | low) * 1000;
  }

  #disconnect(from: Sender, reason: number, at: Moment): void {
    const words = REASONS[reason] ?? 'unknown reason';
    const isFault = reason >= FIRST_FAULT;
    const code = `0x${reason.toString(16).padStart(2, '0')}`;
    const text = isFault || reason > 0 ? `MQTT DISCONNECT (${code}, ${words})` : 'MQTT DISCONNECT';
    this.#end = { from, kind: isFault ? 'fault' : 'goodbye', text, ...momentOf(at) };
  }
}

/** What these bytes say, if they are a whole DISCONNECT that names no fault, without properties; null where they aren't. */
export function mqttGoodbye(bytes: readonly number[]): string | null {
  const [type, length, reason = 0, properties = 0] = bytes;
  const isWhole = type === DISCONNECT << 4 && length === bytes.length - 2;
  const isInOrder = reason < FIRST_FAULT && REASONS[reason] !== undefined;
  return isWhole && length <= 2 && isInOrder && properties === 0 ? 'MQTT DISCONNECT' : null;
}

/**
 * Whether the first bytes of a client are a CONNECT: its type, a length, and the name of the protocol (§3.1.1, §3.1.2.1). "open"
 * where they are too few to tell.
 */
export function beginsMqtt(bytes: readonly number[]): 'yes' | 'no' | 'open' {
  if (bytes.length === 0) return 'open';
  if (bytes[0] !== MQTT_FIRST_BYTE) return 'no';
  let at = 1;
  while (at < LONGEST_LENGTH && (bytes[at] ?? 0) >= 0x80) at++;
  const rest = String.fromCharCode(...bytes.slice(at + 1));
  if (NAMES.some((name) => rest.startsWith(name))) return 'yes';
  return NAMES.some((name) => name.startsWith(rest)) ? 'open' : 'no';
}
