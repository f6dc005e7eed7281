import { once } from 'node:events';
import { constants, createDeflateRaw } from 'node:zlib';
import { jsonMessage } from './payloads.mjs';

const STREAMS = 8;
const MESSAGES = 600;

/** The end of every flushed block, which is not sent (RFC 7692, section 7.2.1): 00 00 FF FF. */
const FLUSH_TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/**
 * Compressed messages with context takeover: each entry is one direction of a connection, with its messages in order;
 * each message needs those before it. Made in advance and reused by many connections, from the first message on. The
 * bytes come from this Node's zlib: they are the same for the same Node version and processor.
 * @param {import('./random.mjs').Random} random
 * @returns {Promise<Buffer[][]>}
 */
export async function deflateStreams(random) {
  const streams = [];
  for (let i = 0; i < STREAMS; i++) {
    const messages = Array.from({ length: MESSAGES }, () => jsonMessage(random));
    streams.push(await compressInOrder(messages));
  }
  return streams;
}

async function compressInOrder(messages) {
  // For one output chunk per message, the chunk size must be larger than the stream: zlib splits output at a chunk's
  // end.
  const deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH, chunkSize: 1024 * 1024 });
  const compressed = [];
  deflate.on('data', (chunk) => compressed.push(chunk));
  for (const message of messages) deflate.write(message);
  deflate.end('end');
  await once(deflate, 'end');
  // The last write ends the stream and is flushed differently, so it isn't used.
  return compressed.slice(0, messages.length).map((chunk) => {
    const end = chunk.length - FLUSH_TAIL.length;
    if (!chunk.subarray(end).equals(FLUSH_TAIL)) throw new Error('zlib gave a message in several pieces');
    return chunk.subarray(0, end);
  });
}
