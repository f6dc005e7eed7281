import { describe, expect, it } from 'vitest';
import { PcapRecordGate } from '../../../src/platform/node/pcap-record-gate.ts';
import { concat, hex, pcapFile, pcapRecord } from '../../helpers/pcap-builder.ts';

const FILE = pcapFile([{ data: hex('aabb') }, { data: hex('') }, { data: hex('ccddeeff') }]);

function pass(file: Uint8Array, chunk: number) {
  const gate = new PcapRecordGate();
  const passed: Buffer[] = [];
  for (let at = 0; at < file.length; at += chunk) {
    const records = gate.pass(file.subarray(at, at + chunk));
    if (records !== undefined) passed.push(records);
  }
  gate.end();
  return { passed: Buffer.concat(passed).toString('hex'), pieces: passed.length, problem: gate.problem };
}

describe('pcap record gate', () => {
  it('lets everything through, in whole records', () => {
    for (let chunk = 1; chunk <= FILE.length; chunk++) {
      const { passed, pieces, problem } = pass(FILE, chunk);
      expect(passed).toBe(Buffer.from(FILE).toString('hex'));
      expect(pieces).toBeLessThanOrEqual(4);
      expect(problem).toBeUndefined();
    }
  });

  it('holds back a record that is cut', () => {
    expect(pass(FILE.subarray(0, FILE.length - 1), 10).problem).toEqual({
      code: 'truncated-file',
      message: 'the file ends inside packet 3 at byte 58: 1 bytes are missing, and it was left out',
    });
    expect(pass(FILE.subarray(0, 10), 3).problem!.message).toContain('inside its header');
  });

  it('closes at an impossible length', () => {
    const bad = pcapRecord({ data: hex('aa'), capturedLength: 262_145 });
    const { passed, problem } = pass(concat([FILE, bad, bad]), 7);
    expect(passed).toBe(Buffer.from(FILE).toString('hex'));
    expect(problem).toMatchObject({ code: 'corrupt-record' });
  });
});
