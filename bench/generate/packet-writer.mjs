/** TCP flags, as in the header's byte 13. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** The largest payload of a segment: 1500 bytes less 20 of IPv4, 20 of TCP and 12 of the timestamps option. */
export const MSS = 1448;

const ETHERNET = 14;
const IPV4 = 20;
const TCP = 20;
const TIMESTAMPS = 12;
const SYN_OPTIONS = 20;
const WINDOW = 0xffff;
const PROTOCOL_TCP = 6;
const EMPTY = Buffer.alloc(0);

/**
 * One end of a TCP connection: what its packets carry.
 * @typedef {object} Endpoint
 * @property {number} address IPv4 address as an unsigned 32-bit integer
 * @property {number} port
 * @property {Endpoint} peer
 * @property {number} next sequence number of the next byte to send
 * @property {number} clockBase value of its timestamps option when the capture begins
 * @property {number} lastClock the latest timestamp it sent, which the peer echoes
 * @property {number} identification of its next IPv4 packet
 */

/** Writes Ethernet, IPv4 and TCP headers with right lengths and checksums around a payload. */
export class PacketWriter {
  #pcap;
  #scheduler;

  /**
   * @param {import('./pcap-writer.mjs').PcapWriter} pcap
   * @param {import('./scheduler.mjs').Scheduler} scheduler tells the time of each packet
   */
  constructor(pcap, scheduler) {
    this.#pcap = pcap;
    this.#scheduler = scheduler;
  }

  /**
   * @param {Endpoint} sender
   * @param {number} flags
   * @param {number} sequence
   * @param {number} acknowledgment 0 where the ACK flag isn't set
   * @param {Buffer} payload
   * @param {number} start first byte of `payload` to send
   * @param {number} length how many
   */
  write(sender, flags, sequence, acknowledgment, payload = EMPTY, start = 0, length = 0) {
    const { chunk } = this.#pcap;
    const now = this.#scheduler.now;
    const ethernet = this.#pcap.begin();
    const ip = ethernet + ETHERNET;
    const tcp = ip + IPV4;
    const data = tcp + TCP + ((flags & SYN) !== 0 ? SYN_OPTIONS : TIMESTAMPS);
    const end = data + length;

    writeEthernet(chunk, ethernet, sender);
    writeIpv4(chunk, ip, sender, end - ip);
    write16(chunk, tcp, sender.port);
    write16(chunk, tcp + 2, sender.peer.port);
    write32(chunk, tcp + 4, sequence);
    write32(chunk, tcp + 8, acknowledgment);
    chunk[tcp + 12] = ((data - tcp) >> 2) << 4;
    chunk[tcp + 13] = flags;
    write16(chunk, tcp + 14, WINDOW);
    write16(chunk, tcp + 16, 0);
    write16(chunk, tcp + 18, 0);
    writeOptions(chunk, tcp + TCP, sender, flags, now);
    if (length > 0) payload.copy(chunk, data, start, start + length);
    write16(chunk, tcp + 16, checksum(chunk, tcp, end, pseudoHeaderSum(sender, end - tcp)));

    this.#pcap.end(now, end - ethernet);
  }
}

/** MAC addresses are made from the IPv4 addresses: 02:00 and the four bytes. */
function writeEthernet(chunk, at, sender) {
  write16(chunk, at, 0x0200);
  write32(chunk, at + 2, sender.peer.address);
  write16(chunk, at + 6, 0x0200);
  write32(chunk, at + 8, sender.address);
  write16(chunk, at + 12, 0x0800);
}

function writeIpv4(chunk, at, sender, length) {
  sender.identification = (sender.identification + 1) & 0xffff;
  write16(chunk, at, 0x4500);
  write16(chunk, at + 2, length);
  write16(chunk, at + 4, sender.identification);
  write16(chunk, at + 6, 0x4000); // don't fragment
  chunk[at + 8] = 64;
  chunk[at + 9] = PROTOCOL_TCP;
  write16(chunk, at + 10, 0);
  write32(chunk, at + 12, sender.address);
  write32(chunk, at + 16, sender.peer.address);
  write16(chunk, at + 10, checksum(chunk, at, at + IPV4, 0));
}

/** A SYN offers MSS 1460, SACK, timestamps and window scale 7; every other segment carries timestamps. */
function writeOptions(chunk, at, sender, flags, now) {
  sender.lastClock = (sender.clockBase + Math.floor(now / 1000)) >>> 0;
  const echo = (flags & ACK) !== 0 ? sender.peer.lastClock : 0;
  let timestamps = at + 2;
  if ((flags & SYN) !== 0) {
    write32(chunk, at, 0x020405b4);
    write16(chunk, at + 4, 0x0402);
    timestamps = at + 6;
    write32(chunk, at + 16, 0x01030307);
  } else {
    write16(chunk, at, 0x0101);
  }
  write16(chunk, timestamps, 0x080a);
  write32(chunk, timestamps + 2, sender.lastClock);
  write32(chunk, timestamps + 6, echo);
}

function pseudoHeaderSum(sender, length) {
  const source = sender.address;
  const destination = sender.peer.address;
  return (
    (source >>> 16) +
    (source & 0xffff) +
    (destination >>> 16) +
    (destination & 0xffff) +
    PROTOCOL_TCP +
    length
  );
}

/** The internet checksum (RFC 1071) of `chunk[start..end)`, with the sum of a pseudo-header to begin from. */
function checksum(chunk, start, end, initial) {
  let sum = initial;
  let at = start;
  for (const last = end - 1; at < last; at += 2) sum += (chunk[at] << 8) | chunk[at + 1];
  if (at < end) sum += chunk[at] << 8;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function write16(chunk, at, value) {
  chunk[at] = value >>> 8;
  chunk[at + 1] = value;
}

function write32(chunk, at, value) {
  chunk[at] = value >>> 24;
  chunk[at + 1] = value >>> 16;
  chunk[at + 2] = value >>> 8;
  chunk[at + 3] = value;
}
