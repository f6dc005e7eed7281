/** upgrade-response-invalid: a 101 that RFC 6455 does not allow, or that agrees to what was not offered. */
import type { UpgradeFacts } from '../connection/record.ts';
import { markOf } from '../tcp/packet-mark.ts';
import { headerValue, headerValues, type RequestHead, type ResponseHead } from '../http/head.ts';
import { parseExtensions, PERMESSAGE_DEFLATE, type Extension } from '../websocket/extensions.ts';
import { compareSeverity } from '../basics/severity.ts';
import { groupBy } from '../judgement/capture-findings.ts';
import { fill } from '../judgement/fill.ts';
import { formViolations, type ResponseViolation } from '../judgement/response-form.ts';
import type { Rule } from '../judgement/rule.ts';
import { packetList, quoted } from '../judgement/wording.ts';

const MESSAGES = {
  invalid: 'The 101 ({packets}) is not valid: {violations}.',
  unusual: 'The 101 ({packets}) has a form that some clients refuse: {violations}.',
} as const;

const NONE: readonly ResponseViolation[] = [];

export const upgradeResponseInvalid: Rule = {
  id: 'upgrade-response-invalid',
  title: 'The 101 is not valid',
  severity: 'error',
  section: 'Opening handshake',
  place: 7,
  spoilsUpgrade: true,
  explainsEnd: 5,
  spec: 'RFC 6455 §4.1, §4.2.2; RFC 7692 §7.1; RFC 9110 §8.6; RFC 9112 §6.1',
  requires: ['whole-response'],
  options: {},
  messages: MESSAGES,
  check({ upgrade, tcp }) {
    const response = upgrade?.response ?? null;
    if (upgrade === null || response?.head.status !== 101) return null;
    const { head } = response;
    const request = answeredRequest(upgrade, tcp.client.gapBytes);
    const offers = request === null ? NONE : offerViolations(request, head);
    const inHead = formViolations(head);
    if (inHead.length + offers.length === 0) return null;
    const violations = [...inHead, ...offers];
    const packets =
      offers.length > 0 && upgrade.request !== null
        ? [upgrade.request.packet, response.packet]
        : [response.packet];
    const kind = violations.some(({ severity }) => severity === 'error') ? 'invalid' : 'unusual';
    const worst = violations.toSorted((a, b) => compareSeverity(a.severity, b.severity))[0]!;
    return {
      kind,
      severity: worst.severity,
      message: fill(MESSAGES[kind], {
        packets: packetList(packets),
        violations: listed(violations),
      }),
      advice: ADVICE[worst.code],
      packets,
      at: markOf(response),
      evidence: {
        violations: [...new Set(violations.map(({ code }) => code))].join(' '),
        upgrade: headerValue(head, 'upgrade'),
        connection: headerValue(head, 'connection'),
        contentLength: headerValue(head, 'content-length'),
        transferEncoding: headerValue(head, 'transfer-encoding'),
        subprotocol: headerValue(head, 'sec-websocket-protocol'),
        extensions: headerValue(head, 'sec-websocket-extensions'),
        server: headerValue(head, 'server'),
      },
    };
  },
};

/** The most clauses in a message: a head of 64 KiB may have thousands of violations. */
const MAX_CLAUSES = 8;

function listed(violations: readonly ResponseViolation[]): string {
  const clauses = violations.slice(0, MAX_CLAUSES).map(({ clause }) => clause);
  const more = violations.length - clauses.length;
  return [...clauses, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** The request, where it is whole and certainly the one that this 101 answers. */
function answeredRequest({ request, accept }: UpgradeFacts, clientGapBytes: number): RequestHead | null {
  if (request === null || request.head.isCut) return null;
  return accept === 'valid' || clientGapBytes === 0 ? request.head : null;
}

/** What the 101 agrees to although the request did not offer it. */
function offerViolations(request: RequestHead, response: ResponseHead): readonly ResponseViolation[] {
  const { names } = response;
  if (!names.includes('sec-websocket-protocol') && !names.includes('sec-websocket-extensions')) return NONE;
  const extensions = extensionClauses(extensionsOf(request), extensionsOf(response));
  return [
    ...subprotocolClauses(request, response).map((clause) => ({
      code: 'subprotocol' as const,
      clause,
      severity: 'error' as const,
    })),
    ...extensions.map((clause) => ({
      code: 'extension' as const,
      clause,
      severity: 'error' as const,
    })),
  ];
}

function subprotocolClauses(request: RequestHead, response: ResponseHead): string[] {
  if (!response.names.includes('sec-websocket-protocol')) return [];
  const offered = subprotocols(request);
  const selected = subprotocols(response);
  if (selected.length > 1)
    return [`it selects ${selected.length} subprotocols (${quoted(selected.join(', '))})`];
  const [only] = selected;
  if (only === undefined) {
    // Where subprotocols were offered, subprotocol-unanswered reports it.
    return offered.length === 0 ? ['its Sec-WebSocket-Protocol is empty, and none was offered'] : [];
  }
  if (offered.includes(only)) return [];
  const offer = offered.length === 0 ? 'none was' : `only ${quoted(offered.join(', '))} was`;
  return [`it selects the subprotocol ${quoted(only)}, where ${offer} offered`];
}

/** Members of the list in upper and lower case as sent: subprotocols are case-sensitive. */
function subprotocols(head: RequestHead | ResponseHead): string[] {
  return headerValues(head, 'sec-websocket-protocol')
    .flatMap((value) => value.split(','))
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

function extensionsOf(head: RequestHead | ResponseHead): readonly Extension[] {
  return parseExtensions(headerValue(head, 'sec-websocket-extensions') ?? '');
}

function extensionClauses(offered: readonly Extension[], agreed: readonly Extension[]): string[] {
  if (agreed.length === 0) return [];
  const offersOf = groupBy(offered, ({ name }) => name);
  // Where the 101 agrees to an extension several times, the first one counts.
  const byName = new Map(agreed.toReversed().map((extension) => [extension.name, extension]));
  const first = agreed.filter((extension) => byName.get(extension.name) === extension);
  return first.flatMap((extension) => {
    const offers = offersOf.get(extension.name) ?? [];
    if (offers.length === 0)
      return [`it agrees to the extension ${quoted(extension.name)}, which was not offered`];
    return extension.name === PERMESSAGE_DEFLATE ? deflateClauses(offers, extension) : [];
  });
}

const DEFLATE_PARAMETERS = [
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
];

/**
 * The server may add parameters that the offer does not have, except client_max_window_bits: it asks the
 * client to limit its window, and a client that did not offer it may be unable to (RFC 7692 §7.1.2.2).
 */
function deflateClauses(offers: readonly Extension[], { parameters }: Extension): string[] {
  const clauses: string[] = [];
  for (const name of parameters.keys()) {
    if (!DEFLATE_PARAMETERS.includes(name)) {
      clauses.push(`its permessage-deflate has an unknown parameter ${quoted(name)}`);
    }
  }
  if (
    parameters.has('client_max_window_bits') &&
    !offers.some((offer) => offer.parameters.has('client_max_window_bits'))
  ) {
    clauses.push('its permessage-deflate has client_max_window_bits, which the client did not offer');
  }
  for (const name of ['server_max_window_bits', 'client_max_window_bits']) {
    const value = parameters.get(name);
    if (value === undefined || (value !== null && /^(?:[89]|1[0-5])$/.test(value))) continue;
    const shown = value === null ? 'without a value' : `of ${quoted(value)}`;
    clauses.push(`its permessage-deflate has a ${name} ${shown}, not of 8 to 15`);
  }
  return [...clauses, ...unmetDemands(offers, parameters)];
}

/**
 * What the client demands of the server in all its offers, but the 101 does not grant (RFC 7692 §7.1.1.1,
 * §7.1.2.1).
 */
function unmetDemands(offers: readonly Extension[], agreed: Extension['parameters']): string[] {
  const clauses: string[] = [];
  for (const name of ['server_no_context_takeover', 'server_max_window_bits']) {
    if (!agreed.has(name) && offers.every((offer) => offer.parameters.has(name))) {
      clauses.push(`its permessage-deflate lacks ${name}, which the client demanded`);
    }
  }
  const bits = Number(agreed.get('server_max_window_bits') ?? 0);
  const isTooWide = (offer: Extension) =>
    bits > Number(offer.parameters.get('server_max_window_bits') ?? Infinity);
  if (offers.every(isTooWide)) {
    clauses.push(`its permessage-deflate has server_max_window_bits=${bits}, more than the client allowed`);
  }
  return clauses;
}

const PROXY =
  'Look for a proxy that strips these headers, and at code that writes the 101 by hand; browsers refuse such a 101.';

const ADVICE: Readonly<Record<ResponseViolation['code'], string>> = {
  upgrade: PROXY,
  connection: PROXY,
  body:
    'A 101 has no body: some clients drop it, or take the first frames for one. Look at the framework or proxy that ' +
    'writes it with the code for ordinary responses.',
  'http-version': 'Upgrades exist in HTTP/1.1 only: look for a server or a proxy that answers in HTTP/1.0.',
  draft:
    'This is the handshake of a draft of 2010, which no browser speaks any more: update the server, or the library that it uses.',
  close:
    'Strict clients refuse such a 101, and some close after it. Look at what adds close: the server that echoes the Connection of the request, or a proxy.',
  'line-end':
    'A recipient may accept such lines, and strict clients do not: look at code that writes the head by hand, and let each line end with CR and LF.',
  reason:
    'It is legal. Old clients cannot read a status line without it: if one hangs up here, let the server write "Switching Protocols".',
  accept:
    'Two layers of the server, or a proxy and the server, each add one: only one may answer the upgrade.',
  subprotocol:
    "Browsers refuse it. Look for a subprotocol that is fixed in the server's code, or a proxy that drops or renames the client's offer.",
  extension:
    "Browsers refuse it. Look at the server's compression settings, or for a proxy that drops or rewrites the client's offer.",
};
