/** Captures made to hurt: each of them once cost, or could cost, far more than its size. `n` scales them. */
import { gzipSync } from 'node:zlib';
import { KEY, lines, switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { concat, pcapFile, PcapngBuilder } from '../helpers/pcap-builder.ts';
import { CaptureWriter } from './capture-writer.ts';

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
