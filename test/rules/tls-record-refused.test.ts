import { expect, test } from 'vitest';
import { tlsRecordRefused } from '../../src/rules/tls-record-refused.ts';
import type { Undecrypted } from '../../src/tls/facts.ts';
import { check, checkAll, judged, mark, type RecordSpec, told } from '../helpers/record-builder.ts';
import { alert, tlsFacts, type TlsSpec } from '../helpers/tls-facts.ts';

const refused = (more: Partial<Undecrypted> = {}): Undecrypted => ({
  from: 'client',
  reason: 'refused',
  mark: mark(20, 500),
  isResumed: false,
  ...more,
});
const spec = (tls: TlsSpec, more: RecordSpec = {}): RecordSpec => ({
  tls: tlsFacts({ keys: 'found', undecrypted: [refused()], ...tls }),
  ...more,
});

test('a record that does not verify is told with the alert that answers it', () => {
  const found = check(tlsRecordRefused, spec({ alerts: [alert('server', 'bad_record_mac', 21, 501)] }));
  expect(found).toMatchObject({ kind: 'refused', severity: 'error', packets: [20, 21] });
  expect(told(found)).toContain(
    'the server had to refuse it (bad_record_mac), and it answered with the alert bad_record_mac (packet 21).',
  );
});

test('is milder where the capture itself may explain it', () => {
  const conflict = { segments: 1, bytes: 3, first: { packet: 19, countedPacket: 18, bytes: 3 } };
  const two = spec({}, { clientSide: { overlapConflict: conflict } });
  expect(check(tlsRecordRefused, two)).toMatchObject({ kind: 'two-contents', severity: 'warning' });
  expect(check(tlsRecordRefused, spec({ undecrypted: [refused({ isResumed: true })] }))).toMatchObject({
    kind: 'went-on',
    severity: 'info',
  });
});

test('both sides may have one', () => {
  expect(
    checkAll(tlsRecordRefused, spec({ undecrypted: [refused(), refused({ from: 'server' })] })),
  ).toHaveLength(2);
});

test.each<[string, TlsSpec]>([
  ['after a gap', { undecrypted: [refused({ reason: 'gap' })] }],
  ['where keys are wrong', { keys: 'wrong' }],
  ['where all verifies', { undecrypted: [] }],
])('is not raised %s', (_name, tls) => {
  expect(check(tlsRecordRefused, spec(tls))).toBeNull();
});

test('is withheld where packets are missing', () => {
  expect(judged(spec({}, { serverSide: { gapBytes: 10 } })).withheld).toContain('tls-record-refused');
});
