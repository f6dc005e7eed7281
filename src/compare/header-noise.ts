/**
 * Recognises differences between header values that say nothing about the environments: values that are new in every
 * handshake, or that name the host or the person. Returns the reason; without a reason the difference counts.
 */
import { followsHost, type Renaming } from './host-renaming.ts';
import { isIdentifier } from './target-parts.ts';

/** By the RFCs and by custom, these are new in every handshake or change all the time. */
const EVERY_TIME: Readonly<Record<string, string>> = {
  'sec-websocket-key': 'a new key for every handshake',
  'sec-websocket-accept': 'follows the key',
  date: 'the time',
  age: 'the time',
  expires: 'the time',
  'last-modified': 'the time',
  etag: 'the version of a body',
  'content-length': 'the length of a body',
  'server-timing': 'a measurement',
  'x-runtime': 'a measurement',
  'x-response-time': 'a measurement',
  'x-envoy-upstream-service-time': 'a measurement',
  'x-request-id': 'an id of the request',
  'request-id': 'an id of the request',
  'x-correlation-id': 'an id of the request',
  'x-trace-id': 'an id of the request',
  'x-amzn-trace-id': 'an id of the request',
  'x-amzn-requestid': 'an id of the request',
  'x-b3-traceid': 'an id of the request',
  'x-b3-spanid': 'an id of the request',
  'x-b3-parentspanid': 'an id of the request',
  traceparent: 'an id of the request',
  tracestate: 'an id of the request',
  'cf-ray': 'an id of the request',
  'x-amz-cf-id': 'an id of the request',
  'fly-request-id': 'an id of the request',
};

/** Addresses of the client, or of proxies that it came through. */
const WHO: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-forwarded-port',
  'x-original-forwarded-for',
  'forwarded',
]);

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization']);
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} \w{3} \d{4} [\d:]{8} GMT$/;
const ISO_DATE = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)$/;
/** Seconds or milliseconds since 1970. */
const EPOCH = /^1\d{9}(?:\d{3})?(?:\.\d+)?$/;

/** @param name in lower case. Returns null if the difference counts. */
export function headerNoise(name: string, good: string, bad: string, renaming: Renaming): string | null {
  const always = EVERY_TIME[name];
  if (always !== undefined) return always;
  if (name === 'host') return 'each environment has its own';
  if (name === 'cookie') return sameNames(good, bad, cookieNames) ? 'values of the same cookies' : null;
  if (name === 'set-cookie') {
    return sameNames(good, bad, setCookieShape) ? 'values of the same cookies' : null;
  }
  if (CREDENTIALS.has(name)) {
    return schemeOf(good) === schemeOf(bad) ? `credentials of the same kind (${schemeOf(good)})` : null;
  }
  if (WHO.has(name)) return 'addresses';
  if (followsHost(good, bad, renaming)) return 'follows the host';
  return valueNoise(name, good, bad);
}

/** Judges values by their shape alone, whatever header they belong to. */
export function valueNoise(name: string, good: string, bad: string): string | null {
  const both = (test: (text: string) => boolean) => test(good) && test(bad);
  if (both((text) => HTTP_DATE.test(text) || ISO_DATE.test(text) || EPOCH.test(text))) return 'the time';
  if (both(isIdentifier)) return 'tokens or ids';
  if (name === 'user-agent' && withoutNumbers(good) === withoutNumbers(bad)) return 'another version';
  return null;
}

export function cookieNames(value: string): string[] {
  return value
    .split(';')
    .map((pair) => pair.split('=')[0]!.trim())
    .filter((name) => name !== '')
    .sort();
}

/** The name and attributes of each cookie. All attributes are compared but the time and the host. */
function setCookieShape(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => {
      const [cookie = '', ...attributes] = line.split(';').map((part) => part.trim());
      const shapes = attributes
        .map((attribute) => attribute.toLowerCase())
        .map((attribute) => attribute.replace(/^(expires|max-age|domain)=.*/, '$1'));
      return [cookie.split('=')[0]!, ...shapes.sort()].join('; ');
    })
    .sort();
}

function sameNames(good: string, bad: string, namesOf: (value: string) => string[]): boolean {
  return namesOf(good).join('\n') === namesOf(bad).join('\n');
}

function schemeOf(credentials: string): string {
  return /^[\w-]+(?= )/.exec(credentials)?.[0].toLowerCase() ?? 'no scheme';
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+(?:[._]\d+)*/g, '#');
}
