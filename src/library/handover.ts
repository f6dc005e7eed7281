/**
 * Connects a producer and a consumer: the producer continues only when its items were taken, so that nothing piles up
 * behind a slow consumer.
 */
export class Handover<T> {
  #items: T[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  #wakeConsumer: (() => void) | null = null;
  #wakeProducer: (() => void) | null = null;

  /** For the producer: adds an item, at any time. */
  push(item: T): void {
    this.#items.push(item);
  }

  /**
   * For the producer, at a point where it can wait: resolves when all items were taken and the consumer asks for
   * more.
   */
  async offer(): Promise<void> {
    if (this.#items.length === 0 || this.#isOver) return;
    const taken = new Promise<void>((resolve) => {
      this.#wakeProducer = resolve;
    });
    this.#wake();
    await taken;
  }

  /** There will be no more items, or the producer failed. */
  end(failure: { readonly error: unknown } | null): void {
    this.#isOver = true;
    this.#failure = failure;
    this.#wake();
  }

  /** The consumer wants no more: from now on the producer doesn't wait. */
  abandon(): void {
    this.#isOver = true;
    this.#items = [];
    this.#wakeProducer?.();
  }

  /** For the consumer: the items so far; if there are none, waits for some; null at the end. */
  async take(): Promise<readonly T[] | null> {
    if (this.#items.length === 0 && !this.#isOver) {
      this.#wakeProducer?.();
      this.#wakeProducer = null;
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) return items;
    if (this.#failure !== null) throw this.#failure.error;
    return null;
  }

  #wake(): void {
    this.#wakeConsumer?.();
    this.#wakeConsumer = null;
  }
}
