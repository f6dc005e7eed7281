import { ACK, FIN, MSS, PSH, RST, SYN } from './packet-writer.mjs';

/**
 * A lost segment is sent again after this many later ones of its direction; a reordered one comes after one later
 * segment.
 */
const SEGMENTS_BEFORE_RETRANSMISSION = 3;

/**
 * How a conversation's packets travel.
 * @typedef {object} Path
 * @property {number} acknowledged how likely the receiver acknowledges a write's last segment at once;
 *   otherwise its next packet does
 * @property {number} lost share of data segments that are lost before the capture point and come again later
 * @property {number} reordered share of data segments that change places with the next one
 */

/**
 * A TCP connection between two endpoints, as somebody between them sees it. The methods that take time are
 * scripts (see Scheduler): `yield tcp.open()` runs one and waits for its end.
 */
export class TcpConversation {
  #packets;
  #random;
  #path;
  #truth;
  /** True while segments may be lost or reordered: not in handshakes and closes. */
  #unreliable = false;

  /**
   * @param {import('./packet-writer.mjs').PacketWriter} packets
   * @param {import('./random.mjs').Random} random
   * @param {import('./truth.mjs').Truth} truth
   * @param {Path} path
   * @param {{address: number, port: number}} client
   * @param {{address: number, port: number}} server
   */
  constructor(packets, random, truth, path, client, server) {
    this.#packets = packets;
    this.#random = random;
    this.#truth = truth;
    this.#path = path;
    this.client = endpoint(client, random);
    this.server = endpoint(server, random);
    this.client.peer = this.server;
    this.server.peer = this.client;
    /** Payload bytes sent so far, both ways. */
    this.payloadBytes = 0;
  }

  /** The three-way handshake. */
  *open() {
    this.#truth.tcpConnections++;
    const { client, server } = this;
    this.#packet(client, SYN);
    yield this.#random.between(80, 400);
    this.#packet(server, SYN | ACK);
    yield this.#random.between(40, 200);
    this.#packet(client, ACK);
    yield this.#random.between(20, 200);
  }

  /** From here on segments may be lost and reordered, if the path has such segments. */
  becomeUnreliable() {
    this.#unreliable = this.#path.lost + this.#path.reordered > 0;
  }

  /**
   * Sends `bytes[start..end)` in segments of at most MSS bytes; the receiver acknowledges every second one.
   * `bytes` must not change before the script ends.
   * @param {object} sender `client` or `server` of this conversation
   * @param {Buffer} bytes
   */
  *send(sender, bytes, start = 0, end = bytes.length) {
    const receiver = sender.peer;
    let unacknowledged = 0;
    for (let at = start; at < end; at += MSS) {
      const length = Math.min(MSS, end - at);
      const isLast = at + length === end;
      this.#dataSegment(sender, isLast ? PSH | ACK : ACK, bytes, at, length);
      if (sender.held?.isDue()) yield this.settle(sender);
      if (++unacknowledged === 2 || sender.held?.lost) {
        yield this.#random.between(3, 15);
        this.acknowledge(receiver);
        unacknowledged = 0;
      }
      if (!isLast) yield this.#random.between(3, 15);
    }
    if (unacknowledged > 0 && this.#random.chance(this.#path.acknowledged)) {
      yield this.#random.between(30, 120);
      this.acknowledge(receiver);
    }
  }

  /** A packet that only acknowledges, unless everything that arrived is acknowledged already. */
  acknowledge(receiver) {
    const held = receiver.peer.held;
    if (receiver.acknowledged !== arrived(receiver.peer) || (held?.lost && held.later > 0)) {
      this.#packet(receiver, ACK);
    }
  }

  /** Delivers a segment of this sender that is still missing. */
  *settle(sender) {
    const { held } = sender;
    if (held === null) return;
    if (held.lost) yield this.#random.between(400, 1500);
    sender.held = null;
    if (held.later > 0) this.#truth[held.lost ? 'lostSegments' : 'reorderedSegments']++;
    this.#packets.write(
      sender,
      held.flags,
      held.sequence,
      this.#acknowledgment(sender),
      held.payload,
      0,
      held.payload.length,
    );
    yield this.#random.between(3, 15);
    this.acknowledge(sender.peer);
    yield 5;
  }

  /** Both sides close with FIN, `first` first. */
  *close(first) {
    const second = first.peer;
    yield this.settle(first);
    yield this.settle(second);
    this.#unreliable = false;
    this.#packet(first, FIN | ACK);
    yield this.#random.between(50, 300);
    if (this.#random.chance(0.5)) {
      this.#packet(second, ACK);
      yield this.#random.between(50, 300);
    }
    this.#packet(second, FIN | ACK);
    yield this.#random.between(50, 300);
    this.#packet(first, ACK);
  }

  /** One side aborts the connection. */
  *reset(side) {
    yield this.settle(this.client);
    yield this.settle(this.server);
    this.#packet(side, RST | ACK);
  }

  #dataSegment(sender, flags, bytes, start, length) {
    const sequence = sender.next;
    sender.next = (sequence + length) >>> 0;
    this.payloadBytes += length;
    if (sender.held !== null) {
      sender.held.later++;
    } else if (this.#unreliable) {
      const fate = this.#random.unit();
      if (fate < this.#path.lost + this.#path.reordered) {
        const payload = Buffer.from(bytes.subarray(start, start + length));
        sender.held = new HeldSegment(flags, sequence, payload, fate < this.#path.lost);
        return;
      }
    }
    this.#packets.write(sender, flags, sequence, this.#acknowledgment(sender), bytes, start, length);
  }

  /** A packet without payload; SYN and FIN take a sequence number. */
  #packet(sender, flags) {
    const sequence = sender.next;
    if ((flags & (SYN | FIN)) !== 0) sender.next = (sequence + 1) >>> 0;
    this.#packets.write(sender, flags, sequence, (flags & ACK) !== 0 ? this.#acknowledgment(sender) : 0);
  }

  #acknowledgment(sender) {
    sender.acknowledged = arrived(sender.peer);
    return sender.acknowledged;
  }
}

/** A segment that is delayed while later ones overtake it. */
class HeldSegment {
  later = 0;

  constructor(flags, sequence, payload, lost) {
    this.flags = flags;
    this.sequence = sequence;
    this.payload = payload;
    this.lost = lost;
  }

  isDue() {
    return this.later >= (this.lost ? SEGMENTS_BEFORE_RETRANSMISSION : 1);
  }
}

/** The sequence number up to which everything of `sender` has reached its peer. */
function arrived(sender) {
  return sender.held === null ? sender.next : sender.held.sequence;
}

function endpoint({ address, port }, random) {
  return {
    address,
    port,
    peer: null,
    // Sometimes the sequence numbers wrap around to 0 in the middle of a connection.
    next: random.chance(0.02) ? 2 ** 32 - random.between(1, 20_000) : random.uint32(),
    acknowledged: 0,
    clockBase: random.uint32(),
    lastClock: 0,
    identification: random.below(0x10000),
    held: null,
  };
}
