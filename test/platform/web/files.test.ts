import { expect, test } from 'vitest';
import { CaptureError } from '../../../src/capture/capture-error.ts';
import { readChunks } from '../../../src/platform/web/file-chunks.ts';
import { fileDigest } from '../../../src/platform/web/file-digest.ts';
import { loadPcapParserReader } from '../../../src/platform/web/pcap-parser-reader.ts';

test('a browser opens no path, and says what to do', () => {
  expect(() => readChunks('dump.pcap')).toThrow(CaptureError);
  expect(() => readChunks('dump.pcap')).toThrow('choose the file');
});

test('a path there has no digest', async () => {
  expect(await fileDigest('dump.pcap')).toBeNull();
});

test('the second reader is not there', async () => {
  await expect(loadPcapParserReader()).rejects.toThrow('leave out --reader');
});
