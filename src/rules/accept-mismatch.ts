/** accept-mismatch: Sec-WebSocket-Accept is not what the key demands, or is missing (RFC 6455 §4.2.2, item 5.4). */
import { markOf } from '../tcp/packet-mark.ts';
import { upgradeResponse } from '../connection/record.ts';
import { headerValue } from '../http/head.ts';
import { acceptFor } from '../websocket/accept.ts';
import type { Rule } from './rule.ts';
import { packetList, quoted } from './wording.ts';

export const acceptMismatch: Rule = {
  id: 'accept-mismatch',
  title: 'Sec-WebSocket-Accept does not match the key',
  severity: 'error',
  spec: 'RFC 6455 §4.1, §4.2.2',
  requires: ['whole-heads'],
  check(record) {
    const response = upgradeResponse(record);
    const { upgrade } = record;
    if (response === null || (upgrade?.accept !== 'invalid' && upgrade?.accept !== 'missing')) return null;
    const request = upgrade.request;
    const key = request === null ? null : headerValue(request.head, 'sec-websocket-key');
    const expected = key === null ? null : acceptFor(key);
    const accept = headerValue(response.head, 'sec-websocket-accept');
    const packets = request === null ? [response.packet] : [request.packet, response.packet];
    const what =
      accept === null
        ? 'The 101 carries no Sec-WebSocket-Accept'
        : `The 101 carries Sec-WebSocket-Accept ${quoted(accept)}`;
    const should = expected === null ? '' : `; the key demands ${expected}`;
    const advice =
      accept !== null && accept === key
        ? 'The server sent the key back unchanged instead of hashing it.'
        : 'Look at how the server computes it, and for a proxy that replaces or caches the key or the answer.';
    return {
      severity: 'error',
      message: `${what}${should} (${packetList(packets)}). Every browser refuses such a connection.`,
      advice,
      packets,
      at: markOf(response),
      evidence: { accept, expected, key },
    };
  },
};
