/** accept-mismatch: Sec-WebSocket-Accept is not what the key demands, or is missing (RFC 6455 §4.2.2, item 5.4). */
import { markOf } from '../tcp/packet-mark.ts';
import { upgradeResponse } from '../connection/record.ts';
import { headerValue, headerValues } from '../http/head.ts';
import { acceptFor } from '../websocket/accept.ts';
import { fill } from '../judgement/fill.ts';
import type { Rule } from '../judgement/rule.ts';
import { packetList, quoted } from '../judgement/wording.ts';

const MESSAGES = {
  wrong:
    'The 101 carries Sec-WebSocket-Accept {accept}{demanded} ({packets}). Every browser refuses such a connection.',
  missing:
    'The 101 carries no Sec-WebSocket-Accept{demanded} ({packets}). Every browser refuses such a connection.',
} as const;

export const acceptMismatch: Rule = {
  id: 'accept-mismatch',
  title: 'Sec-WebSocket-Accept does not match the key',
  severity: 'error',
  section: 'Opening handshake',
  place: 8,
  spoilsUpgrade: true,
  explainsEnd: 4,
  spec: 'RFC 6455 §4.1, §4.2.2',
  requires: ['whole-heads'],
  options: {},
  messages: MESSAGES,
  check(record) {
    const response = upgradeResponse(record);
    const { upgrade } = record;
    if (response === null || (upgrade?.accept !== 'invalid' && upgrade?.accept !== 'missing')) return null;
    const request = upgrade.request;
    const key = request === null ? null : headerValue(request.head, 'sec-websocket-key');
    const expected = key === null ? null : acceptFor(key);
    const accept = headerValue(response.head, 'sec-websocket-accept');
    const packets = request === null ? [response.packet] : [request.packet, response.packet];
    const kind = accept === null ? 'missing' : 'wrong';
    const accepts = headerValues(response.head, 'sec-websocket-accept');
    // All of them are right; upgrade-response-invalid reports that there are several.
    if (accepts.length > 1 && accepts.every((each) => each === expected)) return null;
    const advice =
      accept !== null && accept === key
        ? 'The server sent the key back unchanged instead of hashing it.'
        : 'Look at how the server computes it, and for a proxy that replaces or caches the key or the answer.';
    return {
      kind,
      severity: 'error',
      message: fill(MESSAGES[kind], {
        accept: quoted(accept ?? ''),
        demanded: expected === null ? '' : `; the key demands ${expected}`,
        packets: packetList(packets),
      }),
      advice,
      packets,
      at: markOf(response),
      evidence: { accept, expected, key },
    };
  },
};
