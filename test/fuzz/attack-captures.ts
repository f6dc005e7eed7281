/** Captures made to hurt: each of them once cost, or could cost, far more than its size. `n` scales them. */
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { KEY, lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { concat, pcapFile, PcapngBuilder } from '../helpers/pcap-builder.ts';
import { CaptureWriter, type SegmentOptions } from './capture-writer.ts';
import { Random } from './random.ts';

/** An open WebSocket. */
function webSocket(): CaptureWriter {
  return new CaptureWriter().open().send(0, 'PA', upgradeRequest()).send(1, 'PA', switchingProtocols());
}

const ONE_BYTE = Uint8Array.of(0x82);

/** Every second byte of a stream, last one first within each run, so that nothing ever continues it. */
export function oneByteSegmentsOutOfOrder(n: number): Uint8Array {
  const writer = webSocket();
  const run = 16_384;
  const start = writer.next[1] + 1;
  for (let i = 0; i < n; i++) {
    const at = i - (i % run) + (run - 1 - (i % run));
    writer.segment(1, start + 2 * at, writer.next[0], 'A', ONE_BYTE);
  }
  return writer.done();
}

/** Holes everywhere, and large segments that lie across thousands of them. */
export function segmentsAcrossHoles(n: number): Uint8Array {
  const writer = webSocket();
  const start = writer.next[1] + 1;
  const large = new Uint8Array(16_000);
  for (let i = 0; i < n; i++) {
    if (i % 8000 === 7999) {
      writer.segment(1, start + 2 * (i - 7999), writer.next[0], 'A', large);
    } else writer.segment(1, start + 2 * i, writer.next[0], 'A', ONE_BYTE);
  }
  return writer.done();
}

export function halfOpen(n: number): Uint8Array {
  const writer = new CaptureWriter();
  for (let i = 0; i < n; i++) {
    writer.segment(0, i * 7919, 0, 'S', new Uint8Array(0), {
      host: 1 + (i >> 15),
      port: 1024 + (i & 0x7fff),
    });
  }
  return writer.done();
}

export function synsOnOneTuple(n: number): Uint8Array {
  const writer = new CaptureWriter();
  for (let i = 0; i < n; i++) writer.segment(0, i * 7919, 0, 'S', new Uint8Array(0));
  return writer.done();
}

export function headOf(n: number): Uint8Array {
  return new CaptureWriter()
    .open()
    .sendIn(1400, 0, `GET / HTTP/1.1\r\nHost: ${'a'.repeat(n)}\r\n\r\n`)
    .done();
}

/** Heads of 60 KiB, a byte a segment; `line` is repeated. */
export function headsByteByByte(n: number, first: string, line: string): Uint8Array {
  const writer = new CaptureWriter();
  for (let i = 0; i < n; i++) {
    const head = `${first}${line.repeat(Math.floor((60_000 - first.length) / line.length))}\r\n\r\n`;
    writer.open({ port: 1024 + i }).sendIn(1, 0, head, { port: 1024 + i });
  }
  return writer.done();
}

/** Whole heads of 60 KiB made of one line again and again. */
export function headsOfLines(n: number, line: string): Uint8Array {
  const writer = new CaptureWriter();
  const first = `GET / HTTP/1.1\r\nSec-WebSocket-Key: ${KEY}\r\nUpgrade: websocket\r\n`;
  const head = `${first}${line.repeat(Math.floor((60_000 - first.length) / line.length))}\r\n`;
  for (let i = 0; i < n; i++) {
    writer.open({ port: 1024 + i }).send(0, 'PA', head, { port: 1024 + i });
  }
  return writer.done();
}

export function hugeFrame(n: number): Uint8Array {
  const writer = webSocket();
  writer.send(1, 'PA', Uint8Array.of(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0));
  for (let i = 0; i < n; i++) writer.send(1, 'A', new Uint8Array(1400));
  return writer.done();
}

/** The same two bytes, over and over: frames without payload of that opcode. */
export function emptyFrames(n: number, opcode: number): Uint8Array {
  const writer = webSocket();
  const segment = new Uint8Array(16_000);
  for (let i = 0; i < segment.length; i += 2) segment[i] = 0x80 | opcode;
  for (let i = 0; i < n; i += segment.length / 2) writer.send(1, 'A', segment);
  return writer.done();
}

export function framesByteByByte(n: number): Uint8Array {
  const writer = webSocket();
  const frame = Uint8Array.of(0x89, 0x84, 1, 2, 3, 4, 9, 9, 9, 9);
  for (let i = 0; i < n; i++) writer.sendIn(1, 0, frame);
  return writer.done();
}

export function nestedConnects(n: number): Uint8Array {
  const writer = new CaptureWriter().open();
  for (let i = 0; i < n; i++) {
    writer.send(0, 'PA', lines('CONNECT a:80 HTTP/1.1', 'Host: a'));
    writer.send(1, 'PA', lines('HTTP/1.1 200 OK'));
  }
  return writer.send(0, 'PA', upgradeRequest()).send(1, 'PA', switchingProtocols()).done();
}

export function proxyHeaders(n: number): Uint8Array {
  const writer = new CaptureWriter();
  const header = Buffer.alloc(16 + 65_535);
  header.set([
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0xff, 0xff,
  ]);
  for (let i = 0; i < n; i++) {
    const options = { port: 1024 + i };
    writer.open(options).sendIn(i % 2 === 0 ? 1400 : 7, 0, header, options);
    writer.send(0, 'PA', upgradeRequest(), options).send(1, 'PA', switchingProtocols(), options);
  }
  return writer.done();
}

export function endlessChunks(n: number): Uint8Array {
  const writer = new CaptureWriter().open();
  writer.send(0, 'PA', lines('GET / HTTP/1.1', 'Host: a'));
  writer.send(1, 'PA', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'));
  for (let i = 0; i < n; i++) writer.send(1, 'A', '1;x=y\r\na\r\n'.repeat(140));
  return writer.done();
}

/** As much as is held for an answer, full of requests, then refusal upon refusal; on one connection. */
export function pipelinedUpgrades(n: number): Uint8Array {
  const writer = new CaptureWriter().open();
  const request = 'GET / HTTP/1.1\r\nSec-WebSocket-Key:\r\n\r\n';
  const answer = 'HTTP/1.1 204\r\n\r\n';
  const held = 6000;
  for (let i = 0; i < n; i += held) {
    writer.sendIn(60_000, 0, request.repeat(held));
    writer.sendIn(1400, 1, answer.repeat(held));
  }
  return writer.done();
}

export function refusedUpgrades(n: number): Uint8Array {
  const writer = new CaptureWriter().open();
  const request = upgradeRequest(`/${'x'.repeat(1000)}`);
  const answer = lines('HTTP/1.1 401 Unauthorized', 'Content-Length: 0');
  for (let i = 0; i < n; i++) writer.send(0, 'PA', request).send(1, 'PA', answer);
  return writer.done();
}

/** Bytes held for an answer that never comes, on many connections. */
export function heldOnMany(n: number): Uint8Array {
  const writer = new CaptureWriter();
  const bytes = new Uint8Array(60_000);
  for (let i = 0; i < n; i++) {
    const options = { port: 1024 + i };
    writer.open(options).send(0, 'PA', upgradeRequest(), options).send(0, 'A', bytes, options);
    for (let j = 0; j < 3; j++) writer.send(0, 'A', bytes, options);
  }
  return writer.done();
}

/** Unfinished heads of 60 KiB, on many connections. */
export function unfinishedHeads(n: number): Uint8Array {
  const writer = new CaptureWriter();
  const head = `GET /${'a'.repeat(60_000)}`;
  for (let i = 0; i < n; i++) {
    const options = { port: 1024 + i };
    writer.open(options).send(0, 'A', head, options);
  }
  return writer.done();
}

export function duplicates(n: number): Uint8Array {
  const one = webSocket().done();
  const record = one.subarray(one.length - (16 + 40 + switchingProtocols().length));
  return concat([one, ...new Array<Uint8Array>(n).fill(record)]);
}

/** Segments that claim 4 GiB on the wire, in a header that gives no length (offload). */
export function claimedLengths(n: number): Uint8Array {
  const writer = webSocket();
  for (let i = 0; i < n; i++) {
    writer.segment(1, writer.next[1] + i, 0, 'A', ONE_BYTE, { originalLength: 0xffff_fff0 });
  }
  return writer.done();
}

export function resetsAfterResets(n: number): Uint8Array {
  const writer = new CaptureWriter();
  for (let i = 0; i < n; i++) {
    writer.segment(0, i, 0, 'R', new Uint8Array(0), { host: 1 + (i >> 15), port: 1024 + (i & 0x7fff) });
  }
  return writer.done();
}

const ng = new PcapngBuilder();

export function pcapngInterfaces(n: number): Uint8Array {
  const blocks = new Array<Uint8Array>(n).fill(ng.interface(1));
  return concat([ng.sectionHeader(), ...blocks.map((_, i) => ng.interface(i & 0xffff))]);
}

export function pcapngSections(n: number): Uint8Array {
  return concat(new Array<Uint8Array>(n).fill(concat([ng.sectionHeader(), ng.interface(1)])));
}

/** Blocks whose option list is nothing but empty options, which a careless reader walks in place. */
export function pcapngOptions(n: number): Uint8Array {
  const options = new Uint8Array(16 + 4 * 250_000).fill(0);
  for (let at = 8; at < options.length; at += 4) options[at] = 1;
  const block = ng.block(1, options);
  return concat([ng.sectionHeader(), ...new Array<Uint8Array>(n).fill(block)]);
}

export function pcapngBlockOfLength(type: number, length: number): Uint8Array {
  return concat([
    ng.sectionHeader(),
    ng.interface(1),
    ng.block(type, new Uint8Array(64), length, length),
    ng.enhancedPacket({ data: new Uint8Array(60) }, 0n),
  ]);
}

/** VLAN tag behind VLAN tag, IPv6 extension header behind extension header, 60 KB each. */
export function headerChains(n: number): Uint8Array {
  const vlan = new Uint8Array(60_000);
  for (let at = 12; at + 4 <= vlan.length; at += 4) vlan.set([0x81, 0x00, 0, 1], at);
  const ipv6 = new Uint8Array(60_014);
  ipv6.set([0x86, 0xdd, 0x60], 12);
  ipv6.set([0xea, 0x60, 60], 18);
  for (let at = 54; at < ipv6.length; at += 8) ipv6[at] = 60;
  return pcapFile(Array.from({ length: n }, (_, i) => ({ data: i % 2 === 0 ? vlan : ipv6 })));
}

/** Unpacks to `n` MiB of records without a byte. */
export function gzipBomb(n: number): Uint8Array {
  const member = gzipSync(new Uint8Array(1024 * 1024), { level: 9 });
  return concat([gzipSync(pcapFile([])), ...new Array<Uint8Array>(n).fill(member)]);
}

/** Unpacks to `n` MiB behind a record that no reader goes beyond. */
export function gzipBombBehindDamage(n: number): Uint8Array {
  const member = gzipSync(new Uint8Array(1024 * 1024), { level: 9 });
  const damaged = pcapFile([{ data: new Uint8Array(1), capturedLength: 0x7fffffff }]);
  return concat([gzipSync(damaged), ...new Array<Uint8Array>(n).fill(member)]);
}

export function emptyGzipMembers(n: number): Uint8Array {
  return concat([gzipSync(pcapFile([])), ...new Array<Uint8Array>(n).fill(gzipSync(new Uint8Array(0)))]);
}

const TEXT_PACKET =
  '12:00:00.000000 IP 10.0.0.1.1024 > 10.0.0.2.80: Flags [S], length 0\n' +
  '\t0x0000:  4500 0028 0001 0000 4006 0000 0a00 0001  E..(....@.......\n' +
  '\t0x0010:  0a00 0002 0400 0050 0000 0001 0000 0000  .......P........\n' +
  '\t0x0020:  5002 0400 0000 0000                      P.......\n';

export function textLines(n: number, line: string): Uint8Array {
  return Buffer.from(TEXT_PACKET + `${line}\n`.repeat(n) + TEXT_PACKET);
}

export function textPackets(n: number): Uint8Array {
  return Buffer.from(TEXT_PACKET.repeat(n));
}

/** A text dump of one packet that never ends. */
export function textDump(n: number): Uint8Array {
  const rows = Array.from(
    { length: n },
    (_, i) => `\t0x${(i * 16).toString(16).padStart(4, '0')}:  ${'4500 '.repeat(8)}\n`,
  );
  return Buffer.from(TEXT_PACKET + rows.join(''));
}

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate';

/** An open WebSocket that agreed to permessage-deflate. */
function deflated(writer: CaptureWriter, options: SegmentOptions = {}): CaptureWriter {
  return writer
    .open(options)
    .send(0, 'PA', upgradeRequest('/', DEFLATE), options)
    .send(1, 'PA', switchingProtocols(DEFLATE), options);
}

/** A frame of the server; opcode and bits as in its first byte. */
function frameOf(firstByte: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const header =
    length < 126 ? Uint8Array.of(firstByte, length) : Buffer.from([firstByte, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (length >= 126) Buffer.from(header.buffer, header.byteOffset).writeUIntBE(length, 4, 6);
  return concat([header, payload]);
}

/** As it goes into a compressed message: without the last four bytes. */
function compressed(bytes: Uint8Array): Uint8Array {
  const whole = deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return whole.subarray(0, -4);
}

const BOMB_MIB = 16;

/** A raw deflate stream of this many MiB of zeros, about a thousandth of their size. */
function bombOf(mib: number): Uint8Array {
  const piece = compressed(new Uint8Array(BOMB_MIB * 1024 * 1024));
  // After each piece stand the four bytes that `compressed` cuts off, so each piece is a whole number of blocks.
  const tail = Uint8Array.of(0, 0, 0xff, 0xff);
  return concat(new Array<Uint8Array>(Math.ceil(mib / BOMB_MIB)).fill(concat([piece, tail])));
}

/** One compressed message of `mib` MiB; then an ordinary one. */
export function deflateBomb(mib: number): Uint8Array {
  const writer = deflated(new CaptureWriter());
  return writer
    .sendIn(16_000, 1, frameOf(0xc2, bombOf(mib)))
    .send(1, 'PA', frameOf(0xc1, compressed(Buffer.from('hello'))))
    .done();
}

/** Just within the bound of one message, on connection after connection. */
export function deflateBombs(n: number): Uint8Array {
  const writer = new CaptureWriter();
  const bomb = frameOf(0xc2, bombOf(48));
  for (let i = 0; i < n; i++) {
    const options = { port: 1024 + i };
    deflated(writer, options).sendIn(16_000, 1, bomb, options);
  }
  return writer.done();
}

export function compressingConnections(n: number): Uint8Array {
  const writer = new CaptureWriter();
  const message = frameOf(0xc1, compressed(Buffer.from('hello, hello, hello, hello')));
  for (let i = 0; i < n; i++) {
    const options = { port: 1024 + i };
    deflated(writer, options).send(1, 'PA', message, options);
  }
  return writer.done();
}

/** Frames of the server, as many as fit into a segment. */
function repeated(writer: CaptureWriter, frame: Uint8Array, n: number): CaptureWriter {
  const each = Math.floor(16_000 / frame.length);
  const segment = concat(new Array<Uint8Array>(each).fill(frame));
  for (let i = 0; i < n; i += each) writer.send(1, 'A', segment);
  return writer;
}

export function compressedMessages(n: number): Uint8Array {
  const message = frameOf(0xc1, compressed(Buffer.from('hello')));
  return repeated(deflated(new CaptureWriter()), message, n).done();
}

/** Messages whose deflate stream says that it ends: each takes a new one in the old context. */
export function finalBlocks(n: number): Uint8Array {
  const message = frameOf(0xc1, deflateRawSync(Buffer.from('hello')));
  return repeated(deflated(new CaptureWriter()), message, n).done();
}

export function fragments(n: number): Uint8Array {
  const writer = webSocket().send(1, 'A', frameOf(0x01, Uint8Array.of(0x61)));
  return repeated(writer, frameOf(0x00, Uint8Array.of(0x61)), n).done();
}

export function compressedFragments(n: number): Uint8Array {
  const message = compressed(Buffer.alloc(n, 'abcdefghijklmnopqrstuvwxyz'));
  const writer = deflated(new CaptureWriter()).send(1, 'A', frameOf(0x41, message.subarray(0, 1)));
  for (let at = 1; at < message.length; at++) {
    writer.send(1, 'A', frameOf(0x00, message.subarray(at, at + 1)));
  }
  // Empty ones go on without end.
  return repeated(writer, frameOf(0x00, new Uint8Array(0)), n).done();
}

/**
 * One text frame of `n` bytes, with characters of three bytes; from the client, because its frames are
 * masked.
 */
export function longText(n: number): Uint8Array {
  const writer = webSocket();
  const header = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  header.writeUIntBE(n, 4, 6);
  writer.send(0, 'A', header);
  const payload = Buffer.from('€'.repeat(20_000));
  for (let i = 0; i < payload.length; i++) payload[i]! ^= 1 + (i & 3);
  for (let i = 0; i < n; i += payload.length) writer.send(0, 'A', payload);
  return writer.done();
}

/** Texts of one byte each. */
export function oneByteTexts(n: number): Uint8Array {
  return repeated(webSocket(), frameOf(0x81, Uint8Array.of(0x61)), n).done();
}

export function oneByteSegmentsOfText(n: number): Uint8Array {
  const writer = webSocket().send(1, 'A', frameOf(0x01, Uint8Array.of(0x61)));
  for (let i = 0; i < n; i += 3) writer.sendIn(1, 1, frameOf(0x00, Uint8Array.of(0x61)));
  return writer.done();
}

/** An upgrade to port 80, and SYNs to it that are refused. */
export function refusedSyns(n: number): Uint8Array {
  const writer = webSocket();
  for (let i = 0; i < n; i++) {
    const options = { host: 2 + (i >> 15), port: 1024 + (i & 0x7fff) };
    writer.segment(0, 1000, 0, 'S', new Uint8Array(0), options);
    writer.segment(1, 0, 1001, 'RA', new Uint8Array(0), options);
  }
  return writer.done();
}

/** A client that comes back: 101, then FIN of the server. */
export function reconnecting(n: number): Uint8Array {
  const writer = new CaptureWriter();
  for (let i = 0; i < n; i++) {
    const options = { port: 1024 + (i % 60_000) };
    writer.next[0] = 1000 + 7919 * i;
    writer.next[1] = 5000;
    writer
      .send(0, 'S', '', options)
      .send(1, 'SA', '', options)
      .send(0, 'PA', upgradeRequest(), options)
      .send(1, 'PA', switchingProtocols(), options)
      .send(1, 'FA', '', options)
      .send(0, 'FA', '', options);
  }
  return writer.done();
}

const NOISE_LENGTH = 500;

function noise(length: number, seed: number): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.below(256));
}

/** Both directions full of bytes without meaning, from the middle on, in many connections. */
export function midStreamNoise(n: number, segments: number): Uint8Array {
  const writer = new CaptureWriter();
  const pieces = Array.from({ length: 64 }, (_, i) => noise(NOISE_LENGTH, i));
  for (let j = 0; j < segments; j++) {
    for (let i = 0; i < n; i++) {
      const options = { port: 1024 + i };
      for (const from of [0, 1] as const) {
        const piece = pieces[(i * 7 + j * 3 + from) % pieces.length]!;
        const at = 1000 + NOISE_LENGTH * j;
        writer.segment(from, at, at, 'PA', piece, options);
      }
    }
  }
  return writer.done();
}

/** In mid-stream: segments of many frames, then a segment without one; again and again, in one connection. */
export function almostFrames(n: number, frames: number): Uint8Array {
  const writer = new CaptureWriter();
  const good = concat(new Array<Uint8Array>(frames).fill(frameOf(0x82, new Uint8Array(1))));
  const bad = concat([good, Uint8Array.of(0xff, 0xff, 0xff)]);
  for (let i = 0; i < n; i++) writer.send(1, 'A', i % 60 === 59 ? bad : good);
  return writer.done();
}

/** Small segments that begin like a frame that goes on, so that each try takes all that is held. */
export function almostFramesInPieces(n: number): Uint8Array {
  const writer = new CaptureWriter();
  const piece = concat([frameOf(0x82, new Uint8Array(40)), frameOf(0x82, new Uint8Array(40))]);
  for (let i = 0; i < n; i++) {
    writer.send(1, 'A', i % 50 === 49 ? Uint8Array.of(0xff, 0x00, 0xff) : piece);
  }
  return writer.done();
}

/** Extensions of 60 KB, made of one text again and again, in request and 101. */
export function extensionsOf(n: number, text: string): Uint8Array {
  const writer = new CaptureWriter();
  const line = `Sec-WebSocket-Extensions: ${text.repeat(Math.floor(60_000 / text.length))}`;
  for (let i = 0; i < n; i++) {
    const options = { port: 1024 + i };
    writer
      .open(options)
      .send(0, 'PA', upgradeRequest('/', line), options)
      .send(1, 'PA', switchingProtocols(line), options)
      .send(1, 'PA', frameOf(0xc1, Uint8Array.of(0)), options)
      .send(0, 'FA', '', options);
  }
  return writer.done();
}

/** Pings that are never answered, no two alike; with `strays`, pongs that answer none of them in between. */
export function distinctPings(n: number, strays: boolean): Uint8Array {
  const writer = webSocket();
  for (let i = 0; i < n; i++) {
    const payload = Buffer.alloc(125);
    payload.writeUInt32BE(i);
    writer.send(1, 'A', frameOf(0x89, payload));
    if (strays) {
      const other = Buffer.alloc(8, 0xff);
      other.writeUInt32BE(i);
      writer.send(0, 'A', concat([Uint8Array.of(0x8a, 0x88, 0, 0, 0, 0), other]));
    }
  }
  return writer.done();
}
