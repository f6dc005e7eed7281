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
 * A heap like this holds a hundred thousand open connections: more space for young objects adds little to it,
 * and saves time.
 */
const LARGE_HEAP_BYTES = 128 * 1024 * 1024;
/** So often that the young space can't grow once more in between. */
const LOOK_AT_YOUNG_EVERY_MS = 5;
const LOOK_AT_HEAP_EVERY_MS = 100;

/** To be called before the heap has grown. */
export function keepHeapLean(): void {
  setFlagsFromString('--heap-growing-percent=30');
  // In one step, from 1 MB.
  growYoungSpaceBy(4);
  const timer = setInterval(() => {
    if (youngBytes() < YOUNG_BYTES) return;
    growYoungSpaceBy(1);
    clearInterval(timer);
    growAgainWithHeap();
  }, LOOK_AT_YOUNG_EVERY_MS);
  timer.unref();
}

function growAgainWithHeap(): void {
  const timer = setInterval(() => {
    if (getHeapStatistics().used_heap_size < LARGE_HEAP_BYTES) return;
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
