import { expect, it } from 'vitest';
import { Handover } from '../../src/library/handover.ts';

it('lets the producer go on only when all was taken and more is asked for', async () => {
  const log: string[] = [];
  const handover = new Handover<number>();
  const produce = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      handover.push(2 * i);
      handover.push(2 * i + 1);
      await handover.offer();
      log.push(`made ${i}`);
    }
    handover.end(null);
  };
  void produce();
  for (;;) {
    const items = await handover.take();
    if (items === null) break;
    log.push(items.join());
  }
  expect(log).toEqual(['0,1', 'made 0', '2,3', 'made 1', '4,5', 'made 2']);
});

it('does not wait where nothing was produced', async () => {
  const handover = new Handover<number>();
  await handover.offer();
  handover.end(null);
  expect(await handover.take()).toBeNull();
});

it('hands on what was produced before a failure, then the failure', async () => {
  const handover = new Handover<number>();
  handover.push(1);
  handover.end({ error: new Error('broken') });
  expect(await handover.take()).toEqual([1]);
  await expect(handover.take()).rejects.toThrow('broken');
});

it('frees a producer whose consumer has enough', async () => {
  const handover = new Handover<number>();
  handover.push(1);
  const waiting = handover.offer();
  handover.abandon();
  await waiting;
  handover.push(2);
  await handover.offer();
});
