/**
 * What `tshark -z follow,tcp,…` and Wireshark's "Follow stream" print: the bytes of both directions in order, without times, flags
 * or packets. Each run of bytes of one side becomes a packet. How the connection was opened and how it ended is not in it.
 */
import { makePacket, type MadePacket } from './packet-bytes.ts';
import { parsePlainHexLine } from './plain-hex-line.ts';
import type { PrintedAddresses } from './printed-addresses.ts';
import { ACK, PSH } from './tcp-flags.ts';

/**
 * A run of bytes is handed on as packets of so many bytes.
 * @bound bytes of a followed stream in one packet: {bytes}
 */
const MAX_RUN = 32 * 1024;
const BEGIN = /^Follow: (?:tcp|tls|ssl|http|websocket),(hex|raw)\b/;
const NODE = /^Node ([01]): \[?([\w.:%-]{1,255}?)\]?:([\w-]{1,64})$/;
const END = /^={10,}$/;
const RAW = /^(?:[0-9a-f]{2})+$/i;

interface Node {
  address: readonly number[];
  port: number;
  /** Bytes so far; what an offset of the hex form counts. */
  length: number;
}

export class FollowedStream {
  readonly #addresses: PrintedAddresses;
  readonly #onPacket: (packet: MadePacket) => void;
  readonly #nodes: [Node, Node];
  #mode: 'hex' | 'raw' | null = null;
  #sender: 0 | 1 = 0;
  #run: number[] = [];

  constructor(addresses: PrintedAddresses, onPacket: (packet: MadePacket) => void) {
    this.#addresses = addresses;
    this.#onPacket = onPacket;
    this.#nodes = newNodes();
  }

  /** A followed stream has begun, and not ended. */
  get isInside(): boolean {
    return this.#mode !== null;
  }

  /** @returns whether the line belongs to a followed stream. `isIndented`: white space stands in front of it, as of the second side's lines. */
  line(line: string, isIndented: boolean): boolean {
    const begin = BEGIN.exec(line)?.[1];
    if (begin !== undefined) {
      this.end();
      this.#mode = begin === 'hex' ? 'hex' : 'raw';
      Object.assign(this.#nodes, newNodes());
      return true;
    }
    if (this.#mode === null) return false;
    const node = NODE.exec(line);
    if (node !== null) {
      const address = this.#addresses.address(node[2]!);
      const port = this.#addresses.port(node[3]!);
      if (address !== null && port !== null)
        Object.assign(this.#nodes[node[1] === '0' ? 0 : 1], { address, port });
      return true;
    }
    if (END.test(line)) {
      this.end();
      return true;
    }
    if (line.startsWith('Filter: ')) return true;
    return this.#mode === 'hex' ? this.#hexLine(line, isIndented) : this.#rawLine(line, isIndented);
  }

  /** A dump begins that is none of a packet, but of a stream: Wireshark saves it without a heading. */
  beginHex(): void {
    this.end();
    this.#mode = 'hex';
    Object.assign(this.#nodes, newNodes());
  }

  end(): void {
    this.#flush();
    this.#mode = null;
  }

  #hexLine(line: string, isIndented: boolean): boolean {
    const found = parsePlainHexLine(line);
    if (found === undefined) return false;
    const offset = parseInt(found.offset, 16);
    const fitting = ([0, 1] as const).filter((index) => this.#nodes[index].length === offset);
    // Each side counts for itself. Where both stand at the same offset, the indentation tells them apart.
    const [only] = fitting;
    if (only === undefined) return true;
    this.#add(fitting.length === 1 ? only : isIndented ? 1 : 0, found.bytes);
    return true;
  }

  #rawLine(line: string, isIndented: boolean): boolean {
    if (!RAW.test(line)) return false;
    const bytes: number[] = [];
    for (let at = 0; at < line.length; at += 2) bytes.push(parseInt(line.slice(at, at + 2), 16));
    this.#add(isIndented ? 1 : 0, bytes);
    return true;
  }

  #add(sender: 0 | 1, bytes: readonly number[]): void {
    if (sender !== this.#sender || this.#run.length + bytes.length > MAX_RUN) this.#flush();
    this.#sender = sender;
    for (const byte of bytes) this.#run.push(byte);
    this.#nodes[sender].length += bytes.length;
    if (this.#run.length > MAX_RUN) this.#flush();
  }

  #flush(): void {
    const run = Uint8Array.from(this.#run);
    this.#run = [];
    const from = this.#nodes[this.#sender];
    const to = this.#nodes[this.#sender === 0 ? 1 : 0];
    const start = from.length - run.length;
    for (let at = 0; at < run.length; at += MAX_RUN) {
      const payload = run.subarray(at, at + MAX_RUN);
      const header = {
        source: from.address,
        destination: to.address,
        sourcePort: from.port,
        destinationPort: to.port,
        sequence: (start + at + 1) >>> 0,
        acknowledgement: (to.length + 1) >>> 0,
        flags: ACK | PSH,
        window: 0xffff,
        hopLimit: 64,
        identification: 0,
        checksum: 0,
      };
      this.#onPacket(makePacket(header, payload, payload.length));
    }
  }
}

/** Addresses of the block for documentation (RFC 5737), where the text names none. */
function newNodes(): [Node, Node] {
  return [
    { address: [192, 0, 2, 1], port: 1, length: 0 },
    { address: [192, 0, 2, 2], port: 2, length: 0 },
  ];
}
