import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureKeys, TLS_KEY_LOG } from '../../src/analysis/capture-keys.ts';
import { namedKeys, unreadableKeys } from '../../src/tls/key-source.ts';
import { text } from '../helpers/packet-bytes.ts';
import { concat, PcapngBuilder, pcapFile } from '../helpers/pcap-builder.ts';

const A = '11'.repeat(32);
const B = '22'.repeat(32);
const random = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const line = (of: string, secret: string) => `CLIENT_RANDOM ${of} ${secret.repeat(48)}\n`;
const given = (name: string, content: string, isForThisCapture = true) =>
  namedKeys(name, [text(content)], isForThisCapture);
const messages = (keys: CaptureKeys) => keys.notes().map(({ code, message }) => `${code}: ${message}`);

const builder = new PcapngBuilder();
const packet = builder.enhancedPacket({ data: Uint8Array.of(1, 2, 3) }, 1n);

function secrets(content: string, type = TLS_KEY_LOG): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, type, true);
  head.setUint32(4, content.length, true);
  return builder.block(10, concat([new Uint8Array(head.buffer), text(content)]));
}

const pcapng = (...blocks: Uint8Array[]) => concat([builder.sectionHeader(), builder.interface(), ...blocks]);

describe('keys that were given', () => {
  it('add up, and the first secret for a ClientHello counts', () => {
    const keys = new CaptureKeys(
      [given('a.log', line(A, 'aa')), given('b.log', line(A, 'bb') + line(B, 'bb'))],
      [],
    );
    expect(keys.secret('CLIENT_RANDOM', random(A))).toEqual(random('aa'.repeat(48)));
    expect(keys.secret('CLIENT_RANDOM', random(A))).toEqual(random('aa'.repeat(48)));
    expect(keys.secret('CLIENT_RANDOM', random(B))).toEqual(random('bb'.repeat(48)));
    expect(messages(keys)).toEqual([
      "keylog: 1 secret of this capture's connections differ between two sources of keys: the first one counts",
    ]);
  });

  it('are not noted where all is well, also where two files hold the same', () => {
    const keys = new CaptureKeys([given('a.log', line(A, 'aa')), given('b.log', line(A, 'aa'))], []);
    keys.secret('CLIENT_RANDOM', random(A));
    expect(messages(keys)).toEqual([]);
  });

  it.each([
    ['', 'x holds no keys: no line of a key log is in it'],
    ['# nothing\n\n', 'x holds no keys: no line of a key log is in it'],
    ['<html>\n<body>\n', 'x is not a key log: none of its lines (2) can be understood'],
    [`EXPORTER_SECRET ${A} ${B}\n`, 'x holds no keys that decrypt a connection, only others'],
    [`${line(A, 'aa')}CLIENT_RANDOM 12\n`, 'x: 1 of its 2 lines could not be understood'],
    [
      line(A, 'aa') + line(A, 'bb'),
      'x holds different secrets for the same connection (1 line): the first one counts',
    ],
  ])('%j is told in a sentence that quotes nothing of it', (content, message) => {
    const keys = new CaptureKeys([given('x', content)], []);
    keys.secret('CLIENT_RANDOM', random(A));
    expect(messages(keys)).toContain(`keylog: ${message}`);
    expect(messages(keys).join()).not.toContain('aaaa');
  });

  it('that are of no connection are noted', () => {
    const keys = new CaptureKeys([given('x', line(B, 'aa'))], []);
    keys.secret('CLIENT_RANDOM', random(A));
    expect(messages(keys)).toEqual(["keylog: x holds the keys of none of this capture's TLS connections"]);
  });

  it('for this capture are noted where no connection needs them, those of the environment are not', () => {
    const keys = new CaptureKeys([given('x', line(B, 'aa')), given('y', line(B, 'aa'), false)], []);
    expect(messages(keys)).toEqual([
      'keylog: x is of no use here: no connection of this capture speaks TLS with its handshake whole in the capture and a cipher suite that is decrypted',
    ]);
  });

  it('that were not used are not noted where not every connection was read', () => {
    const keys = new CaptureKeys([given('x', line(B, 'aa')), given('y', '<html>')], []);
    expect(keys.notes(false).map(({ message }) => message)).toEqual([
      'y is not a key log: none of its lines (1) can be understood',
    ]);
  });

  it('that could not be read are noted', () => {
    const keys = new CaptureKeys([unreadableKeys('x.keylog', 'permission denied')], []);
    expect(messages(keys)).toEqual(['keylog: x.keylog could not be read: permission denied']);
  });
});

describe('keys inside a capture', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wscap-keys-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  it('are found behind the packets that need them', () => {
    const path = file('behind.pcapng', pcapng(packet, packet, secrets(line(A, 'aa')), packet));
    const keys = new CaptureKeys([], [path]);
    expect(keys.secret('CLIENT_RANDOM', random(A))).toEqual(random('aa'.repeat(48)));
    // When the blocks come by, they are known.
    keys.take(TLS_KEY_LOG, text(line(A, 'aa')));
    expect(keys.secret('CLIENT_RANDOM', random(B))).toBeNull();
    expect(messages(keys)).toEqual([]);
  });

  it('are found in gzip, and in the second of two files', () => {
    const first = file('1.pcapng', pcapng(packet));
    const second = file('2.pcapng.gz', gzipSync(pcapng(packet, secrets(line(A, 'aa')))));
    const cut = file('3.pcapng.gz', gzipSync(pcapng(secrets(line(B, 'bb')), packet)).subarray(0, -9));
    const keys = new CaptureKeys([], [first, second, cut]);
    expect(keys.secret('CLIENT_RANDOM', random(A))).toEqual(random('aa'.repeat(48)));
    expect(keys.secret('CLIENT_RANDOM', random(B))).toEqual(random('bb'.repeat(48)));
  });

  it('are found in bytes in memory', () => {
    const whole = pcapng(packet, secrets(line(A, 'aa')));
    const input = { name: 'bytes', whole, chunks: () => Promise.reject(new Error()) as never };
    const keys = new CaptureKeys([], [input]);
    expect(keys.secret('CLIENT_RANDOM', random(A))).not.toBeNull();
  });

  it('are not looked for in what is no pcapng, or has gone', () => {
    const paths = [
      file('a.pcap', pcapFile([{ data: Uint8Array.of(1) }])),
      file('b', text('no capture')),
      file('c.gz', Uint8Array.of(0x1f, 0x8b, 1, 2, 3)),
      file('d', new Uint8Array(0)),
      join(folder, 'gone'),
      folder,
    ];
    const keys = new CaptureKeys([], paths);
    expect(keys.secret('CLIENT_RANDOM', random(A))).toBeNull();
    expect(messages(keys)).toEqual([]);
  });

  it('are no keys of TLS where the block says that they are others', () => {
    const path = file('wireguard.pcapng', pcapng(secrets(line(A, 'aa'), 0x57474b4c), packet));
    const keys = new CaptureKeys([], [path]);
    keys.take(0x57474b4c, text(line(A, 'aa')));
    expect(keys.secret('CLIENT_RANDOM', random(A))).toBeNull();
  });

  it('of a pipe count from where they stand; a note says that they came too late', () => {
    const keys = new CaptureKeys([], ['-']);
    expect(keys.secret('CLIENT_RANDOM', random(A))).toBeNull();
    keys.take(TLS_KEY_LOG, text(line(B, 'bb').trimEnd()));
    keys.take(TLS_KEY_LOG, text(line(A, 'aa').trimEnd()));
    expect(keys.secret('CLIENT_RANDOM', random(B))).not.toBeNull();
    expect(keys.notes().map(({ code }) => code)).toEqual(['keys-late']);
  });

  it('of a pipe that nobody needed are not late', () => {
    const keys = new CaptureKeys([], ['-']);
    expect(keys.secret('CLIENT_RANDOM', random(A))).toBeNull();
    keys.take(TLS_KEY_LOG, text(line(B, 'bb')));
    expect(keys.notes()).toEqual([]);
  });

  it('count behind those that were given', () => {
    const keys = new CaptureKeys([given('x', line(A, 'aa'))], ['-']);
    keys.take(TLS_KEY_LOG, text(line(A, 'bb')));
    expect(keys.secret('CLIENT_RANDOM', random(A))).toEqual(random('aa'.repeat(48)));
    expect(keys.notes()).toHaveLength(1);
  });
});

it('gives the lines of those connections that asked, each secret once, and of no others', () => {
  const keys = new CaptureKeys([given('x', line(A, 'aa') + line(B, 'bb')), given('y', line(A, 'cc'))], []);
  expect(keys.usedLines()).toBe('');
  keys.secret('CLIENT_RANDOM', random(A));
  keys.secret('CLIENT_RANDOM', random('33'.repeat(32)));
  expect(keys.usedLines()).toBe(line(A, 'aa'));
});
