/** The upgrades that one connection tried, and what became of them. */
import { headerValue } from '../http/head.ts';
import type { HeadArrival, SeenRequest, SeenResponse } from '../http/exchange-handler.ts';
import type { RefusalBody } from '../http/refusal-body.ts';
import type { PacketMark } from '../tcp/packet-mark.ts';
import { acceptFor } from '../websocket/accept.ts';
import { deflateParameters, parseExtensions } from '../websocket/extensions.ts';
import type { AcceptState, ConnectionRecord, ExtensionFacts, SeenPart, UpgradeFacts } from './record.ts';
import type { SideEnd } from './web-socket-carrier.ts';

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
  /** Of the last refusal. */
  #body: Pick<RefusalBody, 'facts'> | null = null;
  /** A 101 that came after the client had left. */
  #late: SeenResponse | null = null;
  /** Where the heads end in TCP's streams. */
  #requestEnd = 0;
  #responseEnd = 0;

  get lastRequest(): SeenRequest | null {
    return this.#request;
  }

  /** An upgrade was asked for, or answered. */
  get isTried(): boolean {
    return this.#request !== null || this.#response !== null || this.#late !== null;
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

  /** @param end the offset behind it in the client's stream */
  request(request: SeenRequest, end = 0): void {
    this.#request = request;
    this.#requestEnd = end;
    this.#response = null;
    this.#accept = null;
    this.#late = null;
    this.#bytesBefore = null;
    this.#body = null;
  }

  /** @param end the offset behind the response's head in the server's stream */
  refused(
    request: SeenRequest,
    response: SeenResponse,
    end = 0,
    body: Pick<RefusalBody, 'facts'> | null = null,
  ): void {
    this.#response = response;
    this.#body = body;
    this.#responseEnd = end;
    this.#refused ??= [];
    if (this.#refused.length >= MAX_REFUSALS) this.#refused.shift();
    this.#refused.push({ request, response });
  }

  /** A 101 that comes after the client's FIN or RST. */
  upgradedTooLate(request: SeenRequest | null, response: SeenResponse, end = 0): void {
    this.#request = request;
    this.#late = response;
    this.#accept = acceptState(request, response);
    this.#responseEnd = end;
  }

  upgraded(request: SeenRequest | null, response: SeenResponse, end = 0): void {
    this.#request = request;
    this.#response = response;
    this.#responseEnd = end;
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

  /** `clientEnd` and `serverEnd` are the first FIN or RST of each; null while there is none. */
  facts(clientEnd: SideEnd | null = null, serverEnd: SideEnd | null = null): UpgradeFacts | null {
    if (!this.isTried) return null;
    const request = this.#request;
    const response = this.#response;
    const answer = response ?? this.#late;
    return {
      request,
      response,
      accept: answer === null ? null : this.#accept,
      extensions: this.#extensions,
      bytesBeforeResponse: this.#bytesBefore,
      lateResponse: this.#late,
      unparsed: null,
      body: response === null || response.head.status === 101 ? null : (this.#body?.facts ?? null),
      answerAtClientEnd: seenPart(answer, this.#responseEnd, clientEnd),
      requestAtServerEnd: seenPart(request, this.#requestEnd, serverEnd),
    };
  }
}

/** How much of a head, which ends at `headEnd`, its receiver had acknowledged at its own end. */
function seenPart(head: HeadArrival | null, headEnd: number, end: SideEnd | null): SeenPart | null {
  if (head === null || end === null) return null;
  if (end.acknowledges >= headEnd) return 'all';
  return end.acknowledges > headEnd - head.bytes ? 'part' : 'none';
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
