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

  it('knows which stretches of the stream wait without a hole', () => {
    const queue = newQueue();
    insert(queue, 10, 'abc');
    insert(queue, 13, 'd');
    insert(queue, 20, 'xyz');
    const covered = (from: number, to: number) => queue.covers(from, to);
    expect([covered(10, 14), covered(11, 13), covered(12, 12), covered(20, 23), covered(13, 14)]).toEqual(
      Array<boolean>(5).fill(true),
    );
    expect([covered(9, 11), covered(10, 15), covered(13, 21), covered(22, 24), covered(30, 31)]).toEqual(
      Array<boolean>(5).fill(false),
    );
  });

  it('forgets all at once, and gives its budget back', () => {
    let held = 0;
    const budget = new ReassemblyBudget();
    budget.change = (_stream, before, now) => {
      held += now - before;
    };
    const queue = new OutOfOrderQueue(budget, () => undefined);
    insert(queue, 10, 'abc');
    insert(queue, 20, 'xyz');
    expect(held).toBeGreaterThan(6);
    queue.clear();
    expect([held, queue.isEmpty, queue.first]).toEqual([0, true, undefined]);
    insert(queue, 5, 'abc');
    queue.shift();
    expect(queue.shift()).toBeUndefined();
    expect(held).toBe(0);
  });

  describe('compares what comes again with what waits', () => {
    const from = (queue: OutOfOrderQueue, packet: number, offset: number, letters: string) =>
      queue.insert(offset, letters.length, text(letters), 0, letters.length, packet, 0, 0);

    it('and counts the bytes that differ, with the packet of the first that brought them', () => {
      const queue = newQueue();
      from(queue, 1, 10, 'abc');
      from(queue, 2, 13, 'def');
      from(queue, 3, 10, 'abcdef');
      expect(queue.conflict).toBeNull();
      from(queue, 4, 9, '_abXdYZ');
      expect(queue.conflict).toEqual({
        segments: 1,
        bytes: 3,
        first: { packet: 4, bytes: 3, countedPacket: 1 },
      });
      from(queue, 5, 10, 'abcdeX');
      expect(queue.conflict).toEqual({
        segments: 2,
        bytes: 4,
        first: { packet: 4, bytes: 3, countedPacket: 1 },
      });
    });

    it('where the first of them is in the second segment that waits', () => {
      const queue = newQueue();
      from(queue, 1, 10, 'abc');
      from(queue, 2, 14, 'def');
      from(queue, 3, 10, 'abc_dXf');
      expect(queue.conflict).toEqual({
        segments: 1,
        bytes: 1,
        first: { packet: 3, bytes: 1, countedPacket: 2 },
      });
    });

    it('but not where one of the two is a single byte, as of a probe', () => {
      const queue = newQueue();
      from(queue, 1, 10, 'a');
      from(queue, 2, 9, '_b_');
      from(queue, 3, 20, 'abc');
      from(queue, 4, 21, 'X');
      expect(queue.conflict).toBeNull();
    });
  });
});
