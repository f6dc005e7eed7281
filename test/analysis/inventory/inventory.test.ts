/** What the servers of a capture speak, from packets to the report. */
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analyze.ts';
import { MAX_SERVERS } from '../../../src/analysis/inventory/inventory.ts';
import type { InventoryReport, ServerReport } from '../../../src/report/model.ts';
import { CaptureWriter } from '../../fuzz/capture-writer.ts';
import { HELLO } from '../../helpers/client-hello.ts';
import { lines, switchingProtocols, upgradeRequest } from '../../helpers/handshakes.ts';
import { concat, hex } from '../../helpers/pcap-builder.ts';

async function inventoryOf(capture: CaptureWriter, ports: number[] = []): Promise<InventoryReport> {
  const bytes = capture.done();
  const input = {
    name: 'made.pcap',
    async *chunks() {
      await Promise.resolve();
      yield { bytes, totalBytes: bytes.length };
    },
  };
  return (await analyze(input, { ports })).inventory!;
}

async function onlyServer(capture: CaptureWriter): Promise<ServerReport> {
  const { servers } = await inventoryOf(capture);
  expect(servers).toHaveLength(1);
  return servers[0]!;
}

const text = (payload: string): Uint8Array =>
  concat([Uint8Array.of(0x81, payload.length), Buffer.from(payload)]);
const masked = (opcode: number, payload: Uint8Array): Uint8Array =>
  concat([
    Uint8Array.of(0x80 | opcode, 0x80 | payload.length, 1, 2, 3, 4),
    payload.map((byte, i) => byte ^ ((i & 3) + 1)),
  ]);

describe('the inventory', () => {
  it('counts what a WebSocket server was asked', async () => {
    const capture = new CaptureWriter().open();
    capture
      .send(0, 'A', lines('GET / HTTP/1.1', 'Host: a'))
      .send(1, 'A', lines('HTTP/1.1 200 OK', 'Content-Length: 0'));
    capture.send(0, 'A', upgradeRequest()).send(1, 'A', switchingProtocols());
    expect(await onlyServer(capture)).toEqual({
      server: { address: '198.51.100.2', port: 80 },
      protocol: 'websocket',
      tls: false,
      connections: 1,
      midStream: 0,
      syns: 1,
      looksLikeWebSocket: false,
      requests: 2,
      upgrades: 1,
      serverNames: [],
      alpn: [],
      firstPacket: 1,
      lastPacket: 7,
    });
  });

  it('knows plain HTTP, whatever else is answered', async () => {
    const capture = new CaptureWriter().open();
    capture
      .send(0, 'A', lines('GET / HTTP/1.1', 'Host: a'))
      .send(1, 'A', lines('HTTP/1.1 200 OK', 'Content-Length: 0'));
    expect(await onlyServer(capture)).toMatchObject({ protocol: 'http', requests: 1, upgrades: 0 });
  });

  it('reads the name and the protocols that a TLS client asks for, in pieces of any size', async () => {
    const answer = hex('16 03 03 00 05 02 00 00 01 00');
    for (const size of [7, 100, 2000]) {
      const capture = new CaptureWriter()
        .open()
        .sendIn(size, 0, HELLO)
        .send(1, 'A', concat([answer, answer, answer]));
      expect(await onlyServer(capture)).toMatchObject({
        protocol: 'tls',
        tls: true,
        serverNames: ['api.example.com'],
        alpn: ['h2', 'http/1.1'],
      });
    }
  });

  it('goes by the server’s answer where a client speaks TLS to a plain port', async () => {
    const capture = new CaptureWriter().open().send(0, 'A', HELLO);
    capture.send(1, 'A', lines('HTTP/1.1 400 Bad Request', 'Connection: close'));
    expect(await onlyServer(capture)).toMatchObject({ protocol: 'http', tls: false });
  });

  it('knows HTTP/2 by the server’s SETTINGS, whatever the client said', async () => {
    const settings = hex('00 00 06 04 00 00 00 00 00 00 03 00 00 00 64 00 00 00 04 01 00 00 00 00');
    for (const client of [upgradeRequest(), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
      const capture = new CaptureWriter().open().send(0, 'A', client).send(1, 'A', settings);
      expect((await onlyServer(capture)).protocol).toBe('http2');
    }
  });

  it('tells a refused connection, one without an answer, and a server that says nothing', async () => {
    const capture = new CaptureWriter();
    capture.send(0, 'S', '', { host: 1 }).segment(1, 0, 1001, 'RA', new Uint8Array(0), { host: 1 });
    capture.segment(0, 9000, 0, 'S', new Uint8Array(0), { host: 1, port: 50_001 });
    capture.segment(0, 9000, 0, 'S', new Uint8Array(0), { host: 1, port: 50_001 });
    capture.open({ host: 1, port: 50_002 });
    const { servers } = await inventoryOf(capture);
    expect(servers.map(({ protocol, syns }) => [protocol, syns])).toEqual([
      ['refused', 1],
      ['unanswered', 2],
      ['silent', 1],
    ]);
  });

  it('calls a banner another protocol', async () => {
    const capture = new CaptureWriter().open().send(1, 'A', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
    expect((await onlyServer(capture)).protocol).toBe('other');
  });

  it('finds the port of a WebSocket that was open before, by the frames of its server alone', async () => {
    const capture = new CaptureWriter();
    for (const each of ['tick 1', 'tick 2', 'tick 3']) capture.send(1, 'A', text(each));
    expect(await onlyServer(capture)).toMatchObject({
      protocol: 'other',
      server: { port: 80 },
      midStream: 1,
      looksLikeWebSocket: true,
    });
    const { servers } = await inventoryOf(capture, [80]);
    expect(servers[0]).toMatchObject({ protocol: 'websocket', looksLikeWebSocket: false });
  });

  it('finds it by one masked text, or a masked Close', async () => {
    for (const frame of [masked(1, Buffer.from('hello')), masked(8, hex('03 e8'))]) {
      const capture = new CaptureWriter().send(0, 'A', frame);
      expect(await onlyServer(capture)).toMatchObject({ server: { port: 80 }, looksLikeWebSocket: true });
    }
  });

  it('takes nothing for frames that is not whole, not UTF-8, or of another protocol', async () => {
    const others = [
      hex('81 05 68 65 6c 6c'),
      hex('81 02 ff fe'),
      hex('88 82 01 02 03 04 00 00'),
      Buffer.from('hello, world'),
      hex('30 0e 00 04 74 65 73 74 68 65 6c 6c 6f 31 32 33'),
    ];
    for (const bytes of others) {
      const capture = new CaptureWriter();
      for (let i = 0; i < 4; i++) capture.send(1, 'A', bytes);
      expect((await onlyServer(capture)).looksLikeWebSocket).toBe(false);
    }
    const mixed = new CaptureWriter()
      .send(1, 'A', text('a'))
      .send(1, 'A', text('b'))
      .send(1, 'A', 'no frame');
    expect((await onlyServer(mixed)).looksLikeWebSocket).toBe(false);
  });

  it('keeps a bounded number of servers, and rather those that say something', async () => {
    const capture = new CaptureWriter();
    const scanned = MAX_SERVERS + 50;
    for (let host = 0; host < scanned; host++) {
      // Scanned hosts answer: the address of the writer's client is the server's here.
      capture.segment(1, 1000, 0, 'S', new Uint8Array(0), { host: host + 2, port: 81 });
      capture.segment(0, 0, 1001, 'RA', new Uint8Array(0), { host: host + 2, port: 81 });
    }
    capture
      .open({ host: 1 })
      .send(0, 'A', upgradeRequest(), { host: 1 })
      .send(1, 'A', switchingProtocols(), { host: 1 });
    const { servers, omitted } = await inventoryOf(capture);
    expect(servers).toHaveLength(MAX_SERVERS);
    expect(servers.at(-1)!.protocol).toBe('websocket');
    expect(omitted).toBe(51);
  });
});
