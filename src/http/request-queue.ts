/**
 * The requests of a connection that have no answer yet, in order, and stray bytes in place of the last
 * answer.
 */
import type { Direction } from '../basics/direction.ts';
import type { SeenRequest, StrayMark } from './exchange-handler.ts';
import { isUpgradeRequest } from './head.ts';

/**
 * The most requests without an answer. Nobody pipelines more; beyond it the oldest are forgotten.
 * @bound requests without an answer: {count}
 */
const MAX_OUTSTANDING = 64;

/** Bytes that are not HTTP: how many, and where the first one was captured. */
export interface Stray {
  readonly length: number;
  readonly mark: StrayMark;
}

export class RequestQueue {
  #requests: SeenRequest[] = [];
  /** Who sent the last upgrade request. */
  #upgradeFrom: Direction | null = null;
  #stray: Stray | null = null;

  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }

  add(from: Direction, request: SeenRequest): void {
    if (this.#requests.length >= MAX_OUTSTANDING) this.#requests.shift();
    this.#requests.push(request);
    if (!isUpgradeRequest(request.head)) return;
    this.#upgradeFrom = from;
    this.#stray = null;
  }

  takeFirst(): SeenRequest | null {
    return this.#requests.shift() ?? null;
  }

  takeLast(): SeenRequest | null {
    return this.#requests.pop() ?? null;
  }

  clear(): void {
    this.#requests = [];
  }

  /**
   * Whether the last request is an upgrade of this sender. Nothing is sent after an upgrade request before
   * its answer.
   */
  isUpgradeLast(from: Direction): boolean {
    const last = this.#requests.at(-1);
    return last !== undefined && this.#upgradeFrom === from && isUpgradeRequest(last.head);
  }

  /** Bytes that are not HTTP came in place of the answer to the last request. */
  addStray(length: number, packet: number, seconds: number, nanoseconds: number): void {
    const before = this.#stray ?? { length: 0, mark: { packet, seconds, nanoseconds } };
    this.#stray = { length: before.length + length, mark: before.mark };
  }

  takeStray(): Stray | null {
    const stray = this.#stray;
    this.#stray = null;
    return stray;
  }
}
