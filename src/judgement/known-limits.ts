/**
 * Limits of silence that many deployments share: after so long without a byte of either side, something in between ends the
 * connection. A duration alone proves no product, so each limit says which header would name it.
 */
import type { ConnectionRecord } from '../connection/record.ts';
import { headerValue, type HttpHead } from '../http/head.ts';

/** A header by which a product shows that it stands on the way. */
interface TellingHeader {
  readonly head: 'request' | 'response';
  /** In lower case. */
  readonly name: string;
  /** What its value must contain, in lower case; any value where it is not given. */
  readonly value?: RegExp;
}

interface Product {
  /** As a clause: "the 60 s default of nginx (proxy_read_timeout)". */
  readonly text: string;
  /** Empty where no header names the product. */
  readonly headers: readonly TellingHeader[];
}

interface KnownLimit {
  readonly ms: number;
  /** It is named by its duration alone. Others are named only where a header names their product. */
  readonly isCommon: boolean;
  readonly products: readonly Product[];
}

/** What a silence may come from. */
export interface LimitMatch {
  readonly ms: number;
  /** "the 60 s default of nginx (proxy_read_timeout) and the 60 s of AWS ALB". */
  readonly text: string;
  /** "Via: 1.1 vegur", where a header names the product; else null. */
  readonly header: string | null;
}

const server = (value: RegExp): TellingHeader => ({ head: 'response', name: 'server', value });
const inResponse = (name: string, value?: RegExp): TellingHeader => ({
  head: 'response',
  name,
  ...(value === undefined ? {} : { value }),
});
const inRequest = (name: string): TellingHeader => ({ head: 'request', name });

const CLOUDFLARE = [server(/cloudflare/), inResponse('cf-ray'), inRequest('cf-ray')];
const AZURE_FRONT_DOOR = [inResponse('x-azure-ref'), inRequest('x-azure-ref')];
const ENVOY = [
  server(/envoy/),
  inResponse('x-envoy-upstream-service-time'),
  inRequest('x-envoy-external-address'),
];
const NONE: readonly TellingHeader[] = [];

/** Documented defaults, and values that people report. AWS NLB (350 s) is not among them: it sends nothing at its limit. */
const KNOWN_LIMITS: readonly KnownLimit[] = [
  limit(10, false, ['the 10 s of mod_reqtimeout in Apache', [server(/apache/)]]),
  limit(20, false, ['the 20 s of Azure Application Gateway', NONE]),
  limit(30, true, ['the usual 30 s of HAProxy (timeout client)', NONE]),
  limit(45, false, ['the 45 s of Azure Application Gateway', NONE]),
  limit(50, true, ['the 50 s of HAProxy in its sample configuration (timeout client, timeout server)', NONE]),
  limit(55, false, ['the 55 s of the Heroku router', [inResponse('via', /vegur|heroku/)]]),
  limit(
    60,
    true,
    ['the 60 s default of nginx (proxy_read_timeout)', [server(/nginx|openresty/)]],
    ['the 60 s default of AWS ALB', [inRequest('x-amzn-trace-id')]],
  ),
  limit(90, false, ['the 90 s of Azure Front Door', AZURE_FRONT_DOOR]),
  limit(
    100,
    true,
    ['the 100 s of Cloudflare', CLOUDFLARE],
    ['the 100 s of YARP (ActivityTimeout)', [server(/kestrel/)]],
  ),
  limit(120, true, ['the 120 s of Cloudflare (Proxy Read Timeout)', CLOUDFLARE]),
  limit(180, false, ['the 180 s of Traefik', NONE]),
  limit(240, false, ['the 240 s of Azure Load Balancer (TCP reset)', NONE]),
  limit(270, false, ['the 270 s of Cloudflare Gateway', CLOUDFLARE]),
  limit(300, true, ['the 300 s default of Envoy (stream_idle_timeout)', ENVOY]),
  limit(400, false, ['the 400 s of Cloudflare towards its clients', CLOUDFLARE]),
  limit(600, true, ['the 600 s of AWS API Gateway', NONE]),
];
const RELATIVE_TOLERANCE = 0.01;

function limit(
  seconds: number,
  isCommon: boolean,
  ...products: (readonly [string, readonly TellingHeader[]])[]
): KnownLimit {
  return { ms: seconds * 1000, isCommon, products: products.map(([text, headers]) => ({ text, headers })) };
}

/**
 * The limit that a silence matches: one whose product a header names, if there is one, else the nearest of the common ones.
 * null where none is within the tolerance (or within 1 %).
 */
export function limitOf(silentMs: number, toleranceMs: number, record: ConnectionRecord): LimitMatch | null {
  const near = KNOWN_LIMITS.filter(
    ({ ms }) => Math.abs(silentMs - ms) <= Math.max(toleranceMs, ms * RELATIVE_TOLERANCE),
  ).sort((a, b) => Math.abs(silentMs - a.ms) - Math.abs(silentMs - b.ms));
  for (const { ms, products } of near) {
    for (const { text, headers } of products) {
      const header = headers.map((telling) => found(telling, record)).find((seen) => seen !== null) ?? null;
      if (header !== null) return { ms, text, header };
    }
  }
  const common = near.find(({ isCommon }) => isCommon);
  if (common === undefined) return null;
  return { ms: common.ms, text: common.products.map(({ text }) => text).join(' and '), header: null };
}

/** Sent at this limit is a RST. */
const RESET_MS = 240_000;

/** The nearest of all limits, for a silence that several connections have shown; null where none is within the tolerance. */
export function anyLimitOf(
  silentMs: number,
  toleranceMs: number,
  isReset: boolean,
): Pick<LimitMatch, 'ms' | 'text'> | null {
  const near = KNOWN_LIMITS.filter(
    ({ ms }) =>
      (isReset || ms !== RESET_MS) &&
      Math.abs(silentMs - ms) <= Math.max(toleranceMs, ms * RELATIVE_TOLERANCE),
  ).sort((a, b) => Math.abs(silentMs - a.ms) - Math.abs(silentMs - b.ms))[0];
  return near === undefined
    ? null
    : { ms: near.ms, text: near.products.map(({ text }) => text).join(' and ') };
}

function found({ head: of, name, value }: TellingHeader, { upgrade }: ConnectionRecord): string | null {
  const head: HttpHead | null = (of === 'request' ? upgrade?.request?.head : upgrade?.response?.head) ?? null;
  const text = head === null ? null : headerValue(head, name);
  if (text === null || value?.test(text.toLowerCase()) === false) return null;
  // The values of the other headers name a request, and nobody needs them.
  return name === 'server' || name === 'via' ? `${name}: ${text}` : name;
}
