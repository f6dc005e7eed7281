/** The upgrades that one connection tried, and what became of them. */
import { headerValue } from '../http/head.ts';
import type { SeenRequest, SeenResponse } from '../http/upgrade-exchange.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { acceptFor } from '../websocket/accept.ts';
import { deflateParameters, parseExtensions } from '../websocket/extensions.ts';
import type { AcceptState, ConnectionRecord, ExtensionFacts, UpgradeFacts } from './record.ts';

/**
 * The most refused upgrades kept of one connection; beyond it the first ones are forgotten.
 * @bound refused upgrades kept of a connection: {count}
 */
const MAX_REFUSALS = 16;

const NONE_REFUSED: ConnectionRecord['refusedBefore'] = [];

export class UpgradeLog {
  /** Whether the accept of the 101 is right; null without a 101. */
  #accept: AcceptState | null = null;
  #request: SeenRequest | null = null;
  #response: SeenResponse | null = null;
  /** Made by the first refusal. */
  #refused: { request: SeenRequest; response: SeenResponse }[] | null = null;
  #bytesBefore: UpgradeFacts['bytesBeforeResponse'] = null;
  #extensions: ExtensionFacts | null = null;

  get lastRequest(): SeenRequest | null {
    return this.#request;
  }

  /** An upgrade was asked for, or answered. */
  get isTried(): boolean {
    return this.#request !== null || this.#response !== null;
  }

  /** What the 101 agrees to; null without a 101, or where the capture cut its head. */
  get extensions(): ExtensionFacts | null {
    return this.#extensions;
  }

  /** Upgrades that were refused before the last one. */
  get refusedBefore(): ConnectionRecord['refusedBefore'] {
    return this.#refused === null
      ? NONE_REFUSED
      : this.#refused.filter(({ response }) => response !== this.#response);
  }

  request(request: SeenRequest): void {
    this.#request = request;
    this.#response = null;
    this.#bytesBefore = null;
  }

  refused(request: SeenRequest, response: SeenResponse): void {
    this.#response = response;
    this.#refused ??= [];
    if (this.#refused.length >= MAX_REFUSALS) this.#refused.shift();
    this.#refused.push({ request, response });
  }

  upgraded(request: SeenRequest | null, response: SeenResponse): void {
    this.#request = request;
    this.#response = response;
    this.#extensions = extensionsOf(response);
    // Checked now, while the heads are in the processor's cache.
    this.#accept = acceptState(request, response);
  }

  /** The request of an upgrade whose 101 was captured before it. */
  lateRequest(request: SeenRequest): void {
    this.#request = request;
    if (this.#response !== null) this.#accept = acceptState(request, this.#response);
  }

  /** The server sent something else before its answer. */
  bytesBeforeResponse(length: number, mark: PacketMark): void {
    this.#bytesBefore = { length, mark };
  }

  facts(): UpgradeFacts | null {
    if (!this.isTried) return null;
    const request = this.#request;
    const response = this.#response;
    return {
      request,
      response,
      accept: response === null ? null : this.#accept,
      extensions: this.#extensions,
      bytesBeforeResponse: this.#bytesBefore,
    };
  }
}

function extensionsOf({ head }: SeenResponse): ExtensionFacts | null {
  if (head.isCut) return null;
  const agreed = parseExtensions(headerValue(head, 'sec-websocket-extensions') ?? '');
  return { deflate: deflateParameters(agreed), names: agreed.map(({ name }) => name) };
}

function acceptState(request: SeenRequest | null, response: SeenResponse): AcceptState {
  const accept = headerValue(response.head, 'sec-websocket-accept');
  const key = request === null ? null : headerValue(request.head, 'sec-websocket-key');
  if (accept === null) return response.head.isCut ? 'unknown' : 'missing';
  if (key === null) return 'unknown';
  return accept === acceptFor(key) ? 'valid' : 'invalid';
}
