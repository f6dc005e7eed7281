// AES-GCM alone: decrypts the records that extract.mjs wrote, each under the key of its direction, and checks their tags.
//   node gcm-alone.mjs FILE
// One decipher of Node's crypto for each record: there is no public way to use one for several.
import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';

const HEADER = 5;
const TAG = 16;

const bytes = readFileSync(process.argv[2]);
const count = bytes.readUInt32LE(0);
const keys = [];
let at = 4;
for (let index = 0; index < count; index++, at += 28) {
  keys.push({ key: bytes.subarray(at, at + 16), iv: bytes.subarray(at + 16, at + 28) });
}
const nonce = Buffer.alloc(12);
let decrypted = 0;
while (at < bytes.length) {
  const { key, iv } = keys[bytes.readUInt32LE(at)];
  const number = bytes.readUInt32LE(at + 4);
  const length = bytes.readUInt32LE(at + 8);
  const record = at + 12;
  at = record + length;
  iv.copy(nonce);
  for (let byte = 11, left = number; left > 0; byte--, left = Math.floor(left / 256))
    nonce[byte] ^= left & 0xff;
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAAD(bytes.subarray(record, record + HEADER));
  decipher.setAuthTag(bytes.subarray(at - TAG, at));
  decrypted += decipher.update(bytes.subarray(record + HEADER, at - TAG)).length;
  decipher.final();
}
process.stdout.write(`${decrypted}\n`);
