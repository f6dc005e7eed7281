import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recognise } from '../../src/capture/recognise.ts';
import { hex, pcapFile, PcapngBuilder } from '../helpers/pcap-builder.ts';

function message(content: string | Uint8Array, path = 'dump.pcap'): string {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const found = recognise(bytes, path, true);
  return found?.kind === 'other' ? found.message : `(${found?.kind})`;
}

describe('recognise', () => {
  it('knows captures and gzip by their first bytes, without waiting for more', () => {
    expect(recognise(pcapFile([]).subarray(0, 4), 'x', false)).toEqual({ kind: 'pcap' });
    expect(recognise(new PcapngBuilder(false).sectionHeader().subarray(0, 4), 'x', false)).toEqual({
      kind: 'pcapng',
    });
    expect(recognise(hex('1f8b'), 'x', false)).toEqual({ kind: 'gzip' });
    expect(recognise(hex('d4c3b2'), 'x', false)).toBeUndefined();
  });

  it('takes for text what has no control characters', () => {
    expect(message('10:22:58.060810 IP 127.0.0.1.1215 > ')).toBe('(text)');
    expect(message('\xef\xbb\xbf10:22:58')).toBe('(text)');
    expect(message('\xff\xfe1\x000\x00')).toBe('(text)');
  });

  it.each([
    [hex('28b52ffd'), 'zstd -dc dump.pcap | wscap analyze -'],
    [hex('fd377a585a00'), 'xz -dc dump.pcap | wscap analyze -'],
    ['BZh91AY', 'bzip2 -dc dump.pcap'],
    [hex('04224d18'), 'lz4 -dc dump.pcap'],
    ['PK\x03\x04', 'unzip -p dump.pcap'],
    [`${'a'.repeat(257)}ustar`, 'tar -xOf dump.pcap'],
    ['snoop\0\0\0', 'snoop capture: convert it with `editcap -F pcapng dump.pcap out.pcapng`'],
    ['GMBU', 'Network Monitor'],
    ['RTSS', 'Network Monitor'],
    [hex('a1b234cd'), 'variant of pcap'],
    ['\x89PNG\r\n', 'PNG picture'],
    ['\x7fELF', 'ELF program'],
    ['<!DOCTYPE html>', 'HTML page'],
    ['\xef\xbb\xbf<html>', 'HTML page'],
    ['<?xml version="1.0"?>', 'XML'],
    ['{"log": {', 'HAR'],
    ['[\n  {', 'JSON'],
    ['[\n  {\n    "_index": "packets-2023-11-14",\n', 'tshark -P -x'],
    ['{"timestamp":"1700000000101","layers":{"frame_raw":', 'tshark -P -x'],
    ['<?xml version="1.0"?>\n<pdml version="0">', 'tshark -P -x'],
    ['version https://git-lfs.github.com/spec/v1', 'git lfs pull'],
    [new Uint8Array(600), 'nothing but zero bytes'],
    [hex('0102030405060708090a'), 'begins with 01 02 03 04 05 06 07 08.'],
  ])('says what else a file is (%#)', (content, expected) => {
    expect(message(content)).toContain(expected);
  });

  it('writes the path as a shell takes it, and none for standard input', () => {
    expect(message(hex('28b52ffd'), "it's here.zst")).toContain(`zstd -dc 'it'\\''s here.zst' |`);
    expect(message(hex('28b52ffd'), '-')).toContain('`zstd -dc | wscap analyze -`');
    expect(message(hex('28b52ffd'), "a$'&b")).toContain(`zstd -dc 'a$'\\''&b' |`);
  });

  it('has an answer for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(recognise(bytes, 'x', true)).toBeDefined();
      }),
    );
  });
});
