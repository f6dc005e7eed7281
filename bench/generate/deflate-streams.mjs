import { once } from 'node:events';
import { constants, createDeflateRaw } from 'node:zlib';
import { jsonMessage } from './payloads.mjs';

const STREAMS = 8;
const MESSAGES = 600;

/** What ends every flushed block, and isn't sent (RFC 7692, section 7.2.1): 00 00 FF FF. */
const FLUSH_TAIL = 4;

/**
 * Compressed messages with context takeover: each entry is one direction of a connection, its messages in
 * order, each of which needs those before it. Made ahead and used again by many connections, from the first
 * message on. The bytes are those of this Node's zlib: the same for the same Node version and processor.
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
  const deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  const compressed = [];
  deflate.on('data', (chunk) => compressed.push(chunk.subarray(0, chunk.length - FLUSH_TAIL)));
  for (const message of messages) deflate.write(message);
  deflate.end();
  await once(deflate, 'end');
  return compressed.slice(0, messages.length); // behind them comes the block that ends the stream
}
