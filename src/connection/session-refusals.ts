/** The plain requests of Engine.IO's polling that were refused because the server does not know their session. */
import type { RefusalBody } from '../http/refusal-body.ts';
import { SESSION_UNKNOWN } from '../http/engine-io-session.ts';
import type { SeenRequest, SeenResponse } from '../http/exchange-handler.ts';
import type { SessionRefusalFacts } from './record.ts';

interface Refused {
  readonly request: SeenRequest;
  readonly response: SeenResponse;
  readonly body: Pick<RefusalBody, 'facts'> | null;
}

/** Keeps the first refusal and counts the others. What a body says is known only once it has come. */
export class SessionRefusals {
  #latest: Refused | null = null;
  #found: SessionRefusalFacts | null = null;

  refused(request: SeenRequest, response: SeenResponse, body: Pick<RefusalBody, 'facts'> | null): void {
    this.#found = this.facts;
    this.#latest = { request, response, body };
  }

  /** null where there is none. */
  get facts(): SessionRefusalFacts | null {
    const found = this.#found;
    const latest = this.#latest;
    if (latest === null || latest.body?.facts?.text.includes(SESSION_UNKNOWN) !== true) return found;
    const { request, response } = latest;
    return {
      count: (found?.count ?? 0) + 1,
      request: found?.request ?? request,
      response: found?.response ?? response,
      phrase: SESSION_UNKNOWN,
      lastPacket: response.packet,
    };
  }
}
