import { describe, expect, test } from 'vitest';
import { closeUnanswered } from '../../src/rules/close-unanswered.ts';
import {
  check,
  close,
  frame,
  irregular,
  judged,
  mark,
  NO_TIMES,
  type RecordSpec,
  type SideSpec,
  told,
} from '../helpers/record-builder.ts';

const closing = (ms: number, code: number | null = 1000): SideSpec => ({ closeFrame: close(code, 88, ms) });

describe('raised', () => {
  test.each<[string, RecordSpec, string, string]>([
    [
      'the other side drops the connection',
      { clientSide: closing(500), serverSide: { fin: mark(90, 800) } },
      'dropped',
      'warning',
    ],
    [
      'the other side resets it',
      { serverSide: closing(500), clientSide: { rst: mark(90, 800) } },
      'dropped',
      'warning',
    ],
    [
      'its sender gives up after 2 s',
      { clientSide: { ...closing(500), fin: mark(90, 2500) }, serverSide: { fin: mark(91, 2501) } },
      'gave-up',
      'warning',
    ],
    [
      'its sender gives up, and the capture ends',
      { serverSide: { ...closing(500), fin: mark(90, 2500) } },
      'gave-up',
      'warning',
    ],
    [
      'without a code',
      { clientSide: closing(500, null), serverSide: { fin: mark(90, 800) } },
      'dropped',
      'warning',
    ],
    [
      '1001, dropped',
      { serverSide: closing(500, 1001), clientSide: { fin: mark(90, 800) } },
      'dropped',
      'info',
    ],
    [
      '1001, its sender gives up',
      { serverSide: { ...closing(500, 1001), fin: mark(90, 1500) } },
      'gave-up',
      'info',
    ],
    [
      'a tab that is closed: Close and RST at once',
      { clientSide: { ...closing(500, 1001), rst: mark(89, 500.1) } },
      'did-not-wait',
      'info',
    ],
    [
      'Close and FIN at once, the other side ends without an answer',
      { clientSide: { ...closing(500), fin: mark(89, 500.1) }, serverSide: { fin: mark(90, 501) } },
      'did-not-wait',
      'info',
    ],
  ])('%s', (_name, spec, kind, severity) => {
    expect(check(closeUnanswered, spec)).toMatchObject({ kind, severity });
  });

  test('the border between waiting and not waiting is an option', () => {
    const ended = (ms: number): RecordSpec => ({ clientSide: { ...closing(500), rst: mark(89, 500 + ms) } });
    expect(check(closeUnanswered, ended(99))?.kind).toBe('did-not-wait');
    expect(check(closeUnanswered, ended(100))?.kind).toBe('gave-up');
    expect(check(closeUnanswered, ended(99), undefined, { waitMs: 50 })?.kind).toBe('gave-up');
  });
});

describe('not raised', () => {
  test.each<[string, RecordSpec]>([
    ['no Close', { serverSide: { fin: mark(90, 800) } }],
    ['TCP is still open', { clientSide: closing(500) }],
    [
      'answered',
      {
        clientSide: closing(500),
        serverSide: { closeFrame: close(1000, 89, 3500), fin: mark(90, 3501) },
      },
    ],
    [
      'answered after its sender had ended',
      {
        clientSide: { ...closing(500), fin: mark(89, 500.1) },
        serverSide: { closeFrame: close(1001, 90, 501) },
      },
    ],
    [
      'the other side had ended before it came',
      { clientSide: { closeFrame: close(1000, 91, 801) }, serverSide: { fin: mark(90, 800) } },
    ],
    [
      'a FIN right after it, and the capture ends: the answer may be under way',
      { clientSide: { ...closing(500), fin: mark(89, 500.1) } },
    ],
    [
      'the other side sent a length that hides what comes after it',
      {
        serverSide: closing(500, 1009),
        clientSide: {
          fin: mark(90, 800),
          irregularities: [irregular('length-too-large', [frame(2, 80, 400)])],
        },
      },
    ],
  ])('%s', (_name, spec) => {
    expect(check(closeUnanswered, spec)).toBeNull();
  });
});

describe('the message', () => {
  test('of a connection that was dropped', () => {
    const found = check(closeUnanswered, { clientSide: closing(500), serverSide: { fin: mark(90, 800) } });
    expect(told(found)).toBe(
      'The client sent Close 1000 (normal closure) 500 ms after the 101 (packet 88); the server never answered it, and ' +
        'ended the connection with FIN 300 ms later (packet 90). A Close is answered with a Close (RFC 6455 §5.5.1). ' +
        'Look at how the server handles one, and at proxies in between that pass on the end of the connection only.',
    );
    expect(found).toMatchObject({
      packets: [88, 90],
      at: mark(88, 500),
      evidence: {
        by: 'client',
        code: 1000,
        endedBy: 'server',
        how: 'fin',
        waitedMs: 300,
        afterUpgradeMs: 500,
      },
    });
  });

  test('of a side that waited for nothing', () => {
    const found = check(closeUnanswered, { serverSide: { ...closing(500), fin: mark(90, 2500) } });
    expect(found?.message).toBe(
      'The server sent Close 1000 (normal closure) 500 ms after the 101 (packet 88); the client had not answered it when ' +
        'the server ended the connection with FIN 2 s later (packet 90).',
    );
  });

  test('of a side that did not wait', () => {
    const found = check(closeUnanswered, { clientSide: { ...closing(500, 1001), rst: mark(89, 500.25) } });
    expect(found?.message).toBe(
      'The client sent Close 1001 (going away) 500 ms after the 101 (packet 88) and ended the connection with RST 0.25 ms ' +
        'later (packet 89), without waiting for an answer; none came.',
    );
  });

  test('without times whether a side waited is not known: no more than info', () => {
    const found = check(
      closeUnanswered,
      { clientSide: { ...closing(0), fin: mark(90, 0) }, serverSide: { fin: mark(91, 0) } },
      NO_TIMES,
    );
    expect(found).toMatchObject({ kind: 'ended-first', severity: 'info', evidence: { waitedMs: null } });
    expect(found?.message).toBe(
      'The client sent Close 1000 (normal closure) after the 101 (packet 88) and ended the connection with FIN ' +
        '(packet 90); the server never answered it.',
    );
  });
});

describe('withheld', () => {
  const dropped = (clientSide: SideSpec, serverSide: SideSpec): RecordSpec => ({
    clientSide: { ...closing(500), ...clientSide },
    serverSide: { fin: mark(90, 800), ...serverSide },
  });

  test.each<[string, RecordSpec]>([
    ['the answer may be in a gap', dropped({}, { isFramingLost: true, gapBytes: 20 })],
    ['one direction only', dropped({ fin: mark(90, 800) }, { isCaptured: false, fin: null })],
    [
      'what the other side had sent before the end is not in the capture',
      {
        clientSide: { ...closing(500), fin: mark(90, 2500) },
        firstEnd: { by: 'client', how: 'fin', mark: mark(90, 2500), followsUnseen: true },
      },
    ],
  ])('%s', (_name, spec) => {
    const { raised, withheld } = judged(spec);
    expect(withheld).toContain('close-unanswered');
    expect(raised).not.toContain('close-unanswered warning');
  });
});

describe('an end that could not be an answer', () => {
  const closeFrame = close(1000, 20, 500);
  test.each([
    ['was sent before the Close had arrived', { isUnseenByPeerEnd: true }, {}],
    ['follows a FIN that is not in the capture', {}, { missingBefore: 1 }],
    ['is perhaps not its own', {}, { forged: 'suspected' }],
  ] as const)('%s', (_name, ofClose, ofEnd) => {
    const found = check(closeUnanswered, {
      clientSide: { closeFrame: { ...closeFrame, ...ofClose } },
      firstEnd: { by: 'server', how: 'rst', mark: mark(22, 600), ...ofEnd },
    });
    expect(found).toBeNull();
  });
});
