import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { analyze } from '../src/analyze.ts';
import { CaptureError } from '../src/capture/capture-error.ts';
import { follow, type FollowOptions } from '../src/follow.ts';
import type { ConversationEnd, ConversationEntry, ConversationStart } from '../src/report/conversation.ts';
import { KEY, runExtract } from './extract/run-extract.ts';
import { FIXTURES } from './helpers/captures.ts';
import { switchingProtocols, upgradeRequest } from './helpers/handshakes.ts';
import { ethernet, ipv4, tcp, text, type TcpSpec } from './helpers/packet-bytes.ts';
import { pcapFile, type PacketSpec } from './helpers/pcap-builder.ts';
import { framed, vxlan } from './helpers/tunnel-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'wscap-follow-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const fixture = (name: string) => join(FIXTURES, `${name}.pcap`);

interface Followed {
  readonly starts: ConversationStart[];
  readonly entries: ConversationEntry[];
  readonly end: ConversationEnd | null;
}

async function followed(
  paths: string | readonly string[],
  options: Partial<FollowOptions> = {},
): Promise<Followed> {
  const starts: ConversationStart[] = [];
  const entries: ConversationEntry[] = [];
  const end = await follow(
    typeof paths === 'string' ? [paths] : paths,
    { connection: 0, maxBytes: 4096, ...options },
    { start: (start) => starts.push(start), entry: (entry) => entries.push(entry) },
  );
  return { starts, entries, end };
}

/** "client text hello", "server close 1000 bye". */
const told = ({ entries }: Followed) =>
  entries.map(({ from, type, payload, code, reason }) =>
    [from, type, ...(type === 'close' ? [code, reason] : [Buffer.from(payload ?? []).toString()])]
      .filter((part) => part !== '' && part !== null)
      .join(' '),
  );

/** Packets of a client (port 50000 and up) and a server (port 80); packet n comes at n ms. */
class Script {
  readonly #packets: PacketSpec[] = [];
  readonly #next = new Map<string, number>();

  send(from: 'client' | 'server', payload: string, flags = 'PA', port = 50_000): this {
    const [mine, theirs] = from === 'client' ? ['c', 's'] : ['s', 'c'];
    const sequence = this.#at(`${mine}${port}`);
    const segment = tcp({
      sourcePort: from === 'client' ? port : 80,
      destinationPort: from === 'client' ? 80 : port,
      sequence,
      acknowledgement: flags === 'S' ? 0 : this.#at(`${theirs}${port}`),
      flags,
      payload: text(payload),
    });
    const addresses =
      from === 'client'
        ? { source: '192.0.2.1', destination: '198.51.100.2' }
        : { source: '198.51.100.2', destination: '192.0.2.1' };
    const identification = this.#packets.length + 1;
    this.#packets.push({
      data: ethernet(ipv4(segment, { ...addresses, identification }), 0x0800),
      seconds: 1_767_225_600,
      nanoseconds: identification * 1e6,
    });
    this.#skip(`${mine}${port}`, payload.length + (/[SF]/.test(flags) ? 1 : 0));
    return this;
  }

  /** Sent, but not captured. */
  lost(from: 'client' | 'server', length: number): this {
    this.#skip(`${from === 'client' ? 'c' : 's'}50000`, length);
    return this;
  }

  /** SYN to 101: packets 1 to 5 of a first connection. */
  open(port = 50_000, ...headers: string[]): this {
    return this.send('client', '', 'S', port)
      .send('server', '', 'SA', port)
      .send('client', '', 'A', port)
      .send('client', upgradeRequest(), 'PA', port)
      .send('server', switchingProtocols(...headers), 'PA', port);
  }

  /** Files of these many packets, the last one with what remains. */
  write(name: string, ...counts: number[]): string[] {
    const bounds = [0, ...counts, this.#packets.length];
    return bounds.slice(1).map((bound, index) => {
      const path = join(folder, `${name}-${index}.pcap`);
      writeFileSync(path, pcapFile(this.#packets.slice(bounds[index], bound)));
      return path;
    });
  }

  #at(key: string): number {
    return this.#next.get(key) ?? 1000;
  }

  #skip(key: string, length: number): void {
    this.#next.set(key, this.#at(key) + length);
  }
}

const MASKED_HI = '\x81\x82\x01\x02\x03\x04ik';
const MASKED_CLOSE = '\x88\x82\x01\x02\x03\x04\x02\xea';

describe('a conversation', () => {
  const session = () =>
    new Script()
      .open()
      .send('client', MASKED_HI)
      .send('server', '\x01\x03Hel')
      .send('server', '\x89\x01a')
      .send('client', '\x8a\x81\x01\x02\x03\x04\x60')
      .send('server', '\x80\x02lo\x82\x02\0\xff')
      .send('client', MASKED_CLOSE)
      .send('server', '\x88\x05\x03\xe8bye')
      .send('server', '', 'FA')
      .send('client', '', 'FA');

  test('is told in the order in which its messages are complete, both directions as one', async () => {
    const result = await followed(session().write('session'));
    expect(result.starts).toEqual([
      {
        connection: 0,
        client: { address: '192.0.2.1', port: 50_000 },
        server: { address: '198.51.100.2', port: 80 },
        openedPacket: 5,
        openedAt: '2026-01-01T00:00:00.005000000Z',
        inferred: false,
      },
    ]);
    expect(told(result)).toEqual([
      'client text hi',
      'server ping a',
      'client pong a',
      'server text Hello',
      'server binary \0\ufffd',
      'client close 1000',
      'server close 1000 bye',
    ]);
    expect(result.entries.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(result.entries[3]).toMatchObject({
      firstPacket: 7,
      packet: 10,
      offsetMs: 5,
      at: '2026-01-01T00:00:00.010000000Z',
      frames: 2,
      compressed: false,
      wireBytes: 5,
      bytes: 5,
      problem: null,
    });
    expect(result.end).toEqual({
      entries: 7,
      messages: 3,
      endedBy: 'server',
      how: 'fin',
      packet: 13,
      offsetMs: 8,
      notes: [],
    });
  });

  test('is the same from a capture in parts, wherever that was cut, and with an empty part', async () => {
    const whole = await followed(session().write('whole'));
    for (const cut of [1, 5, 7, 10, 13])
      expect(await followed(session().write(`cut-${cut}`, cut))).toEqual(whole);
    const empty = join(folder, 'empty.pcap');
    writeFileSync(empty, '');
    expect(await followed([...session().write('with-empty', 7), empty])).toEqual(whole);
  });

  test('is the same by either reader', async () => {
    const paths = session().write('reader');
    expect(await followed(paths, { reader: 'pcap-parser' })).toEqual(await followed(paths));
  });

  test('is that of the connection asked for, and of no other', async () => {
    const paths = new Script()
      .open(50_000)
      .open(50_001)
      .send('server', '\x81\x03one', 'PA', 50_000)
      .send('server', '\x81\x03two', 'PA', 50_001)
      .write('two');
    expect(told(await followed(paths))).toEqual(['server text one']);
    expect(told(await followed(paths, { connection: 1 }))).toEqual(['server text two']);
  });

  test('keeps of each message what was asked for', async () => {
    const paths = new Script()
      .open()
      .send('server', `\x82\x7e\x03\xe8${'x'.repeat(1000)}`)
      .write('limit');
    for (const maxBytes of [0, 3, 100]) {
      const [entry] = (await followed(paths, { maxBytes })).entries;
      expect(entry?.bytes).toBe(1000);
      expect(entry?.payload?.length).toBeGreaterThanOrEqual(maxBytes);
      expect(entry?.payload?.length).toBeLessThanOrEqual(Math.max(4, maxBytes + 4));
    }
  });

  test('that was still open says so', async () => {
    const { end } = await followed(new Script().open().send('client', MASKED_HI).write('open'));
    expect(end).toMatchObject({ entries: 1, endedBy: null, how: null, notes: [{ code: 'capture-ended' }] });
  });
});

describe('what can not be shown', () => {
  test('a message of which bytes are missing, and the notes say why', async () => {
    const script = new Script()
      .open()
      .send('server', '\x81\x05He')
      .lost('server', 2)
      .send('server', 'o\x81\x02hi');
    for (let i = 0; i < 12; i++) script.send('client', '', 'A');
    const { entries, end } = await followed(script.write('gap'));
    expect(entries).toMatchObject([
      {
        bytes: null,
        payload: null,
        wireBytes: 5,
        problem: expect.stringContaining('not in the capture') as string,
      },
      { bytes: 2, problem: null },
    ]);
    expect(end?.notes.map(({ code }) => code)).toContain('gap');
  });

  test.each([
    ['a text that is not UTF-8', '\x81\x01\xff', [], 'UTF-8', 1],
    ['a message that does not inflate', '\xc1\x02\xff\xff', ['permessage-deflate'], 'inflate', null],
    ['one of an extension that is not known', '\xc1\x01x', ['x-webkit-deflate-frame'], 'not known', null],
  ])('%s', async (_name, frame, extensions, problem, bytes) => {
    const headers = extensions.map((name) => `Sec-WebSocket-Extensions: ${name}`);
    const script = new Script().open(50_000, ...headers).send('server', frame);
    const { entries } = await followed(script.write(`problem-${problem}`));
    expect(entries).toMatchObject([{ bytes, problem: expect.stringContaining(problem) as string }]);
  });
});

describe('a connection that was open before the capture began', () => {
  const middle = (rounds: number) => {
    const script = new Script();
    for (let i = 0; i < rounds; i++) script.send('client', MASKED_HI).send('server', '\x81\x02yo');
    return script;
  };

  test('is followed from its first frame on, once that is certain', async () => {
    const result = await followed(middle(3).write('inferred'));
    expect(result.starts).toMatchObject([{ inferred: true, openedPacket: 1, client: { port: 50_000 } }]);
    expect(told(result)).toEqual(Array(3).fill(['client text hi', 'server text yo']).flat());
    expect(result.entries[0]?.offsetMs).toBe(0);
    expect(result.end?.notes.map(({ code }) => code)).toContain('handshake-not-captured');
  });

  test('is followed at once where its port was named', async () => {
    const paths = middle(1).write('named');
    expect((await followed(paths)).end).toBeNull();
    expect(told(await followed(paths, { ports: [80] }))).toEqual(['client text hi', 'server text yo']);
  });
});

describe('fixtures', () => {
  test.each([
    'clean/text-binary-ping',
    'clean/server-closes-1000',
    'clean/permessage-deflate',
    'clean/still-open',
  ])('%s: one entry a frame, as the report has them', async (name) => {
    const [connection] = (await analyze(fixture(name))).connections;
    const frames = connection!.timeline.filter(({ event }) => event === 'frame');
    const { entries, end } = await followed(fixture(name), { connection: connection!.id });
    expect(entries.map(({ from, type, packet }) => `${packet} ${from} ${type}`)).toEqual(
      frames.map(({ from, opcode, packet }) => `${packet} ${from} ${opcode}`),
    );
    expect(end).toMatchObject({
      endedBy: connection!.close?.firstBy ?? null,
      packet: connection!.close?.packet ?? null,
    });
  });

  test.each(['clean/permessage-deflate', 'clean/permessage-deflate-no-takeover', 'deflate/final-blocks'])(
    '%s: compressed messages are inflated',
    async (name) => {
      const { entries } = await followed(fixture(name), { maxBytes: 1 << 20 });
      const compressed = entries.filter((entry) => entry.compressed);
      expect(compressed.length).toBeGreaterThan(0);
      for (const { problem, bytes, payload } of compressed) {
        expect(problem).toBeNull();
        expect(payload).toHaveLength(bytes!);
      }
    },
  );

  test('the parts of a rotated capture give what the whole one gives', async () => {
    const parts = [1, 2, 3].map((part) => fixture(`formats/rotated-${part}`));
    const [connection] = (await analyze(parts)).connections;
    const asked = { connection: connection!.id };
    const whole = await followed(fixture('formats/pcap-ns'), asked);
    const rotated = await followed(parts, asked);
    expect(whole.starts).toHaveLength(1);
    expect(rotated).toEqual(whole);
  });
});

describe('one of two networks with the same addresses', () => {
  const ends = { client: 50_000, server: 80 };
  const packet = (vni: number | null, from: 'client' | 'server', spec: TcpSpec) => {
    const to = from === 'client' ? 'server' : 'client';
    const segment = tcp({ sourcePort: ends[from], destinationPort: ends[to], flags: 'PA', ...spec });
    const [source, destination] = from === 'client' ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
    const inner = { etherType: 0x0800, bytes: ipv4(segment, { source, destination }) };
    return { data: framed(vni === null ? inner : vxlan(inner, vni)) };
  };
  const hello = '\x81\x05hello';
  const response = text(switchingProtocols() + hello);

  test.each<[string, number | null]>([
    ['in a tunnel', 1],
    ['in no tunnel', null],
  ])(
    'is followed and extracted though its handshake was not captured: the other one is %s',
    async (_, vni) => {
      const path = join(folder, `two-networks-${vni}.pcap`);
      const capture = [
        packet(vni, 'client', { sequence: 0, flags: 'S' }),
        packet(vni, 'server', { sequence: 0, acknowledgement: 1, flags: 'SA' }),
        packet(vni, 'client', { sequence: 1, payload: text(upgradeRequest()) }),
        packet(vni, 'server', { sequence: 1, payload: response }),
        packet(2, 'server', { sequence: 1e9, acknowledgement: 2e9, payload: response }),
        packet(2, 'server', { sequence: 1e9 + response.length, acknowledgement: 2e9, payload: text(hello) }),
      ];
      writeFileSync(path, pcapFile(capture));
      const { connections } = await analyze(path);
      expect(connections.map(({ id, opening }) => [id, opening])).toEqual([
        [0, 'handshake'],
        [1, 'handshake'],
      ]);
      expect(told(await followed(path, { connection: 0 }))).toEqual(['server text hello']);
      expect(told(await followed(path, { connection: 1 }))).toEqual([
        'server text hello',
        'server text hello',
      ]);
      for (const anonymizeKey of [null, KEY]) {
        const extracts = await Promise.all([0, 1].map((id) => runExtract([path], [id], { anonymizeKey })));
        expect(extracts.map(({ summary }) => summary.packets)).toEqual([4, 2]);
      }
    },
  );
});

describe('nothing is told', () => {
  test.each<[string, () => string[], number]>([
    ['of a connection that is not there', () => new Script().open().write('absent'), 7],
    [
      'of HTTP that opens no WebSocket',
      () => new Script().send('client', '', 'S').send('client', 'GET / HTTP/1.1\r\n\r\n').write('http'),
      0,
    ],
    [
      'of an upgrade without an answer',
      () => new Script().send('client', '', 'S').send('client', upgradeRequest()).write('asked'),
      0,
    ],
    ['of TLS', () => [fixture('other/wss-encrypted')], 0],
  ])('%s', async (_name, paths, connection) => {
    expect(await followed(paths(), { connection })).toEqual({ starts: [], entries: [], end: null });
  });

  test('where the input can not be read', async () => {
    const empty = join(folder, 'nothing.pcap');
    writeFileSync(empty, '');
    await expect(followed('no/such/file.pcap')).rejects.toThrow(CaptureError);
    await expect(followed(empty)).rejects.toThrow(CaptureError);
    await expect(followed([empty, empty])).rejects.toThrow(CaptureError);
  });

  test('after it was aborted', async () => {
    const reason = new Error('enough');
    const path = fixture('clean/text-binary-ping');
    await expect(followed(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
