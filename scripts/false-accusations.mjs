// Does wscap accuse anybody because a capture is incomplete? node scripts/false-accusations.mjs --count 60 --seed 1
// Takes every fixture in which nothing is wrong, damages the capture as captures are damaged in practice (packets lost, in
// another order, twice, cut short; begun later, ended earlier; one direction only), and prints each warning and error that the
// undamaged capture does not have. Run `npm run build` first. Exits with 1 if there is an error among them.
//   --count N      damaged captures of each fixture
//   --folder PATH  other captures than the fixtures (classic pcap, little-endian)
//   --out PATH     keeps the captures that led to an error
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string' },
    out: { type: 'string' },
  },
});
process.chdir(new URL('../', import.meta.url).pathname);
const { analyze } = await import('../dist/index.js');

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The file's header and its records (16 bytes of header and the packet); null where it is not a pcap of this machine's kind. */
function recordsOf(bytes) {
  if (bytes.length < 24 || ![0xa1b2c3d4, 0xa1b23c4d].includes(bytes.readUInt32LE(0))) return null;
  const records = [];
  for (let at = 24; at + 16 <= bytes.length;) {
    const end = at + 16 + bytes.readUInt32LE(at + 8);
    if (end > bytes.length) break;
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return { head: bytes.subarray(0, 24), records };
}

function cut(record, length) {
  if (record.length <= 16 + length) return record;
  const shorter = Buffer.from(record.subarray(0, 16 + length));
  shorter.writeUInt32LE(length, 8);
  return shorter;
}

const DAMAGES = {
  'one packet lost': (records, random) => records.toSpliced(random(records.length), 1),
  'some packets lost': (records, random) => {
    const share = 3 + random(20);
    return records.filter(() => random(share) !== 0);
  },
  'a run of packets lost': (records, random) => records.toSpliced(random(records.length), 1 + random(8)),
  'begun later': (records, random) => records.slice(random(records.length)),
  'ended earlier': (records, random) => records.slice(0, 1 + random(records.length)),
  'neighbours swapped': (records, random) => {
    const swapped = [...records];
    for (let i = 1 + random(3); i > 0 && swapped.length > 1; i--) {
      const at = random(swapped.length - 1);
      [swapped[at], swapped[at + 1]] = [swapped[at + 1], swapped[at]];
    }
    return swapped;
  },
  'packets captured twice': (records, random) =>
    records.flatMap((record) => (random(4) === 0 ? [record, record] : [record])),
  'packets cut short': (records, random) => {
    const length = [68, 96, 128, 200, 262][random(5)];
    return records.map((record) => cut(record, length));
  },
  'some packets cut short': (records, random) =>
    records.map((record) => (random(6) === 0 ? cut(record, 60 + random(120)) : record)),
  'one direction': (records, random) => {
    // By the source port, where IPv4 over Ethernet, loopback or cooked headers are that simple; others lose every second packet.
    const keyOf = (record) => {
      for (const at of [14, 4, 16, 20]) {
        if (record[16 + at] === 0x45) return record.readUInt16BE(16 + at + 20);
      }
      return 0;
    };
    const keys = [...new Set(records.map(keyOf))];
    const kept = keys[random(keys.length)];
    return records.filter((record) => keyOf(record) !== kept);
  },
};

async function findingsOf(bytes) {
  const report = await analyze(bytes);
  return [
    ...report.connections.flatMap(({ id, anomalies }) =>
      anomalies.map((anomaly) => ({ where: `#${id}`, ...anomaly })),
    ),
    ...report.anomalies.map((anomaly) => ({ where: 'all', ...anomaly })),
  ].filter(({ severity }) => severity !== 'info');
}

const folder = values.folder ?? 'fixtures';
const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.pcap'))
  .sort();
let [fixtures, captures] = [0, 0];
const found = new Map();
for (const path of paths) {
  const capture = recordsOf(readFileSync(join(folder, path)));
  if (capture === null || capture.records.length > 2000) continue;
  if ((await findingsOf(Buffer.concat([capture.head, ...capture.records]))).length > 0) continue;
  fixtures++;
  for (let round = 0; round < Number(values.count); round++) {
    const seed = Number(values.seed) * 100_003 + round;
    const random = randomOf(seed + path.length * 7919);
    const names = Object.keys(DAMAGES);
    const name = names[round % names.length];
    const bytes = Buffer.concat([capture.head, ...DAMAGES[name](capture.records, random)]);
    captures++;
    for (const { severity, rule, kind, where, message } of await findingsOf(bytes)) {
      const key = `${severity} ${rule}/${kind}`;
      const list = found.get(key) ?? [];
      found.set(key, list);
      list.push(`${path}, ${name} (${seed}), ${where}: ${message}`);
      if (values.out !== undefined) {
        mkdirSync(values.out, { recursive: true });
        writeFileSync(join(values.out, `${rule}-${basename(path, '.pcap')}-${seed}.pcap`), bytes);
      }
    }
  }
}
for (const [key, list] of [...found].sort()) {
  console.log(`${key}: ${list.length}`);
  for (const line of list.slice(0, 4)) console.log(`    ${line}`);
}
const errors = [...found]
  .filter(([key]) => key.startsWith('error'))
  .reduce((sum, [, list]) => sum + list.length, 0);
const warnings = [...found]
  .filter(([key]) => key.startsWith('warning'))
  .reduce((sum, [, list]) => sum + list.length, 0);
console.log(
  `${captures} damaged captures of ${fixtures} healthy ones: ${errors} errors and ${warnings} warnings that the whole capture does not have`,
);
if (errors > 0) process.exitCode = 1;
