/** The requests of a connection that have no answer yet, in order, and what came in place of the last one's answer. */
import type { Direction } from '../basics/direction.ts';
import type { SeenRequest, StrayMark } from './exchange-handler.ts';
import { isUpgradeRequest } from './head.ts';

/** Requests without an answer at once; more are not pipelined by anyone, and the oldest are forgotten. */
const MAX_OUTSTANDING = 64;

/** Bytes that are no HTTP: how many, and where the first was captured. */
export interface Stray {
  readonly length: number;
  readonly mark: StrayMark;
}

export class RequestQueue {
  #requests: SeenRequest[] = [];
  /** Who asked for the upgrade that is last. */
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

  /** Nothing is sent after a request to upgrade: where one of this sender waits, it is the last. */
  isUpgradeLast(from: Direction): boolean {
    const last = this.#requests.at(-1);
    return last !== undefined && this.#upgradeFrom === from && isUpgradeRequest(last.head);
  }

  /** In place of the answer to the last one came bytes that are no HTTP. */
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
