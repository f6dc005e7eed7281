/**
 * Between one that produces and one that consumes: the producer goes on only when what it has made was taken, so that
 * nothing piles up behind a slow consumer.
 */
export class Handover<T> {
  #items: T[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  #wakeConsumer: (() => void) | null = null;
  #wakeProducer: (() => void) | null = null;

  /** For the producer, at any time. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** For the producer, where it can wait: resolves when all was taken and more is asked for. */
  async offer(): Promise<void> {
    if (this.#items.length === 0 || this.#isOver) return;
    const taken = new Promise<void>((resolve) => {
      this.#wakeProducer = resolve;
    });
    this.#wake();
    await taken;
  }

  /** There will be no more, or the producer failed. */
  end(failure: { readonly error: unknown } | null): void {
    this.#isOver = true;
    this.#failure = failure;
    this.#wake();
  }

  /** The consumer has enough: the producer doesn't wait any more. */
  abandon(): void {
    this.#isOver = true;
    this.#items = [];
    this.#wakeProducer?.();
  }

  /** For the consumer: what was made meanwhile, waiting for it where nothing was; null at the end. */
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
