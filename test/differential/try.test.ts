import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { tsharkPackets } from '../helpers/tshark.ts';
import { captureOf } from './capture.ts';
import { factsOfTruth, factsOfTshark, untruths } from './compare.ts';
import { planOf } from './plan.ts';
test('try', async () => {
  const t0 = performance.now();
  const base = Number(process.env.SEED ?? 1);
  const n = Number(process.env.N ?? 300);
  const capture = captureOf(Array.from({ length: n }, (_, i) => planOf(base + i)));
  const path = '/tmp/attack-diff.pcap';
  writeFileSync(path, capture.bytes);
  const t1 = performance.now();
  const report = await analyze(path, { activity: true });
  const t2 = performance.now();
  console.log(capture.packets, capture.bytes.length, t1 - t0, t2 - t1);
  const bad = untruths(report, capture);
  console.log('untruths', bad.length);
  for (const { connection, truth, what, said, expected } of bad.slice(0, 12))
    console.log(connection, what, JSON.stringify(said)?.slice(0, 300), JSON.stringify(expected)?.slice(0, 300), JSON.stringify({ ...truth.plan, turns: truth.plan.turns.length }));
  if (process.env.TSHARK) {
    const packets = await tsharkPackets(path);
    console.log('tshark', performance.now() - t2);
    const by = Map.groupBy ? Map.groupBy(packets, (p) => p.stream) : new Map();
    if (!Map.groupBy) for (const p of packets) { if (!by.has(p.stream)) by.set(p.stream, []); by.get(p.stream).push(p); }
    let count = 0; const kinds: any = {};
    for (const [id, truth] of capture.truths.entries()) {
      const ex = factsOfTruth(truth) as any; const th = factsOfTshark(by.get(id) ?? [], truth.port) as any;
      for (const k of Object.keys(ex)) if (JSON.stringify(ex[k]) !== JSON.stringify(th[k])) {
        kinds[k + (truth.disordered ? ' dis' : '') + (truth.hasGap ? ' gap' : '')] = (kinds[k + (truth.disordered ? ' dis' : '') + (truth.hasGap ? ' gap' : '')] ?? 0) + 1;
        if (count++ < 15) console.log('T', id, k, truth.disordered, truth.hasGap, JSON.stringify(th[k]).slice(0, 250), JSON.stringify(ex[k]).slice(0, 250), JSON.stringify(truth.plan.network), truth.plan.opening, truth.firstPacket, truth.lastPacket);
      }
    }
    console.log(kinds);
  }
}, 200000);
