import { encodeFrames } from './websocket-frames.mjs';

/**
 * What WebSocket connections of a kind are like.
 * @typedef {object} WebSocketTraffic
 * @property {[number, number]} payload smallest and largest usual payload of a message, in bytes
 * @property {number} large share of messages of 16 to 64 KiB
 * @property {number} burst how likely another message follows in the same write
 * @property {number} fragmented share of messages sent as several frames
 * @property {number} ping share of turns in which the server sends a Ping, and the client a Pong
 * @property {[number, number]} pause microseconds between two writes
 * @property {number} [messages] exactly so many messages a connection, instead of the budget of bytes
 * @property {boolean} [deflate] permessage-deflate with context takeover
 * @property {number} handshakeCloses share of connections that the server ends right after its 101
 * @property {number} abnormalCloses share of connections that end without Close frames
 */

const LARGE = [16 * 1024, 64 * 1024 + 200];

/**
 * A connection that isn't meant as a handshake-close lives at least this many microseconds after its 101: an analyzer
 * may suspect a server that closes within 100 ms, whatever was sent before.
 */
const SHORTEST_LIFE = 400_000;

const CLOSE_CODES = [1000, 1000, 1000, 1001];

/**
 * The script of a WebSocket connection, from SYN to the last ACK.
 * @param {import('./capture.mjs').Capture} capture what all conversations share
 * @param {import('./tcp-conversation.mjs').TcpConversation} tcp
 * @param {WebSocketTraffic} traffic
 * @param {number} budget about how many payload bytes it carries
 */
export function* webSocketConversation(capture, tcp, traffic, budget) {
  const { random, truth, scheduler } = capture;
  yield tcp.open();
  yield openingHandshake(capture, tcp);
  if (random.chance(traffic.handshakeCloses)) {
    truth.handshakeCloses++;
    yield 600;
    yield tcp.close(tcp.server);
    return;
  }

  tcp.becomeUnreliable();
  const upgradedAt = scheduler.now;
  const talk = new Talk(capture, tcp, traffic);
  yield talk.untilSpent(budget);
  yield Math.max(0, upgradedAt + SHORTEST_LIFE - scheduler.now);

  if (talk.bothSpoke && random.chance(traffic.abnormalCloses)) {
    truth.abnormalCloses++;
    if (random.chance(0.5)) yield tcp.reset(random.chance(0.5) ? tcp.client : tcp.server);
    else yield tcp.close(random.chance(0.5) ? tcp.client : tcp.server);
  } else {
    truth.cleanCloses++;
    yield talk.closingHandshake();
    yield tcp.close(tcp.server);
  }
}

function* openingHandshake({ random, truth, handshakes }, tcp) {
  const { request, response } = random.pick(handshakes);
  yield tcp.send(tcp.client, request);
  yield random.between(300, 3000);
  yield tcp.send(tcp.server, response);
  tcp.acknowledge(tcp.client);
  truth.webSocketConnections++;
}

/** What both sides send between the opening and the closing handshake. */
class Talk {
  #random;
  #truth;
  #capture;
  #tcp;
  #traffic;
  #sent = 0;
  #clientSpoke = false;
  #serverSpoke = false;
  /** With permessage-deflate: the messages that each side has ready, and how many of them it has sent. */
  #clientStream;
  #serverStream;

  constructor(capture, tcp, traffic) {
    this.#capture = capture;
    this.#random = capture.random;
    this.#truth = capture.truth;
    this.#tcp = tcp;
    this.#traffic = traffic;
    if (traffic.deflate) {
      this.#clientStream = { messages: capture.random.pick(capture.deflateStreams), next: 0 };
      this.#serverStream = { messages: capture.random.pick(capture.deflateStreams), next: 0 };
    }
  }

  get bothSpoke() {
    return this.#clientSpoke && this.#serverSpoke;
  }

  /** Messages and heartbeats until the budget of bytes (or the number of messages) is used up. */
  *untilSpent(budget) {
    const { pause, ping, messages = Infinity } = this.#traffic;
    const end = messages === Infinity ? this.#tcp.payloadBytes + budget : Infinity;
    while (
      this.#tcp.payloadBytes < end &&
      this.#sent < messages &&
      this.#hasMessage(true) &&
      this.#hasMessage(false) &&
      !this.#capture.isEnding
    ) {
      yield this.#random.between(...pause);
      if (this.#random.chance(ping)) yield this.#heartbeat();
      else yield this.#write(this.#random.chance(0.4));
    }
  }

  /** The Close frame of one side, and the other's answer. */
  *closingHandshake() {
    const { client, server } = this.#tcp;
    const [first, second] = this.#random.chance(0.6) ? [client, server] : [server, client];
    const payload = Buffer.from([0, 0, ...Buffer.from(this.#random.chance(0.3) ? 'bye' : '')]);
    payload.writeUInt16BE(this.#random.pick(CLOSE_CODES));
    yield this.#tcp.settle(client);
    yield this.#tcp.settle(server);
    yield this.#control(first, 'close', payload);
    yield this.#random.between(200, 2000);
    yield this.#control(second, 'close', payload.subarray(0, 2));
    yield this.#random.between(50, 300);
  }

  *#heartbeat() {
    const payload = Buffer.from(String(this.#random.below(1e6)));
    yield this.#control(this.#tcp.server, 'ping', payload);
    yield this.#tcp.settle(this.#tcp.server);
    yield this.#random.between(200, 2000);
    yield this.#control(this.#tcp.client, 'pong', payload);
  }

  *#control(sender, opcode, payload) {
    yield this.#send(sender, [{ opcode, source: payload, start: 0, length: payload.length }]);
  }

  /** One write of an application: mostly a message, sometimes several. */
  *#write(fromClient) {
    const sender = fromClient ? this.#tcp.client : this.#tcp.server;
    if (this.#random.chance(this.#traffic.fragmented)) {
      yield this.#fragmentedMessage(sender);
      return;
    }
    const frames = [];
    do {
      frames.push(this.#message(fromClient));
      this.#sent++;
    } while (this.#random.chance(this.#traffic.burst) && this.#hasMessage(fromClient));
    if (fromClient) this.#clientSpoke = true;
    else this.#serverSpoke = true;
    yield this.#send(sender, frames);
  }

  /** False if a side has sent all compressed messages that there are. */
  #hasMessage(fromClient) {
    const stream = fromClient ? this.#clientStream : this.#serverStream;
    return stream === undefined || stream.next < stream.messages.length;
  }

  #message(fromClient) {
    const stream = fromClient ? this.#clientStream : this.#serverStream;
    if (stream !== undefined) {
      const source = stream.messages[stream.next++];
      return { opcode: 'text', source, start: 0, length: source.length, isCompressed: true };
    }
    const opcode = this.#random.chance(0.7) ? 'text' : 'binary';
    return {
      opcode,
      source: this.#capture.payloads[opcode],
      start: this.#capture.payloads.anywhere(),
      length: this.#length(),
    };
  }

  #length() {
    return this.#random.between(
      ...(this.#random.chance(this.#traffic.large) ? LARGE : this.#traffic.payload),
    );
  }

  /** A text message of three frames, each in a write of its own. */
  *#fragmentedMessage(sender) {
    const source = this.#capture.payloads.text;
    const length = this.#random.between(...this.#traffic.payload);
    let start = this.#capture.payloads.anywhere();
    for (let i = 0; i < 3; i++) {
      const opcode = i === 0 ? 'text' : 'continuation';
      yield this.#send(sender, [{ opcode, source, start, length, isFinal: i === 2 }]);
      yield this.#random.between(50, 500);
      start += length;
    }
    this.#sent++;
  }

  *#send(sender, frames) {
    for (const { opcode } of frames) this.#truth.frames[opcode]++;
    yield this.#tcp.send(sender, encodeFrames(frames, sender === this.#tcp.client ? this.#random : null));
  }
}
