/** An independent judge reads the packets: tshark, with its checks of checksums switched on. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';
import { ethernet, ipv4, ipv6, tcp, text, type TcpSpec } from '../helpers/packet-bytes.ts';
import { hex, pcapFile, type PacketSpec } from '../helpers/pcap-builder.ts';
import { HAS_TSHARK } from '../helpers/tshark.ts';
import { extractOf } from './run-extract.ts';

const CLIENT = '10.20.30.40';
const SERVER = '172.16.5.6';
const CLIENT6 = '2a00:1:2:3:4:5:6:7';
const SERVER6 = '2a00:9:8:7:6:5:4:3';

/** Independent of the code under test: adds bit by bit, in BigInt. */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0n;
  for (const part of parts) {
    const even = part.length % 2 === 0 ? part : Uint8Array.from([...part, 0]);
    for (let at = 0; at < even.length; at += 2) sum += BigInt(even[at]! * 256 + even[at + 1]!);
  }
  return Number(0xffffn - (sum === 0n ? 0n : ((sum - 1n) % 0xffffn) + 1n));
}

/** A packet with right checksums, as a network card sends it. */
function packet(
  version: 4 | 6,
  isClient: boolean,
  spec: TcpSpec,
  options: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const segment = tcp({
    ...spec,
    sourcePort: isClient ? 51_234 : 8080,
    destinationPort: isClient ? 8080 : 51_234,
    checksum: 0,
  });
  const [from, to] = isClient ? [0, 1] : [1, 0];
  const header =
    version === 4
      ? ipv4(segment, { source: [CLIENT, SERVER][from]!, destination: [CLIENT, SERVER][to]!, options })
      : ipv6(segment, { source: [CLIENT6, SERVER6][from]!, destination: [CLIENT6, SERVER6][to]! });
  const length = version === 4 ? 20 + options.length : 40;
  const addresses = version === 4 ? header.subarray(12, 20) : header.subarray(8, 40);
  const pseudo = Uint8Array.of(0, 6, segment.length >> 8, segment.length & 0xff);
  new DataView(header.buffer, header.byteOffset).setUint16(length + 16, checksum(addresses, pseudo, segment));
  if (version === 4)
    new DataView(header.buffer, header.byteOffset).setUint16(10, checksum(header.subarray(0, length)));
  return ethernet(header, version === 4 ? 0x0800 : 0x86dd);
}

/** A handshake, a masked text, a Close both ways; MPTCP and TCP Fast Open options, IP options, Ethernet padding. */
function conversation(version: 4 | 6): PacketSpec[] {
  const next = { client: 1000, server: 9000 };
  const packets: Uint8Array[] = [];
  const send = (isClient: boolean, flags: string, payload: Uint8Array, tcpOptions = '', ipOptions = '') => {
    const [mine, theirs] = isClient ? (['client', 'server'] as const) : (['server', 'client'] as const);
    const spec = {
      sequence: next[mine],
      acknowledgement: next[theirs],
      flags,
      payload,
      options: hex(tcpOptions),
    };
    packets.push(packet(version, isClient, spec, hex(ipOptions)));
    next[mine] += payload.length + (/[SF]/.test(flags) ? 1 : 0);
  };
  send(
    true,
    'S',
    text(''),
    '02 04 05 b4 22 0a 11 22 33 44 55 66 77 88 01 01',
    version === 4 ? '94 04 00 00' : '',
  );
  send(false, 'SA', text(''), '02 04 05 b4');
  send(true, 'A', text(''));
  send(
    true,
    'PA',
    text(upgradeRequest('/acme?token=TOPSECRET', 'Cookie: session=TOPSECRET')),
    '1e 08 03 00 aa bb cc dd',
  );
  send(false, 'PA', text(switchingProtocols()));
  send(true, 'PA', hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'));
  send(false, 'PA', hex('82 03 53 45 43'));
  send(true, 'PA', hex('88 82 01 02 03 04 02 ea'));
  send(false, 'PA', hex('88 02 03 e8'));
  send(false, 'FA', text(''));
  send(true, 'FA', text(''));
  send(false, 'A', text(''));
  return packets.map((data, index) => ({
    data,
    seconds: 1_700_000_000,
    nanoseconds: index * 1_000_000 + 123,
  }));
}

const FIELDS = [
  'ip.checksum.status',
  'tcp.checksum.status',
  '_ws.malformed',
  'websocket.opcode',
  'tcp.payload',
  'eth.src',
  'ip.src',
  'ipv6.src',
  'tcp.srcport',
];
const GOOD = '1';
const BAD = '0';

describe.skipIf(!HAS_TSHARK)('to tshark, an anonymized extract', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wscap-rewriter-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function dissect(capture: Uint8Array): Record<string, string>[] {
    const path = join(folder, 'capture');
    writeFileSync(path, capture);
    const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const fields = FIELDS.flatMap((field) => ['-e', field]);
    const output = execFileSync('tshark', ['-r', path, ...checks, '-T', 'fields', ...fields], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return output
      .trimEnd()
      .split('\n')
      .map((line) => Object.fromEntries(line.split('\t').map((value, index) => [FIELDS[index]!, value])));
  }

  it.each([4, 6] as const)(
    'has right checksums where they were right, and is a WebSocket: IPv%i',
    async (version) => {
      const source = pcapFile(conversation(version), { nanoseconds: true });
      const before = dissect(source);
      const { bytes, summary } = await extractOf(source, [0]);
      const after = dissect(bytes);
      expect(summary.differences).toEqual([]);
      expect(after).toHaveLength(before.length);
      before.forEach((row, index) => {
        // tshark finds no fault in the source.
        expect(row['tcp.checksum.status']).toBe(GOOD);
        for (const field of [
          'ip.checksum.status',
          'tcp.checksum.status',
          '_ws.malformed',
          'websocket.opcode',
        ]) {
          expect(after[index]![field], `${field} of packet ${index + 1}`).toBe(row[field]);
        }
        for (const field of ['eth.src', version === 4 ? 'ip.src' : 'ipv6.src']) {
          expect(after[index]![field], `${field} of packet ${index + 1}`).not.toBe(row[field]);
        }
        const isServer = row['tcp.srcport'] === '8080';
        expect(after[index]!['tcp.srcport'] === '8080').toBe(isServer);
        expect(after[index]!['tcp.payload']!.length).toBe(row['tcp.payload']!.length);
      });
      expect(after.map((row) => row['websocket.opcode']).filter((opcode) => opcode !== '')).toEqual([
        '1',
        '2',
        '8',
        '8',
      ]);
      expect(bytes.includes('TOPSECRET')).toBe(false);
      for (const option of ['1122334455667788', '030 0aabbccdd'.replace(' ', ''), '94040000']) {
        expect(bytes.includes(Buffer.from(option, 'hex')), option).toBe(false);
      }
    },
  );

  it('leaves wrong checksums wrong', async () => {
    const packets = conversation(4).map((spec, index) => {
      const data = spec.data.slice();
      const tcpAt = 14 + (data[14]! & 0x0f) * 4;
      // One in three is right.
      if (index % 3 === 1) data[tcpAt + 16]! ^= 0x40;
      if (index % 3 === 2) data[24]! ^= 0x40;
      return { ...spec, data };
    });
    const source = pcapFile(packets);
    const statuses = (capture: Uint8Array) =>
      dissect(capture).map((row) => `${row['ip.checksum.status']!}${row['tcp.checksum.status']!}`);
    const before = statuses(source);
    expect(before.some((status) => status.includes(BAD))).toBe(true);
    expect(statuses((await extractOf(source, [0])).bytes)).toEqual(before);
  });

  it('is the same under the same key, and another under another', async () => {
    const source = pcapFile(conversation(4));
    const [first, again, other, random] = await Promise.all([
      extractOf(source, [0]),
      extractOf(source, [0]),
      extractOf(source, [0], { anonymizeKey: new TextEncoder().encode('other') }),
      extractOf(source, [0], { anonymizeKey: null }),
    ]);
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(other.bytes.equals(first.bytes)).toBe(false);
    expect(random.bytes.includes('TOPSECRET')).toBe(true);
  });

  it('is a pcap that tcpdump could have written', async () => {
    const { bytes } = await extractOf(pcapFile(conversation(4), { nanoseconds: true }), [0], {
      format: 'pcap',
    });
    expect(bytes.readUInt32LE(0)).toBe(0xa1b23c4d);
    expect(dissect(bytes)).toHaveLength(12);
    writeFileSync(join(folder, 'a.pcap'), bytes);
    const info = execFileSync('capinfos', ['-c', '-a', '-S', join(folder, 'a.pcap')], { encoding: 'utf8' });
    expect(info).toContain('1700000000.000000123');
    expect(readFileSync(join(folder, 'a.pcap'))).toHaveLength(bytes.length);
  });
});

describe('padding, and what else belongs to no layer', () => {
  it('becomes zeros', async () => {
    const packets = conversation(4).map((spec) => ({
      ...spec,
      data: Uint8Array.from([...spec.data, ...text('LEFTOVERS')]),
    }));
    const { bytes } = await extractOf(pcapFile(packets), [0]);
    expect(bytes.includes('LEFTOVERS')).toBe(false);
  });

  it('is not the text that a RST may carry', async () => {
    const [syn, ...rest] = conversation(4);
    const reset = packet(4, false, {
      sequence: 9001,
      acknowledgement: 1001,
      flags: 'RA',
      payload: text('GO AWAY ALICE'),
    });
    const { bytes } = await extractOf(
      pcapFile([syn!, ...rest.slice(0, 4), { data: reset, seconds: 1_700_000_000, nanoseconds: 5_000_000 }]),
      [0],
    );
    expect(bytes.includes('AWAY')).toBe(false);
  });
});
