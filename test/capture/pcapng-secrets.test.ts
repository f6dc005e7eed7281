import { describe, expect, test } from 'vitest';
import { PacketPipeline } from '../../src/analysis/packet-pipeline.ts';
import { MAX_SECRETS_LENGTH, type PacketHandler } from '../../src/capture/packet-handler.ts';
import { PcapngReader } from '../../src/capture/pcapng-reader.ts';
import { concat, PcapngBuilder } from '../helpers/pcap-builder.ts';
import { text } from '../helpers/packet-bytes.ts';

const TLS_KEY_LOG = 0x544c534b;
const LINE = 'CLIENT_RANDOM 00 11\n';

/** A Decryption Secrets Block; `claimed` is the length that it says its secrets have. */
function secretsBlock(
  builder: PcapngBuilder,
  secrets: Uint8Array,
  claimed: number = secrets.length,
): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, TLS_KEY_LOG, builder.littleEndian);
  head.setUint32(4, claimed, builder.littleEndian);
  return builder.block(10, concat([new Uint8Array(head.buffer), secrets]));
}

/** What a reader makes of a file that is read in chunks of this many bytes. */
function read(file: Uint8Array, chunk = file.length) {
  const told: string[] = [];
  const notes: string[] = [];
  const handler: PacketHandler = {
    packet: () => told.push('packet'),
    secrets: (type, bytes) => told.push(`${type.toString(16)} ${Buffer.from(bytes).toString('latin1')}`),
    note: ({ code }) => notes.push(code),
  };
  const reader = new PcapngReader(handler, 'secrets.pcapng');
  for (let at = 0; at < file.length; at += chunk) reader.write(file.subarray(at, at + chunk));
  reader.end();
  return { told, notes };
}

describe.each([true, false])('with little-endian fields: %s', (littleEndian) => {
  const builder = new PcapngBuilder(littleEndian);
  const around = (...blocks: Uint8Array[]) =>
    concat([
      builder.sectionHeader(),
      builder.interface(),
      ...blocks,
      builder.enhancedPacket({ data: Uint8Array.of(1, 2, 3) }, 1n),
    ]);

  test.each([1, 5, 12, 1000])(
    'keys arrive before the packets behind them, in chunks of %i bytes',
    (chunk) => {
      const file = around(secretsBlock(builder, text(LINE)));
      expect(read(file, chunk)).toEqual({ told: [`544c534b ${LINE}`, 'packet'], notes: [] });
    },
  );

  test.each([1, 1000])(
    'a block that claims more than it holds is left out, in chunks of %i bytes',
    (chunk) => {
      const file = around(secretsBlock(builder, text(LINE), 0xffffffff), builder.block(10, text('no')));
      expect(read(file, chunk)).toEqual({ told: ['packet'], notes: [] });
    },
  );

  test('a block beyond the bound is passed over, and not kept', () => {
    const file = around(secretsBlock(builder, new Uint8Array(MAX_SECRETS_LENGTH + 4)));
    expect(read(file, 64 * 1024)).toEqual({ told: ['packet'], notes: [] });
  });

  test('the largest block that is read is one of that bound', () => {
    const file = around(secretsBlock(builder, new Uint8Array(MAX_SECRETS_LENGTH)));
    expect(read(file, 1024 * 1024).told.map(({ length }) => length)).toEqual([9 + MAX_SECRETS_LENGTH, 6]);
  });
});

test('the pipeline passes keys on to whoever takes them', () => {
  const taken: [number, string][] = [];
  const pipeline = new PacketPipeline({ segment: () => undefined }, undefined, (type, bytes) =>
    taken.push([type, Buffer.from(bytes).toString('latin1')]),
  );
  pipeline.secrets(TLS_KEY_LOG, text(LINE));
  new PacketPipeline({ segment: () => undefined }).secrets(TLS_KEY_LOG, text(LINE));
  expect(taken).toEqual([[TLS_KEY_LOG, LINE]]);
});
