/** What an extract keeps of a connection is bounded, and at the bound it reads what an analysis reads. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { CaptureWriter } from '../fuzz/capture-writer.ts';
import { KEY, switchingProtocols } from '../helpers/handshakes.ts';
import { factsOf, runExtract } from './run-extract.ts';

const TEXT = '\x81\x02hi';
/** A name that an extract keeps as it is, so that it shows whether a line was read as one of a head. */
const KEPT_LINE = 'Sec-WebSocket-Version: 13';
const REQUEST = ['GET /chat HTTP/1.1', 'Host: a', 'Upgrade: websocket', 'Connection: Upgrade'];

/** An upgrade request whose last header is {@link KEPT_LINE}, of so many lines (its empty one not counted) and bytes. */
function requestOf(lineCount: number, byteCount: number): string {
  const last = `Sec-WebSocket-Key: ${KEY}\r\n${KEPT_LINE}\r\n\r\n`;
  const first = `${REQUEST.join('\r\n')}\r\n`;
  const fillers = lineCount - REQUEST.length - 2;
  const room = byteCount - first.length - last.length;
  const width = Math.floor(room / fillers);
  const line = (length: number) => `X-A: ${'y'.repeat(length - 'X-A: \r\n'.length)}\r\n`;
  return first + line(width).repeat(fillers - 1) + line(room - width * (fillers - 1)) + last;
}

describe('a head in an extract', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wscap-bounds-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function extracted(request: string, size: number) {
    const path = join(folder, 'source.pcap');
    const writer = new CaptureWriter().open().sendIn(size, 0, request);
    writeFileSync(path, writer.send(1, 'PA', switchingProtocols()).send(1, 'PA', TEXT).done());
    const source = await analyze(path);
    const { summary, bytes } = await runExtract([path], [0]);
    expect(summary.differences).toEqual([]);
    expect(factsOf(summary.report)).toEqual(factsOf(source));
    return { openings: source.connections.map(({ opening }) => opening), bytes };
  }

  it.each([
    ['1000 lines', 1000, 30_000],
    ['65,000 bytes', 20, 65_000],
  ])('of %s is read to its end', async (_, lineCount, byteCount) => {
    for (const size of [60_000, 1400]) {
      const { openings, bytes } = await extracted(requestOf(lineCount, byteCount), size);
      expect(openings).toEqual(['handshake']);
      expect(bytes.includes(KEPT_LINE)).toBe(true);
    }
  });

  it.each([
    ['1060 lines', 1060, 30_000],
    ['66,500 bytes', 20, 66_500],
    ['66,500 bytes, most of them on one line', 7, 66_500],
  ])('of %s is content from where it is too long', async (_, lineCount, byteCount) => {
    for (const size of [60_000, 1400]) {
      const { openings, bytes } = await extracted(requestOf(lineCount, byteCount), size);
      expect(openings).not.toContain('handshake');
      expect(bytes.includes(KEPT_LINE)).toBe(false);
      expect(bytes.includes('yyyyyy')).toBe(false);
    }
  });
});
