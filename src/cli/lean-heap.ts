/**
 * Asks V8 for a small heap. The objects of a capture live just long enough to be taken for old ones. Where
 * memory is plenty, V8 lets the space of young objects grow to 48 MB, and old objects pile up until the heap
 * has doubled. With these two flags a gigabyte of capture takes a third less memory and no more time
 * (docs/benchmarks.md). A Node that doesn't know the flags goes on as before.
 */
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * When so many young bytes are full, most are garbage; of the 1 MB with which V8 begins, half would still be
 * in use.
 */
const YOUNG_BYTES = 4 * 1024 * 1024;
/**
 * With a heap this large, many connections are open or have just ended. Each new object is then copied twice before it is
 * garbage, so more space for young objects saves time: half of the collector's, for 40 MB (docs/benchmarks.md).
 */
const LARGE_HEAP_BYTES = 48 * 1024 * 1024;
/** The same bound where memory is scarce: in a heap this large, the space for young objects is a small part. */
const LARGE_HEAP_BYTES_IF_SCARCE = 128 * 1024 * 1024;
/** With less than this free, in the machine or in its container, memory is scarce. */
const PLENTY_BYTES = 1024 * 1024 * 1024;
/** So often that the young space can't grow once more in between. */
const LOOK_AT_YOUNG_EVERY_MS = 5;
const LOOK_AT_HEAP_EVERY_MS = 100;

/**
 * To be called before the heap has grown.
 *
 * @param freeBytes memory that the machine, or the container around it, has left
 */
export function keepHeapLean(freeBytes: number): void {
  setFlagsFromString('--heap-growing-percent=30');
  // In one step, from 1 MB.
  growYoungSpaceBy(4);
  const timer = setInterval(() => {
    if (youngBytes() < YOUNG_BYTES) return;
    growYoungSpaceBy(1);
    clearInterval(timer);
    growAgainWithHeap(freeBytes < PLENTY_BYTES ? LARGE_HEAP_BYTES_IF_SCARCE : LARGE_HEAP_BYTES);
  }, LOOK_AT_YOUNG_EVERY_MS);
  timer.unref();
}

/** @param largeHeap bytes in use at which young objects get more space */
function growAgainWithHeap(largeHeap: number): void {
  const timer = setInterval(() => {
    if (getHeapStatistics().used_heap_size < largeHeap) return;
    growYoungSpaceBy(2);
    clearInterval(timer);
  }, LOOK_AT_HEAP_EVERY_MS);
  timer.unref();
}

/** @param factor by which V8 multiplies the young space when much of it survives; 2 is V8's own */
function growYoungSpaceBy(factor: 1 | 2 | 4): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
