/**
 * A generator that writes packets. It yields how many microseconds it sleeps before it continues, or another script,
 * whose end it waits for. (`yield*` would work for the latter, but costs time at every level, every time.)
 * @typedef {Generator<number | Script, void, void>} Script
 */

/**
 * Time in a generated capture: wakes the scripts in the order of time (a binary heap), so the packets of all
 * connections interleave and timestamps never go back.
 */
export class Scheduler {
  /** Microseconds since the capture began. */
  now = 0;
  #heap = [];
  #begun = 0;

  /** How many scripts are asleep. */
  get size() {
    return this.#heap.length;
  }

  /**
   * @param {Script} script
   * @param {number} delay microseconds until its first step
   */
  start(script, delay) {
    this.#push({ at: this.now + delay, order: this.#begun++, scripts: [script] });
  }

  /**
   * Lets the script whose turn it is run until it sleeps.
   * @returns {boolean} true if it ended instead
   */
  step() {
    const task = this.#heap[0];
    const { scripts } = task;
    this.now = task.at;
    while (scripts.length > 0) {
      const { done, value } = scripts[scripts.length - 1].next();
      if (done) {
        scripts.pop();
      } else if (typeof value === 'number') {
        task.at += value;
        this.#replaceFirst(task);
        return false;
      } else {
        scripts.push(value);
      }
    }
    const last = this.#heap.pop();
    if (last !== task) this.#replaceFirst(last);
    return true;
  }

  #push(task) {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(task, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = task;
  }

  /** Puts a task in the place of the first one, and then where it belongs. */
  #replaceFirst(task) {
    const heap = this.#heap;
    const size = heap.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], task)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = task;
  }
}

/** Of two tasks at the same microsecond, the older script goes first: the order is the same on every run. */
function isBefore(a, b) {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
