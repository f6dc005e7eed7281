import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Direction } from '../../src/basics/direction.ts';
import { FrameSniffer } from '../../src/websocket/frame-sniffer.ts';
import { frameOf } from '../helpers/frame-log.ts';
import { concat, hex } from '../helpers/pcap-builder.ts';

const CLIENT = 0;
const SERVER = 1;

/** A frame as a client sends it. */
function masked(frame: Uint8Array, key: Uint8Array = hex('11223344')): Uint8Array {
  const short = frame[1]! & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  const payload = frame.subarray(head).map((byte, index) => byte ^ key[index & 3]!);
  const header = frame.slice(0, head);
  header[1]! |= 0x80;
  return concat([header, key, payload]);
}

/** Segments of at most this many bytes; a new segment for each piece, as senders write them. */
function segmentsOf(pieces: readonly Uint8Array[], size = 1448): Uint8Array[] {
  return pieces.flatMap((piece) =>
    Array.from({ length: Math.ceil(piece.length / size) }, (_, i) =>
      piece.subarray(i * size, (i + 1) * size),
    ),
  );
}

/** Both directions, segment by segment in turn. Returns the client, and in which packet it was found out. */
function sniff(
  client: readonly Uint8Array[],
  server: readonly Uint8Array[],
  sniffer = new FrameSniffer(false),
): { client: Direction | null; packet: number; sniffer: FrameSniffer } {
  let packet = 0;
  for (let i = 0; i < Math.max(client.length, server.length); i++) {
    for (const [direction, segments] of [
      [CLIENT, client],
      [SERVER, server],
    ] as const) {
      const segment = segments[i];
      if (segment === undefined) continue;
      packet++;
      // A Buffer: what it is asked to keep has to be copied.
      const around = Buffer.from(concat([Uint8Array.of(0x81), segment, Uint8Array.of(0x81)]));
      const found = sniffer.push(direction, around, 1, 1 + segment.length, packet, packet, 0);
      around.fill(0xee);
      if (found !== null) return { client: found, packet, sniffer };
    }
  }
  return { client: null, packet, sniffer };
}

/** The held bytes of a direction, as hexadecimal digits. */
const taken = (sniffer: FrameSniffer, direction: Direction) =>
  Buffer.concat(sniffer.take(direction).map(({ bytes }) => bytes)).toString('hex');

const TEXT = frameOf(1, 'hello');
const PING = frameOf(9, 'x');

/** Pseudo-random bytes that are the same each time. */
function randomBytes(length: number, seed: number): Uint8Array {
  let state = seed * 2654435761 + 1;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return (state >>> 13) & 255;
  });
}

describe('proof', () => {
  const three = [TEXT, PING, TEXT];

  test('is three frames in each direction, masked in one of them', () => {
    const { client, packet, sniffer } = sniff(
      three.map((frame) => masked(frame)),
      three,
    );
    expect([client, packet]).toEqual([CLIENT, 6]);
    expect([sniffer.hasFrames(0), sniffer.hasFrames(1)]).toEqual([true, true]);
    expect(taken(sniffer, SERVER)).toBe(Buffer.concat(three).toString('hex'));
  });

  test('names the one who masks as client, whoever sent first', () => {
    expect(
      sniff(
        three,
        three.map((frame) => masked(frame)),
      ).client,
    ).toBe(SERVER);
  });

  test.each<[string, Uint8Array[], Uint8Array[]]>([
    ['two frames of one side', [TEXT, TEXT].map((frame) => masked(frame)), three],
    ['one direction only', three.map((frame) => masked(frame)), []],
    ['neither side masks', three, three],
    ['both sides mask', three.map((frame) => masked(frame)), three.map((frame) => masked(frame))],
    ['a side that masks and does not', [masked(TEXT), TEXT, masked(TEXT)], three],
  ])('is not: %s', (_name, client, server) => {
    expect(sniff(client, server).client).toBeNull();
  });

  test.each<[string, Uint8Array]>([
    ['a reserved opcode', frameOf(3, 'x')],
    ['RSV2', hex('a100')],
    ['RSV1 on a continuation', hex('c00161')],
    ['RSV1 on a ping', hex('c900')],
    ['a fragmented ping', hex('0900')],
    ['a ping of 126 bytes', frameOf(9, 'x'.repeat(126))],
    ['a length not in its shortest form', hex('817e0001 61')],
    ['an absurd length', hex('827f 00000001 00000000')],
    ['a continuation of nothing', frameOf(0, 'x')],
    ['a message inside a message', concat([frameOf(1, 'x', false), TEXT])],
    ['an empty fragment', hex('0100')],
  ])('is not what holds %s', (_name, odd) => {
    const server = [TEXT, TEXT, odd, TEXT];
    const client = Array<Uint8Array>(5).fill(masked(TEXT));
    expect(sniff(client, server).client).toBeNull();
  });

  test('may come in one segment, or byte by byte', () => {
    const client = concat(three.map((frame) => masked(frame)));
    const server = concat(three);
    expect(sniff([client], [server]).client).toBe(CLIENT);
    expect(sniff(segmentsOf([client], 1), segmentsOf([server], 1)).client).toBe(CLIENT);
  });

  test('begins anew after a gap', () => {
    const sniffer = new FrameSniffer(false);
    expect(sniff([masked(TEXT), masked(TEXT)], three, sniffer).client).toBeNull();
    sniffer.gap(CLIENT);
    expect(sniff([masked(TEXT)], [], sniffer).client).toBeNull();
    expect(sniff([masked(TEXT), masked(TEXT)], [], sniffer).client).toBe(CLIENT);
  });
});

describe('where the user named the port', () => {
  const named = () => new FrameSniffer(true);

  test('one frame that ends with a segment is enough, and says who the client is', () => {
    expect(sniff([masked(TEXT)], [], named()).client).toBe(CLIENT);
    expect(sniff([], [TEXT], named()).client).toBe(CLIENT);
    expect(sniff([TEXT], [], named()).client).toBe(SERVER);
  });

  test('what looks like a frame in the middle of other bytes does not count', () => {
    expect(sniff([], [concat([TEXT, hex('ffff')])], named()).client).toBeNull();
    expect(sniff([], [concat([TEXT, hex('81')])], named()).client).toBeNull();
  });

  test('the other direction has to show frames of its role', () => {
    const { client, sniffer } = sniff([], [TEXT], named());
    expect(client).toBe(CLIENT);
    sniffer.take(SERVER);
    sniff([TEXT], [], sniffer);
    expect(sniffer.hasFrames(CLIENT)).toBe(false);
    sniffer.gap(CLIENT);
    sniff([masked(TEXT)], [], sniffer);
    expect(sniffer.hasFrames(CLIENT)).toBe(true);
  });

  test('the middle of a large binary message shows none', () => {
    const found: number[] = [];
    for (let seed = 0; seed < 100; seed++) {
      const rest = segmentsOf([frameOf(2, randomBytes(60_000, seed))]).slice(1);
      const { client, packet } = sniff([], [...rest, ...Array<Uint8Array>(8).fill(TEXT)], named());
      if (client === CLIENT) found.push(packet - rest.length);
      else expect(client).toBeNull();
    }
    expect(found.length).toBeGreaterThan(93);
    expect(found.filter((place) => place <= 0).length).toBeLessThanOrEqual(1);
  });
});

describe('real streams are found from any segment on', () => {
  const size = fc.oneof(
    { weight: 8, arbitrary: fc.nat(200) },
    { weight: 2, arbitrary: fc.nat(5000) },
    { weight: 1, arbitrary: fc.nat(120_000) },
  );
  const frames = (role: 'client' | 'server') =>
    fc
      .array(fc.record({ opcode: fc.constantFrom(1, 2, 9, 10), size, seed: fc.nat(1000) }), {
        minLength: 12,
        maxLength: 20,
      })
      .map((list) =>
        list.map(({ opcode, size: length, seed }) => {
          const frame = frameOf(opcode, randomBytes(opcode > 2 ? length % 126 : length, seed));
          return role === 'client' ? masked(frame, randomBytes(4, seed + 1)) : frame;
        }),
      );

  test('in the middle of large messages, too', () => {
    let runs = 0;
    let misses = 0;
    fc.assert(
      fc.property(frames('client'), frames('server'), fc.nat(), fc.nat(), (client, server, skipA, skipB) => {
        // The capture begins somewhere in the first half; the last messages are small.
        const tail = Array<Uint8Array>(6).fill(TEXT);
        const a = segmentsOf([...client, ...tail.map((frame) => masked(frame))]);
        const b = segmentsOf([...server, ...tail]);
        const found = sniff(a.slice(skipA % (a.length - 6)), b.slice(skipB % (b.length - 6)));
        runs++;
        if (found.client === null) misses++;
        else expect(found.client).toBe(CLIENT);
      }),
      { numRuns: 80, seed: 7 },
    );
    // Payload may look like the header of a frame of up to 64 KiB; the next try comes only after that frame. So frames
    // are never found wrongly, and rarely late.
    expect(misses / runs).toBeLessThan(0.1);
  });

  test('a server that sends much while the client is silent for long', () => {
    const sniffer = new FrameSniffer(false);
    const tick = frameOf(1, 'x'.repeat(300));
    for (let round = 0; round < 3; round++) {
      sniff([], Array<Uint8Array>(3000).fill(tick), sniffer);
      expect(sniffer.isHopeless).toBe(false);
      if (round < 2) expect(sniff([masked(PING)], [], sniffer).client).toBeNull();
    }
    expect(sniff([masked(PING)], [], sniffer).client).toBe(CLIENT);
    expect(sniffer.hasFrames(SERVER)).toBe(true);
  });

  test('messages larger than what is held', () => {
    const server = segmentsOf([1, 2, 3, 4, 5].map((seed) => frameOf(2, randomBytes(300_000, seed))));
    const sniffer = new FrameSniffer(false);
    sniff([], server, sniffer);
    const client = [TEXT, TEXT, TEXT].map((frame) => masked(frame));
    expect(sniff(client, [], sniffer).client).toBe(CLIENT);
    // It is known where the next frame of the server begins, and reading goes on there.
    expect(sniffer.hasFrames(SERVER)).toBe(false);
    sniff([], [TEXT], sniffer);
    expect(taken(sniffer, SERVER)).toBe(Buffer.from(TEXT).toString('hex'));
  });

  test('what is taken begins with a frame', () => {
    const large = segmentsOf([frameOf(2, randomBytes(40_000, 5))]);
    const server = [...large.slice(3), TEXT, PING, TEXT];
    const client = Array<Uint8Array>(server.length).fill(masked(TEXT));
    const { client: found, sniffer } = sniff(client, server);
    expect(found).toBe(CLIENT);
    expect(taken(sniffer, SERVER)).toBe(Buffer.concat([TEXT, PING, TEXT]).toString('hex'));
  });
});

describe('other protocols are never taken for frames', () => {
  const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
  const repeat = (count: number, make: (i: number) => Uint8Array) =>
    Array.from({ length: count }, (_, i) => make(i));

  test.each<[string, Uint8Array[], Uint8Array[]]>([
    [
      'HTTP',
      repeat(40, (i) => latin1(`GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`)),
      repeat(40, (i) => latin1(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello${i}`)),
    ],
    [
      'TLS',
      repeat(200, (i) => concat([hex('1703030020'), randomBytes(32, i)])),
      repeat(200, (i) => concat([hex('1703030100'), randomBytes(256, i + 7)])),
    ],
    [
      'Redis',
      repeat(200, (i) => latin1(`*3\r\n$3\r\nSET\r\n$2\r\nk${i}\r\n$1\r\n1\r\n`)),
      repeat(200, () => latin1('+OK\r\n')),
    ],
    [
      'JSON lines',
      repeat(200, (i) => latin1(`{"id":${i},"method":"get"}\n`)),
      repeat(200, (i) => latin1(`{"id":${i},"result":null}\n`)),
    ],
    [
      'MQTT: publish, acknowledge, ping',
      repeat(200, (i) =>
        concat([hex('320a0003612f62'), Uint8Array.of(i >> 8, i & 255), latin1('abc'), hex('c000')]),
      ),
      repeat(200, (i) => concat([hex('4002'), Uint8Array.of(i >> 8, i & 255), hex('d000')])),
    ],
    ['MQTT: acknowledgements only', repeat(200, () => hex('c000')), repeat(200, () => hex('40020001'))],
    ['zeros', repeat(200, () => new Uint8Array(40)), repeat(200, () => new Uint8Array(1448))],
    [
      'one byte each',
      repeat(2000, (i) => Uint8Array.of(i & 255)),
      repeat(2000, (i) => Uint8Array.of((i * 7) & 255)),
    ],
    [
      'PostgreSQL',
      repeat(200, () => concat([latin1('Q'), hex('0000000d'), latin1('SELECT 1\0')])),
      repeat(200, () =>
        concat([latin1('T'), hex('0000002100013f'), latin1('column?\0'), hex('5a0000000549')]),
      ),
    ],
  ])('%s', (_name, client, server) => {
    expect(sniff(client, server).client).toBeNull();
    expect(sniff(server, client).client).toBeNull();
  });

  test('random bytes, in segments of any size', () => {
    const wrong: number[] = [];
    for (let seed = 0; seed < 400; seed++) {
      const lengths = randomBytes(240, seed + 900_000);
      const max = [8, 40, 200, 1448][seed & 3]!;
      const segments = (from: number) =>
        Array.from({ length: 60 }, (_, i) =>
          randomBytes(1 + ((lengths[from + i]! * max) >> 8), seed * 512 + from + i),
        );
      if (sniff(segments(0), segments(60)).client !== null) wrong.push(seed);
    }
    expect(wrong).toEqual([]);
  });
});

describe('what it keeps is bounded', () => {
  const heldBytes = (sniffer: FrameSniffer, direction: Direction) =>
    sniffer.take(direction).reduce((sum, { bytes }) => sum + bytes.length, 0);

  test.each<[string, (i: number) => Uint8Array]>([
    ['small frames', () => TEXT],
    ['large frames', (i) => frameOf(2, randomBytes(1000, i))],
    [
      'the middle of one that seems endless',
      (i) => (i === 0 ? hex('827f0000000003ffffff') : new Uint8Array(1448)),
    ],
    ['random bytes', (i) => randomBytes(1448, i)],
  ])('%s', (_name, make) => {
    const sniffer = new FrameSniffer(false);
    sniff(
      [],
      Array.from({ length: 600 }, (_, i) => make(i)),
      sniffer,
    );
    expect(heldBytes(sniffer, SERVER)).toBeLessThanOrEqual(64 * 1024);
  });

  test('a direction that never shows a frame is given up', () => {
    const sniffer = new FrameSniffer(false);
    const line = Uint8Array.from(Buffer.from('+OK\r\n'));
    sniff([], Array<Uint8Array>(4096).fill(line), sniffer);
    expect(sniffer.isHopeless).toBe(false);
    sniff([], [line], sniffer);
    expect(sniffer.isHopeless).toBe(true);
  });

  test('but not one that the user named', () => {
    const sniffer = new FrameSniffer(true);
    sniff([], Array<Uint8Array>(6000).fill(hex('ff')), sniffer);
    expect(sniffer.isHopeless).toBe(false);
  });
});
