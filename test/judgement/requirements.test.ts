import { describe, expect, test } from 'vitest';
import { unmetRequirement, type RequirementId } from '../../src/judgement/requirements.ts';
import {
  mark,
  NO_TIMES,
  CONTEXT,
  recordOf,
  seenRequest,
  seenResponse,
  type RecordSpec,
} from '../helpers/record-builder.ts';

const unmet = (id: RequirementId, spec: RecordSpec, options = CONTEXT) =>
  unmetRequirement([id], recordOf(spec), options);
/** Known by its frames alone. */
const INFERRED = { upgrade: null, opening: 'inferred', openedAt: mark(1, -4) } as const;
const LOST = { isFramingLost: true, gapBytes: 30 };

const ENGINE_IO = {
  protocol: 'engine.io',
  version: '4',
  heartbeat: null,
  end: null,
  unread: [],
} as const;
const MAYBE = { from: 'client', kind: 'goodbye', text: 'MQTT DISCONNECT', ...mark(8, 3) } as const;

describe('each requirement', () => {
  test.each<[RequirementId, RecordSpec, string | null]>([
    ['goodbyes', { clientSide: { ...LOST, frames: 1 } }, null],
    [
      'goodbyes',
      { clientSide: LOST },
      '30 bytes from the client are not in the capture and none of its frames could be read, and a Close or goodbye may be among them',
    ],
    ['goodbyes', { application: ENGINE_IO }, null],
    [
      'goodbyes',
      { application: ENGINE_IO, clientSide: { ...LOST, frames: 1 } },
      '30 bytes from the client are not in the capture, and a goodbye of Engine.IO may be among them',
    ],
    [
      'goodbyes',
      { application: ENGINE_IO, firstEnd: { by: 'server', how: 'rst', mark: mark(9, 1), missingBefore: 1 } },
      'the number of the RST in packet 9 shows that packets are not in the capture, and a goodbye of Engine.IO may be among them',
    ],
    [
      'goodbyes',
      { application: { ...ENGINE_IO, protocol: 'mqtt', unread: ['server'] } },
      'what the server sent last could not be read, and may be a goodbye of MQTT',
    ],
    [
      'goodbyes',
      { ...INFERRED, possibleGoodbye: MAYBE },
      "what names the application is not in the capture, and the client's last message (packet 8) may be a goodbye: MQTT DISCONNECT",
    ],
    ['both-directions', {}, null],
    ['both-directions', { clientSide: { isCaptured: false } }, 'no packet from the client was captured'],
    ['both-directions', { serverSide: { isCaptured: false } }, 'no packet from the server was captured'],
    ['frames-of-ending-side', { serverSide: { fin: mark(9, 1) } }, null],
    ['frames-of-ending-side', { clientSide: LOST, serverSide: { fin: mark(9, 1) } }, null],
    [
      'frames-of-ending-side',
      { clientSide: { ...LOST, fin: mark(9, 1) } },
      '30 bytes from the client are not in the capture, and a Close may be among them',
    ],
    ['frames-of-ending-side', { serverSide: { fin: mark(9, 1), gapBytes: 30 } }, null],
    [
      'frames-of-ending-side',
      { ...INFERRED, serverSide: { fin: mark(9, 1) } },
      'what the server sent before the first frame is not in the capture, and a Close may be among it',
    ],
    [
      'frames-of-ending-side',
      { ...INFERRED, serverSide: { pongs: 3, fin: mark(9, 1) } },
      'what the server sent before the first frame is not in the capture, and a Close may be among it',
    ],
    ['frames-of-ending-side', { ...INFERRED, serverSide: { frames: 1, fin: mark(9, 1) } }, null],
    ['frames-of-both-sides', {}, null],
    ['frames-of-both-sides', { clientSide: { gapBytes: 30 } }, null],
    [
      'frames-of-both-sides',
      { serverSide: LOST },
      '30 bytes from the server are not in the capture, and where its frames begin after that is not known',
    ],
    ['every-packet', {}, null],
    ['every-packet', { clientSide: { gapBytes: 30, cutBytes: 30 } }, null],
    [
      'every-packet',
      { serverSide: { gapBytes: 30, cutBytes: 10 } },
      'packets with 20 bytes from the server are not in the capture',
    ],
    ['bytes-of-server', { clientSide: LOST }, null],
    [
      'bytes-of-server',
      { serverSide: { gapBytes: 1 } },
      '1 byte from the server is not in the capture, and an answer may be among them',
    ],
    [
      'bytes-of-server',
      { serverSide: { syn: null, segments: 1 } },
      "the capture lacks the server's SYN, so where its bytes begin is not certain, and an answer may be among them",
    ],
    ['bytes-of-server', { serverSide: { syn: null, segments: 0 } }, null],
    [
      'bytes-of-server',
      { serverSide: { syn: mark(5, -1), segments: 1 } },
      "the capture lacks the server's SYN, so where its bytes begin is not certain, and an answer may be among them",
    ],
    ['bytes-of-server', { serverSide: { syn: mark(5, -1), segments: 1 }, upgrade: { request: null } }, null],
    ['bytes-of-server', { serverSide: { syn: mark(5, -1), segments: 1 }, upgrade: null }, null],
    ['packets-of-client', {}, null],
    [
      'packets-of-client',
      { clientSide: { gapBytes: 9, cutBytes: 2 } },
      '7 bytes from the client are not in the capture: the client may have had another answer, and have sent them after it',
    ],
    ['packets-of-client', { clientSide: { gapBytes: 9, cutBytes: 9 } }, null],
    [
      'packets-of-client',
      { clientSide: { gapBytes: 9 } },
      '9 bytes from the client are not in the capture: the client may have had another answer, and have sent them after it',
    ],
    ['packets-after-request', {}, null],
    ['packets-after-request', { clientSide: { isAcknowledged: false, retransmissions: 1 } }, null],
    ['packets-after-request', { clientSide: { isAcknowledged: false, fin: mark(6, 98) } }, null],
    [
      'packets-after-request',
      { clientSide: { isAcknowledged: false } },
      'the request was neither acknowledged nor sent again in the capture: the capture lacks what came next, and an answer may be among it',
    ],
    ['own-request', { clientSide: { gapBytes: 9 } }, null],
    ['own-request', { clientSide: { gapBytes: 9 }, upgrade: { request: null } }, null],
    ['own-request', { clientSide: { gapBytes: 9 }, upgrade: null }, null],
    ['own-request', { upgrade: { request: seenRequest('GET / HTTP/1.1\r\n\r\n') } }, null],
    [
      'own-request',
      { clientSide: { gapBytes: 9 }, upgrade: { request: seenRequest('GET / HTTP/1.1\r\n\r\n') } },
      '9 bytes from the client are not in the capture, and the request that was answered may be among them',
    ],
    ['web-socket', {}, null],
    ['web-socket', { upgrade: { request: null } }, null],
    [
      'web-socket',
      { upgrade: { request: null, response: seenResponse('HTTP/1.1 101 Swi', undefined, true) } },
      'the capture cut the heads of the opening handshake short, and the 101 may be one to another protocol',
    ],
    ['web-socket', { upgrade: { response: seenResponse('HTTP/1.1 101 Swi', undefined, true) } }, null],
    ...['Upgrade: WebSocket', 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='].map(
      (line): [RequirementId, RecordSpec, null] => [
        'web-socket',
        {
          upgrade: {
            request: null,
            response: seenResponse(`HTTP/1.1 101 Ok\r\n${line}\r\nX`, undefined, true),
          },
        },
        null,
      ],
    ),
    ['web-socket', { upgrade: { request: seenRequest('GET / HTTP/1.1\r\n\r\n'), response: null } }, null],
    [
      'web-socket',
      {
        ...INFERRED,
        upgrade: { request: null, response: seenResponse('HTTP/1.1 101 Swi', undefined, true) },
      },
      null,
    ],
    ['web-socket', INFERRED, null],
    ['whole-heads', {}, null],
    ['whole-heads', { upgrade: { request: null } }, null],
    ['whole-heads', { upgrade: null }, null],
    [
      'whole-heads',
      { upgrade: { request: seenRequest(undefined, undefined, true) } },
      'the capture cut the heads of the opening handshake short',
    ],
    [
      'whole-heads',
      { upgrade: { response: seenResponse(undefined, undefined, true) } },
      'the capture cut the heads of the opening handshake short',
    ],
    ['whole-request', { upgrade: null }, null],
    ['whole-request', { upgrade: { request: null } }, null],
    ['whole-response', { upgrade: null }, null],
    ['whole-response', { upgrade: { response: null } }, null],
    ['whole-heads', { upgrade: { response: null } }, null],
    ['whole-request', { upgrade: { response: seenResponse(undefined, undefined, true) } }, null],
    [
      'whole-request',
      { upgrade: { request: seenRequest(undefined, undefined, true) } },
      'the capture cut the head of the request short',
    ],
    ['whole-response', { upgrade: { request: seenRequest(undefined, undefined, true) } }, null],
    [
      'whole-response',
      { upgrade: { response: seenResponse(undefined, undefined, true) } },
      'the capture cut the head of the response short',
    ],
    ['first-end', {}, null],
    ['first-end', { firstEnd: { by: 'client', how: 'fin', mark: mark(8, 1), followsUnseen: false } }, null],
    [
      'first-end',
      { firstEnd: { by: 'client', how: 'fin', mark: mark(8, 1), followsUnseen: true } },
      'what the server had sent before that FIN is not in the capture, and may be a FIN of its own',
    ],
    [
      'first-end',
      { firstEnd: { by: 'server', how: 'rst', mark: mark(8, 1), followsUnseen: true } },
      'what the client had sent before that RST is not in the capture, and may be a FIN of its own',
    ],
    [
      'first-end',
      { serverSide: { hasUnseenEnd: true } },
      'what the server sent last is not in the capture, and may be a FIN',
    ],
    ['first-end-itself', {}, null],
    [
      'first-end-itself',
      { firstEnd: { by: 'server', how: 'rst', mark: mark(8, 1), missingBefore: 1 } },
      'the number of the RST in packet 8 shows that the server had sent something before it that is not in the capture, perhaps a FIN that left before the request came',
    ],
    ['own-response', {}, null],
    ['own-response', { upgrade: { response: null } }, null],
    [
      'own-response',
      { upgrade: { response: { ...seenResponse(), followsGap: true } } },
      'bytes from the server before the response in packet 6 are not in the capture, and the answer to the upgrade request may be among them',
    ],
    ['pairs', {}, null],
    ['pairs', { clientSide: LOST, serverSide: { streamBytes: 0 } }, null],
    [
      'pairs',
      { clientSide: { gapBytes: 100 } },
      '100 bytes from the client are not in the capture, and an answer may belong to a request among them, or to this one',
    ],
    ['times', {}, null],
    ['times', { serverSide: { fin: mark(9, 1) } }, null],
    ['times', { serverSide: { fin: mark(5, -50_000) } }, null],
    ['times', { serverSide: { fin: mark(9, -100) } }, null],
    ['times', { serverSide: { fin: mark(9, -100.1) } }, 'the clock was set back between the 101 and the end'],
    ['times', { clientSide: { rst: mark(9, -5000) } }, 'the clock was set back between the 101 and the end'],
    ['times', { serverSide: { fin: mark(9, -5000) }, upgrade: { response: null } }, null],
    [
      'times',
      { ...INFERRED, serverSide: { fin: mark(9, -5000) } },
      'the clock was set back between the first frame in the capture and the end',
    ],
  ])('%s of %j', (id, spec, reason) => {
    expect(unmet(id, spec)).toBe(reason);
  });

  test('times, where packets carry none', () => {
    expect(unmet('times', {}, NO_TIMES)).toBe('packets of this capture carry no time');
  });
});

test('of several requirements, the first that is not met is named', () => {
  const record = recordOf({ clientSide: { isCaptured: false }, serverSide: { gapBytes: 5 } });
  expect(unmetRequirement(['bytes-of-server', 'both-directions'], record, CONTEXT)).toMatch(/^5 bytes/);
  expect(unmetRequirement(['both-directions', 'bytes-of-server'], record, CONTEXT)).toMatch(/^no packet/);
  expect(unmetRequirement(['whole-heads', 'both-directions'], record, CONTEXT)).toMatch(/^no packet/);
  expect(unmetRequirement([], record, CONTEXT)).toBeNull();
});
