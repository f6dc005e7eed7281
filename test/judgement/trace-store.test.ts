import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PacketMark } from '../../src/tcp/packet-mark.ts';
import { traceOf, type ConnectionTrace, type EndingTrace } from '../../src/judgement/connection-trace.ts';
import { TraceStore } from '../../src/judgement/trace-store.ts';
import { close, judgedConnections, mark } from '../helpers/record-builder.ts';

const START = 1_700_000_000;

const marks: fc.Arbitrary<PacketMark> = fc.record({
  packet: fc.integer({ min: 1, max: 0xffffffff }),
  seconds: fc.integer({ min: START - 1_000_000, max: START + 1_000_000 }),
  nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
});
const roles = fc.constantFrom('client' as const, 'server' as const);
const endings: fc.Arbitrary<EndingTrace> = fc.oneof(
  fc.record({
    by: roles,
    how: fc.constantFrom('fin' as const, 'rst' as const),
    mark: marks,
    closeCode: fc.constant(null),
  }),
  fc.record({
    by: roles,
    how: fc.constant('close' as const),
    mark: marks,
    closeCode: fc.option(fc.integer({ min: 0, max: 65_535 })),
  }),
);
const latin1 = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
});

/** As traceOf makes them: refused or with data, an end where there is an ending. */
const traces: fc.Arbitrary<ConnectionTrace> = fc
  .record({
    id: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    clientAddress: fc.ipV4(),
    server: fc.record({ address: fc.ipV6(), port: fc.integer({ min: 0, max: 65_535 }) }),
    first: marks,
    last: marks,
    openedAt: fc.option(marks),
    hasResponse: fc.boolean(),
    request: fc.option(
      fc
        .record({ mark: marks, host: fc.option(latin1), path: latin1, user: fc.option(latin1) })
        .map(({ mark: at, ...request }) => ({ ...at, ...request })),
    ),
    refusal: fc.option(marks),
    ending: fc.option(endings),
    end: fc.option(marks),
    firstEndBy: fc.option(roles),
    hasGaps: fc.boolean(),
    lastData: fc.option(marks),
    cause: fc.option(fc.constantFrom('handshake-close', 'idle-timeout', 'upgrade-rejected')),
    isFromProxy: fc.boolean(),
    endedWell: fc.boolean(),
    wasIdle: fc.boolean(),
    silentMs: fc.option(fc.nat(86_400_000)),
  })
  .map((trace) => ({
    ...trace,
    lastData: trace.refusal === null ? trace.lastData : null,
    end: trace.ending?.mark ?? trace.end,
  }));

/** Every field by name, because the fields of a packed trace are getters. */
function plain(trace: ConnectionTrace): ConnectionTrace {
  const { id, clientAddress, server, first, last, openedAt, hasResponse, request, refusal } = trace;
  const { ending, end, firstEndBy, hasGaps, lastData, cause, isFromProxy, endedWell, wasIdle, silentMs } =
    trace;
  const opening = { id, clientAddress, server, first, last, openedAt, hasResponse, request, refusal };
  return {
    ...opening,
    ending,
    end,
    firstEndBy,
    hasGaps,
    lastData,
    cause,
    isFromProxy,
    endedWell,
    wasIdle,
    silentMs,
  };
}

function packed(given: readonly ConnectionTrace[]): ConnectionTrace[] {
  const store = new TraceStore();
  for (const trace of given) store.add(trace);
  return [...store].map(plain);
}

describe('a store of traces', () => {
  it('gives back what was put in, by id', () => {
    fc.assert(
      fc.property(fc.uniqueArray(traces, { selector: ({ id }) => id, maxLength: 40 }), (given) => {
        expect(packed(given)).toEqual(given.toSorted((a, b) => a.id - b.id).map(plain));
      }),
    );
  });

  it('can be gone through in the order of the requests', () => {
    fc.assert(
      fc.property(fc.uniqueArray(traces, { selector: ({ id }) => id, maxLength: 40 }), (given) => {
        const store = new TraceStore();
        for (const trace of given) store.add(trace);
        const packets = [...store.byRequest()].map(({ request }) => request?.packet ?? 0);
        const expected = given.map(({ request }) => request?.packet ?? 0).sort((a, b) => a - b);
        expect(packets).toEqual(expected);
      }),
    );
  });

  it('can be gone through again, and holds more than a block', () => {
    const [sample] = fc.sample(traces, { numRuns: 1, seed: 1 });
    const store = new TraceStore();
    for (let id = 9999; id >= 0; id--) store.add({ ...sample!, id });
    expect(store.size).toBe(10_000);
    for (let round = 0; round < 2; round++) {
      expect([...store].map(({ id }) => id)).toEqual(Array.from({ length: 10_000 }, (_, id) => id));
    }
  });

  it('keeps the first 1024 characters of a long path', () => {
    const [sample] = fc.sample(traces, { numRuns: 1, seed: 1 });
    const request = { ...sample!.first, host: null, user: null, path: `/${'a'.repeat(60_000)}` };
    expect(packed([{ ...sample!, request }])[0]?.request?.path).toBe(`/${'a'.repeat(1023)}`);
  });
});

describe('the trace of a connection', () => {
  it('holds its handshake, its last data and its certain end', () => {
    const [judged] = judgedConnections([
      { serverSide: { closeFrame: close(1001, 50, 40), fin: mark(51, 41) } },
    ]);
    const trace = traceOf(judged!.record, judged!.anomalies);
    expect(trace.ending).toEqual({ by: 'server', how: 'close', mark: mark(50, 40), closeCode: 1001 });
    expect(trace.end).toEqual(mark(50, 40));
    expect(trace.firstEndBy).toBe('server');
    expect(trace.hasResponse).toBe(true);
    expect(trace.openedAt).toEqual(judged!.record.openedAt);
  });

  it('has no request where its head was cut', () => {
    const [judged] = judgedConnections([{}]);
    const { record } = judged!;
    const request = record.upgrade!.request!;
    const cut = {
      ...record,
      upgrade: { ...record.upgrade!, request: { ...request, head: { ...request.head, isCut: true } } },
    };
    expect(traceOf(record, []).request?.path).toBe(request.head.target.split('?')[0]);
    expect(traceOf(cut, []).request).toBeNull();
  });
});
