// zlib alone: inflates the messages that extract.mjs wrote, each direction in its own context.
//   node inflate.mjs FILE
// One synchronous zlib call per message, through the handle behind Node's streams: the fastest way in Node.
import { readFileSync } from 'node:fs';
import { constants, createInflateRaw } from 'node:zlib';

const bytes = readFileSync(process.argv[2]);
const output = new Uint8Array(65536);
const streams = [];
/** Streams of directions that have ended, for reuse: creating one takes as long as inflating many messages. */
const idle = [];
let inflated = 0;
for (let at = 0; at < bytes.length;) {
  const direction = bytes.readUInt32LE(at);
  const length = bytes.readUInt32LE(at + 4);
  const start = at + 8;
  at = start + length;
  if (length === 0) {
    idle.push(streams[direction]);
    streams[direction] = undefined;
    continue;
  }
  const stream = (streams[direction] ??= open());
  let left = length;
  do {
    stream._handle.writeSync(constants.Z_SYNC_FLUSH, bytes, at - left, left, output, 0, output.length);
    left = stream._writeState[1];
    inflated += output.length - stream._writeState[0];
  } while (stream._writeState[0] === 0);
  if (left > 0) throw new Error('a deflate stream ended');
}
process.stdout.write(`${inflated}\n`);

function open() {
  const used = idle.pop();
  if (used !== undefined) {
    used._handle.reset();
    return used;
  }
  const stream = createInflateRaw();
  stream._handle.onerror = (message) => {
    throw new Error(message);
  };
  return stream;
}
