import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrintedTextReader } from '../../../src/capture/paste/printed-text-reader.ts';
import { analyze } from '../../../src/library/analyze.ts';
import { read } from '../collect.ts';

const HEADING = `
===================================================================
Follow: tcp,MODE
Filter: tcp.stream eq 0
Node 0: 10.0.0.2:50000
Node 1: 10.0.0.1:8080
`;
const END = '===================================================================\n';

type Run = readonly [node: 0 | 1, bytes: Uint8Array];

function hexForm(runs: readonly Run[]): string {
  const offsets = [0, 0];
  return runs
    .flatMap(([node, bytes]) => {
      const lines: string[] = [];
      for (let at = 0; at < bytes.length; at += 16) {
        const piece = bytes.subarray(at, at + 16);
        const hex = [...piece].map((byte) => byte.toString(16).padStart(2, '0'));
        const text = [...piece]
          .map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '.'))
          .join('');
        const columns = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`.padEnd(48);
        lines.push(
          `${node === 1 ? '\t' : ''}${offsets[node]!.toString(16).padStart(8, '0')}  ${columns}  ${text}\n`,
        );
        offsets[node]! += piece.length;
      }
      return lines;
    })
    .join('');
}

function rawForm(runs: readonly Run[]): string {
  return runs
    .map(([node, bytes]) => `${node === 1 ? '\t' : ''}${Buffer.from(bytes).toString('hex')}\n`)
    .join('');
}

function text(printed: string, chunk?: number) {
  const bytes = Buffer.from(printed);
  return read(PrintedTextReader, bytes, [chunk ?? bytes.length]);
}

/** The bytes of each side, by the port that sent them. */
function streams(printed: string) {
  const found = new Map<number, string>();
  for (const { data } of text(printed).packets) {
    const bytes = Buffer.from(data, 'hex');
    const port = bytes.readUInt16BE(20);
    found.set(port, (found.get(port) ?? '') + bytes.subarray(40).toString('hex'));
  }
  return found;
}

const latin1 = (value: string) => Uint8Array.from(Buffer.from(value, 'latin1'));
const REQUEST = latin1(
  'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
);
const ANSWER = latin1(
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
);
const CONVERSATION: readonly Run[] = [
  [0, REQUEST],
  [1, ANSWER],
  [0, latin1('\x81\x85\x37\xfa\x21\x3d\x5f\x9f\x4d\x51\x58')],
  [1, latin1('\x81\x05hello')],
];

describe('a followed stream', () => {
  it.each([
    ['hex', hexForm(CONVERSATION)],
    ['raw', rawForm(CONVERSATION)],
  ])('shows handshake and frames as %s, and nothing of the end', async (mode, body) => {
    const report = await analyze(Buffer.from(HEADING.replace('MODE', mode) + body + END));
    expect(report.captures[0]!.format).toBe('followed-stream');
    expect(report.captures[0]!.notes.map(({ code }) => code)).toEqual(['no-timestamp', 'followed-stream']);
    expect(report.connections).toHaveLength(1);
    const [connection] = report.connections;
    expect(connection).toMatchObject({
      client: { address: '10.0.0.2', port: 50_000 },
      server: { address: '10.0.0.1', port: 8080 },
      verdict: 'unknown',
      upgrade: { status: 101, accept: 'valid' },
      anomalies: [],
    });
    expect(connection!.timeline.filter(({ event }) => event === 'frame')).toHaveLength(2);
    expect(connection!.notes.map(({ code }) => code)).not.toContain('capture-ended');
  });

  it('is read without its heading, as Wireshark saves it', () => {
    const found = streams(hexForm(CONVERSATION));
    expect([...found.values()].map((each) => each.length / 2)).toEqual([
      REQUEST.length + 11,
      ANSWER.length + 7,
    ]);
  });

  it('is the same byte by byte, and without the indentation where offsets tell the sides apart', () => {
    const printed = HEADING.replace('MODE', 'hex') + hexForm(CONVERSATION) + END;
    const { packets } = text(printed);
    expect(text(printed, 1).packets).toEqual(packets);
    expect(text(printed.replaceAll('\t', '')).packets).toEqual(packets);
  });

  it('gives back the bytes of each side, whatever they are', () => {
    const run = fc.tuple(
      fc.constantFrom(0 as const, 1 as const),
      fc.uint8Array({ minLength: 1, maxLength: 70 }),
    );
    fc.assert(
      fc.property(
        fc.array(run, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('hex', 'raw'),
        (runs, mode) => {
          const printed =
            HEADING.replace('MODE', mode) + (mode === 'hex' ? hexForm(runs) : rawForm(runs)) + END;
          const expected = [50_000, 8080].map((_, node) =>
            runs
              .filter(([from]) => from === node)
              .map(([, bytes]) => Buffer.from(bytes).toString('hex'))
              .join(''),
          );
          const found = streams(printed);
          expect([found.get(50_000) ?? '', found.get(8080) ?? '']).toEqual(expected);
        },
      ),
    );
  });

  it('is refused as characters, with the command that helps', () => {
    expect(() => text(`${HEADING.replace('MODE', 'ascii')}16\nGET / HTTP/1.1..\n${END}`)).toThrow(
      /follow,tcp,hex,0/,
    );
  });
});
