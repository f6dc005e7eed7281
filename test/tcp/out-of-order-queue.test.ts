import { describe, expect, it } from 'vitest';
import { OutOfOrderQueue } from '../../src/tcp/out-of-order-queue.ts';
import { ReassemblyBudget } from '../../src/tcp/reassembly-budget.ts';
import { text } from '../helpers/packet-bytes.ts';

function insert(
  queue: OutOfOrderQueue,
  offset: number,
  letters: string,
  captured: number = letters.length,
): number {
  return queue.insert(offset, letters.length, text(`..${letters}..`), 2, 2 + captured, 1, 0, 0);
}

function newQueue(): OutOfOrderQueue {
  return new OutOfOrderQueue(new ReassemblyBudget(), () => undefined);
}

/** Takes all: `5:abc` is what waits at offset 5, `5:ab+1` where a byte of it was not captured. */
function drain(queue: OutOfOrderQueue): string[] {
  const drained: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { offset, length, bytes } = next;
    const missing = length - bytes.length;
    drained.push(`${offset}:${Buffer.from(bytes).toString('latin1')}${missing > 0 ? `+${missing}` : ''}`);
  }
  return drained;
}

describe('out-of-order queue', () => {
  it('sorts by offset', () => {
    const queue = newQueue();
    for (const offset of [30, 10, 50, 20, 40]) expect(insert(queue, offset, 'x')).toBe(1);
    expect(queue.endOffset).toBe(51);
    expect(queue.first?.offset).toBe(10);
    expect(drain(queue)).toEqual(['10:x', '20:x', '30:x', '40:x', '50:x']);
    expect([queue.isEmpty, queue.endOffset, queue.first]).toEqual([true, 0, undefined]);
  });

  it('says how many bytes were new', () => {
    const queue = newQueue();
    expect(insert(queue, 10, 'abcd')).toBe(4);
    expect(insert(queue, 10, 'abcd')).toBe(0);
    expect(insert(queue, 12, 'CDEF')).toBe(2);
    expect(insert(queue, 8, 'YZABCDEFGH')).toBe(4);
    expect(drain(queue)).toEqual(['8:YZ', '10:abcd', '14:EF', '16:GH']);
  });

  it('shares out the captured bytes of a cut segment among its pieces', () => {
    const queue = newQueue();
    insert(queue, 12, 'cd');
    insert(queue, 10, 'ABCDEFGH', 5);
    expect(drain(queue)).toEqual(['10:AB', '12:cd', '14:E+3']);
  });

  it('copies no byte that is not new', () => {
    const queue = newQueue();
    const data = text('abcdef');
    queue.insert(0, 6, data, 0, 6, 1, 0, 0);
    data.fill(0);
    expect(queue.first?.bytes.buffer.byteLength).toBe(6);
    expect(drain(queue)).toEqual(['0:abcdef']);
  });
});
