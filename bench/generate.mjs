// Generates a reference capture: node bench/generate.mjs mixed --size 200MB --seed 1 -o bench/captures/mixed-200MB.pcap
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { generateCapture } from './generate/capture.mjs';
import { KINDS } from './generate/kinds.mjs';
import { parseSize } from './generate/size.mjs';

const USAGE = `Usage: node bench/generate.mjs <kind> [options]

Writes a capture (classic pcap, Ethernet) and, beside it, NAME.truth.json: what it holds.
The same options give the same bytes.

Kinds:
${Object.entries(KINDS)
  .map(([name, { about }]) => `  ${name.padEnd(9)} ${about}`)
  .join('\n')}

Options:
  --size SIZE       about how large the file gets, e.g. 5MB, 1GiB (default 200MB)
  --count N         how many connections it holds, instead of a size
  --connections N   how many are open at a time (default: up to 500, fewer in a small capture)
  --seed N          (default 1)
  -o, --output FILE (default bench/captures/<kind>-<size or count>.pcap)
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string' },
      count: { type: 'string' },
      connections: { type: 'string' },
      seed: { type: 'string', default: '1' },
      output: { type: 'string', short: 'o' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
  } else {
    await generate(positionals, values);
  }
} catch (error) {
  process.stderr.write(`generate: ${error.message}\n`);
  process.exitCode = 2;
}

async function generate([kind, ...rest], values) {
  if (!Object.hasOwn(KINDS, kind ?? '') || rest.length > 0) {
    throw new Error(`name one kind of ${Object.keys(KINDS).join(', ')}`);
  }
  if (values.size !== undefined && values.count !== undefined) throw new Error('--size or --count, not both');
  const count = optionalInteger('--count', values.count);
  const size = count === undefined ? (values.size ?? '200MB') : undefined;
  const path = values.output ?? `bench/captures/${kind}-${size ?? count}.pcap`;
  const options = {
    kind,
    path,
    seed: optionalInteger('--seed', values.seed),
    ...(size === undefined ? { count } : { size: parseSize(size) }),
    connections: optionalInteger('--connections', values.connections),
  };
  mkdirSync(dirname(path), { recursive: true });
  const begin = performance.now();
  const truth = await generateCapture(options);
  const seconds = (performance.now() - begin) / 1000;
  process.stdout.write(JSON.stringify(truth, null, 2) + '\n');
  const speed = truth.bytes / 1e6 / seconds;
  process.stderr.write(`${path}: ${seconds.toFixed(2)} s, ${speed.toFixed(0)} MB/s\n`);
}

function optionalInteger(flag, text) {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`${flag}: not a whole number: ${text}`);
  return Number(text);
}
