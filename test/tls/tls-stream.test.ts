import { randomBytes } from 'node:crypto';
import { getCiphers, type SecureVersion } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { talk, type TlsConversation, type TlsSettings, type WirePiece } from '../helpers/tls-conversation.ts';
import { readTls, recut, type WireEvent } from '../helpers/tls-reading.ts';

const NAMES: Readonly<Record<string, string>> = {
  TLSv1: '1.0',
  'TLSv1.1': '1.1',
  'TLSv1.2': '1.2',
  'TLSv1.3': '1.3',
};

const conversations = new Map<string, Promise<TlsConversation>>();

/** Each conversation is held once. */
function conversation(settings: TlsSettings): Promise<TlsConversation> {
  const key = JSON.stringify(settings);
  const known = conversations.get(key);
  if (known !== undefined) return known;
  const held = talk(settings);
  conversations.set(key, held);
  return held;
}

/** What this Node offers; keys that both sides know beforehand need programs that have them. */
function suites(): TlsSettings[] {
  const all: TlsSettings[] = [];
  for (const name of getCiphers()) {
    if (name.includes('psk') || name.startsWith('srp')) continue;
    const cipher = name.startsWith('tls_') ? name.toUpperCase() : name.toUpperCase();
    if (name.startsWith('tls_')) all.push({ version: 'TLSv1.3', cipher });
    else {
      const certificate = name.includes('ecdsa') ? 'ec' : 'rsa';
      const isCbc = !/gcm|chacha|ccm/.test(name);
      all.push({ version: 'TLSv1.2', cipher, certificate });
      if (isCbc) all.push({ version: 'TLSv1.2', cipher, certificate, macFirst: true });
      if (name.endsWith('-sha')) {
        for (const version of ['TLSv1.1', 'TLSv1'] as const) {
          all.push({ version, cipher, certificate }, { version, cipher, certificate, macFirst: true });
        }
      }
    }
  }
  for (const cipher of ['ECDHE-ECDSA-AES128-CCM', 'ECDHE-ECDSA-AES256-CCM8']) {
    all.push({ version: 'TLSv1.2', cipher, certificate: 'ec' });
  }
  return all;
}

const SOME: readonly TlsSettings[] = [
  { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
  { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  { version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
  { version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
  { version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES128-SHA256', macFirst: true },
  { version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES256-SHA' },
  { version: 'TLSv1', cipher: 'ECDHE-ECDSA-AES128-SHA', macFirst: true },
];

const labelOf = ({ version, cipher = '', macFirst = false }: TlsSettings): string =>
  `${version} ${cipher}${macFirst ? ', MAC first' : ''}`;

describe('TLS with keys', () => {
  it.each(suites().map((settings) => [labelOf(settings), settings] as const))(
    'reads what is inside, whole and byte by byte: %s',
    async (_label, settings) => {
      const { wire, inside, keyLog, version, cipher } = await conversation(settings);
      const whole = readTls(wire, keyLog);
      expect(whole.inside).toEqual(inside);
      expect(whole.facts).toMatchObject({
        version: NAMES[version],
        cipher,
        keys: 'found',
        isResumed: false,
        undecrypted: [],
        hello: { serverName: 'live.example.org' },
        alerts: [
          { from: 'server', level: 'warning', description: 'close_notify', isDecrypted: true },
          { from: 'client', level: 'warning', description: 'close_notify', isDecrypted: true },
        ],
      });
      expect(whole.facts.completed).not.toBeNull();
      expect(whole.facts.closeNotify.server).not.toBeNull();
      expect(
        readTls(
          recut(wire, () => 1),
          keyLog,
        ).inside,
      ).toEqual(inside);
    },
  );

  it.each(SOME.map((settings) => [labelOf(settings), settings] as const))(
    'reads the same whatever the segments are: %s',
    async (_label, settings) => {
      const { wire, inside, keyLog } = await conversation(settings);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
          const cut = recut(wire, (turn) => sizes[turn % sizes.length]!);
          expect(readTls(cut, keyLog).inside).toEqual(inside);
        }),
        { numRuns: 12 },
      );
    },
  );

  it.each(SOME.map((settings) => [labelOf(settings), settings] as const))(
    'shows a beginning of what is inside wherever the capture ends, and blames nothing: %s',
    async (_label, settings) => {
      const { wire, inside, keyLog } = await conversation(settings);
      const bytes = recut(wire, () => 1);
      const step = Math.max(1, Math.floor(bytes.length / 60));
      for (let length = 0; length < bytes.length; length += step) {
        const reading = readTls(bytes.slice(0, length), keyLog);
        for (const direction of [0, 1] as const) {
          expect(inside[direction].startsWith(reading.inside[direction])).toBe(true);
        }
        expect(reading.facts.undecrypted).toEqual([]);
      }
    },
  );

  it('hands contents on with the packet that completes their record', async () => {
    const { wire, keyLog } = await conversation(SOME[0]!);
    const whole = readTls(wire, keyLog);
    // Each line of the conversation is one write, and so one piece of the wire.
    const halves = wire.flatMap(({ direction, bytes }) => {
      const middle = Math.max(1, bytes.length >> 1);
      return [bytes.slice(0, middle), bytes.slice(middle)]
        .filter((half) => half.length > 0)
        .map((half) => ({ direction, bytes: half }));
    });
    expect(readTls(halves, keyLog).packets).toEqual(whole.packets.map((packet) => 2 * packet));
  });

  it('reads a resumed connection, and says that it is one', async () => {
    const ticketKeys = randomBytes(48);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as SecureVersion[]) {
      const first = await talk({ version, ticketKeys });
      expect(first.session).not.toBeNull();
      const second = await talk({ version, ticketKeys, session: first.session });
      const reading = readTls(second.wire, second.keyLog);
      expect(reading.inside).toEqual(second.inside);
      expect(reading.facts).toMatchObject({
        isResumed: true,
        certificate: null,
        hello: { offersResumption: true },
      });
    }
  });

  it('says which protocol was chosen, who was asked for a certificate, and which one the server has', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as SecureVersion[]) {
      const { wire, keyLog } = await conversation({
        version,
        alpn: ['http/1.1'],
        asksClientCertificate: true,
      });
      expect(readTls(wire, keyLog).facts).toMatchObject({
        alpn: 'http/1.1',
        asksClientCertificate: true,
        certificate: { subject: 'CN=example.org' },
      });
    }
    const { wire, keyLog } = await conversation(SOME[0]!);
    expect(readTls(wire, keyLog).facts).toMatchObject({ alpn: null, asksClientCertificate: false });
  });

  it('reads what the client sends where it was captured before the server’s answer', async () => {
    for (const settings of SOME) {
      const { wire, inside, keyLog } = await conversation(settings);
      const client = wire.filter(({ direction }) => direction === 0);
      const server = wire.filter(({ direction }) => direction === 1);
      expect(readTls([...client, ...server], keyLog).inside).toEqual(inside);
    }
  });
});

describe('TLS with other keys, or without', () => {
  const wrong = (keyLog: string): string =>
    keyLog.replace(
      / ([0-9a-f]{2})([0-9a-f]+)$/gm,
      (_line, first: string, rest: string) => ` ${first === '00' ? '01' : '00'}${rest}`,
    );

  it('shows nothing that does not verify, and says that the keys are wrong', async () => {
    for (const settings of SOME) {
      const { wire, keyLog } = await conversation(settings);
      const reading = readTls(wire, wrong(keyLog));
      expect(reading.inside.join('').replaceAll('<unknown>', '')).toBe('');
      expect(reading.facts.keys).toBe('wrong');
      expect(reading.facts.undecrypted.every(({ reason }) => reason === 'keys')).toBe(true);
    }
  });

  it('reads the handshake without keys, when it was complete, and how much came behind it', async () => {
    for (const settings of SOME) {
      const { wire, inside, keyLog, cipher, version } = await conversation(settings);
      const { facts } = readTls(wire, keyLog);
      const reading = readTls(wire, null);
      expect(reading.inside).toEqual(['', '']);
      expect(reading.facts).toMatchObject({
        keys: 'missing',
        cipher,
        version: NAMES[version],
        undecrypted: [],
        completed: facts.completed,
        alerts: [],
      });
      expect(reading.facts.look.client.bytes).toBeGreaterThan(inside[0].length);
      expect(reading.facts.look.server.bytes).toBeGreaterThan(inside[1].length);
    }
  });

  it('names what it does not decrypt', async () => {
    const { wire, keyLog } = await conversation({
      version: 'TLSv1.2',
      cipher: 'ECDHE-ECDSA-ARIA128-GCM-SHA256',
    });
    const { facts } = readTls(wire, keyLog);
    expect(facts).toMatchObject({
      keys: 'unsupported',
      unsupported: 'the cipher suite TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256',
    });
  });

  it('reads the application’s records where the handshake’s secrets are missing', async () => {
    const { wire, inside, keyLog } = await conversation(SOME[0]!);
    const some = keyLog.replace(/^.*HANDSHAKE_TRAFFIC_SECRET.*\n/gm, '');
    const reading = readTls(wire, some);
    expect(reading.inside).toEqual(inside);
    expect(reading.facts).toMatchObject({ keys: 'found', undecrypted: [] });
  });

  it('tells a direction whose secret is missing from one that is silent', async () => {
    const { wire, inside, keyLog } = await conversation(SOME[0]!);
    const some = keyLog.replace(/^SERVER_TRAFFIC_SECRET_0.*\n/gm, '');
    const reading = readTls(wire, some);
    expect(reading.inside).toEqual([inside[0], '<unknown>']);
    expect(reading.facts.undecrypted).toMatchObject([{ from: 'server', reason: 'keys', isResumed: false }]);
  });
});

describe('TLS behind a loss', () => {
  /** The wire without some pieces: what is lost is told as TCP tells it. */
  function without(wire: readonly WirePiece[], isLost: (index: number) => boolean): WireEvent[] {
    return wire.map((piece, index) =>
      isLost(index) ? { direction: piece.direction, gap: piece.bytes.length } : piece,
    );
  }

  const LINES = Array.from({ length: 40 }, (_, turn) =>
    `${turn % 2 === 0 ? 'ask' : 'say'} ${turn} `.padEnd(20 + turn * 7, '.'),
  );

  it.each(
    SOME.filter(({ version }) => version !== 'TLSv1').map(
      (settings) => [labelOf(settings), settings] as const,
    ),
  )(
    'goes on with the next record, and knows how much was lost where tags say it: %s',
    async (_label, settings) => {
      const { wire, inside, keyLog } = await conversation({ ...settings, lines: LINES });
      // Each line is a write, and so a piece of the wire; the first ones lost are the client's, one behind the other.
      const { packets } = readTls(wire, keyLog);
      expect(packets.length).toBe(LINES.length);
      const turns = [6, 8, 17];
      const lost = new Set(turns.map((turn) => packets[turn]! - 1));
      const reading = readTls(
        without(wire, (index) => lost.has(index)),
        keyLog,
      );
      // How much padding a record of CBC has is not known.
      const isExact = /GCM|CHACHA/.test(settings.cipher!);
      const gapOf = (...lines: string[]): string => (isExact ? `<${lines.join('').length}>` : '<unknown>');
      const expected: [string, string] = ['', ''];
      LINES.forEach((line, turn) => {
        const direction = turn % 2 === 0 ? 0 : 1;
        if (turn === 6) expected[direction] += gapOf(LINES[6]!, LINES[8]!);
        else if (turn === 17) expected[direction] += gapOf(line);
        else if (turn !== 8) expected[direction] += line;
      });
      expect(reading.inside.map((text) => text.replace(/[.]+/g, '.'))).toEqual(
        expected.map((text) => text.replace(/[.]+/g, '.')),
      );
      expect(inside[0].length).toBeGreaterThan(0);
      expect(reading.facts.undecrypted.every(({ reason, isResumed }) => reason === 'gap' && isResumed)).toBe(
        true,
      );
    },
  );

  it('shows only what was sent, wherever bytes are missing', async () => {
    for (const settings of SOME) {
      const { wire, inside, keyLog } = await conversation({ ...settings, lines: LINES });
      fc.assert(
        fc.property(
          fc.integer({ min: 30, max: 1500 }),
          fc.array(fc.nat(400), { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          (size, losses, isKnown) => {
            const cut = recut(wire, () => size);
            const lost = new Set(losses.map((at) => at % cut.length));
            const events = cut.map((piece, index): WireEvent =>
              lost.has(index)
                ? { direction: piece.direction, gap: isKnown ? piece.bytes.length : 'unknown' }
                : piece,
            );
            const reading = readTls(events, keyLog);
            for (const direction of [0, 1] as const) {
              const parts = reading.inside[direction].split(/<\d+>|<unknown>/);
              let at = 0;
              for (const part of parts) {
                const found = inside[direction].indexOf(part, at);
                expect(found).toBeGreaterThanOrEqual(at);
                at = found + part.length;
              }
              // Gaps of known length stand exactly for what is missing.
              const exact = reading.inside[direction];
              if (!exact.includes('unknown')) {
                const length = exact.replace(/<(\d+)>/g, (_gap, bytes: string) =>
                  '?'.repeat(Number(bytes)),
                ).length;
                expect(length).toBeLessThanOrEqual(inside[direction].length);
              }
            }
            expect(reading.facts.undecrypted.some(({ reason }) => reason === 'refused')).toBe(false);
            expect(['found', 'late']).toContain(reading.facts.keys);
          },
        ),
        { numRuns: 12 },
      );
    }
  });

  it('says that a whole record was refused where a byte of it is wrong, and nothing is missing', async () => {
    for (const settings of SOME) {
      const { wire, inside, keyLog } = await conversation({ ...settings, lines: LINES });
      const at = wire.length - 8;
      const damaged = wire.map(({ direction, bytes }, index) => {
        if (index !== at) return { direction, bytes };
        const other = bytes.slice();
        other[other.length - 3]! ^= 0x40;
        return { direction, bytes: other };
      });
      const { direction } = wire[at]!;
      const reading = readTls(damaged.slice(0, at + 1), keyLog);
      expect(reading.facts.undecrypted).toMatchObject([
        { from: direction === 0 ? 'client' : 'server', reason: 'refused', isResumed: false },
      ]);
      expect(reading.inside[direction].endsWith('<unknown>')).toBe(true);
      expect(inside[direction].startsWith(reading.inside[direction].replace('<unknown>', ''))).toBe(true);
    }
  });

  it('reads nothing where the ServerHello is lost, and says that the handshake is not in the capture', async () => {
    const { wire, keyLog } = await conversation(SOME[0]!);
    const server = wire.findIndex(({ direction }) => direction === 1);
    const reading = readTls(
      without(wire, (index) => index === server),
      keyLog,
    );
    expect(reading.facts.keys).toBe('late');
    expect(reading.inside).toEqual(['', '']);
  });

  it('counts the records of a connection whose beginning is not in the capture', async () => {
    const { wire, keyLog } = await conversation(SOME[0]!);
    const reading = readTls(wire.slice(-7), keyLog, true);
    expect(reading.facts).toMatchObject({ keys: 'late', hello: null, version: null });
    expect(reading.facts.look.client.records + reading.facts.look.server.records).toBeGreaterThan(3);
  });
});

describe('hostile TLS', () => {
  it('takes any bytes behind a hello, in any pieces, without a crash', async () => {
    const { wire, keyLog } = await conversation(SOME[0]!);
    const header = fc.constantFrom([20, 3, 3], [21, 3, 3], [22, 3, 1], [23, 3, 3], [23, 3, 1], [24, 3, 3]);
    const record = fc
      .tuple(header, fc.integer({ min: 0, max: 70_000 }), fc.uint8Array({ maxLength: 80 }))
      .map(([start, length, body]) => Uint8Array.of(...start, (length >> 8) & 0xff, length & 0xff, ...body));
    const event = fc.oneof(
      fc
        .tuple(fc.constantFrom(0 as const, 1 as const), record)
        .map(([direction, bytes]): WireEvent => ({ direction, bytes })),
      fc
        .tuple(fc.constantFrom(0 as const, 1 as const), fc.nat(wire.length - 1))
        .map(([direction, index]): WireEvent => ({ direction, bytes: wire[index]!.bytes })),
      fc
        .tuple(
          fc.constantFrom(0 as const, 1 as const),
          fc.oneof(fc.nat(5000), fc.constant('unknown' as const)),
        )
        .map(([direction, gap]): WireEvent => ({ direction, gap })),
    );
    fc.assert(
      fc.property(fc.nat(4), fc.array(event, { maxLength: 40 }), (begun, events) => {
        const reading = readTls([...wire.slice(0, begun), ...events], keyLog);
        expect(reading.facts.alerts.length).toBeLessThanOrEqual(16);
        expect(reading.facts.undecrypted.length).toBeLessThanOrEqual(16);
      }),
      { numRuns: 120 },
    );
  });
});
