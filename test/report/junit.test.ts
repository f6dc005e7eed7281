import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analyze.ts';
import { renderJunit, type JunitOptions } from '../../src/report/junit.ts';
import type { Report } from '../../src/report/model.ts';
import { CAPTURE_RULES, RULES } from '../../src/rules/index.ts';
import { HOSTILE, HOSTILE_ALL } from './hostile-text.ts';
import {
  handshakeClose,
  sampleAnomaly,
  sampleCapture,
  sampleConnection,
  sampleReport,
} from './sample-report.ts';

const OPTIONS: JunitOptions = {
  rules: RULES.map(({ id }) => id),
  captureRules: CAPTURE_RULES.map(({ id }) => id),
  failOn: 'error',
};
const SCHEMA = readFileSync('test/report/junit.xsd', 'utf8');

const junit = (report: Report, options: Partial<JunitOptions> = {}) =>
  [...renderJunit(report, { ...OPTIONS, ...options })].join('');

async function errorsOf(...documents: string[]): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: documents.map((contents, i) => ({ fileName: `${i}.xml`, contents })),
    schema: SCHEMA,
  });
  return errors.map(({ rawMessage }) => rawMessage);
}

const cases = (xml: string) =>
  [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"/g)].map(([, ...names]) => names.join('/'));

describe('renderJunit', () => {
  it('has a case for every rule over the capture, and for every connection and rule', () => {
    const found = cases(junit(sampleReport([handshakeClose(), sampleConnection({ id: 7 })])));
    expect(found).toHaveLength(CAPTURE_RULES.length + 2 * RULES.length);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toContain('wscap.connection 7/handshake-close');
    expect(found).toContain('wscap.capture/reconnect-loop');
  });

  it('fails the case of a finding, with what happened, the packets and what to ask next', () => {
    const xml = junit(sampleReport([handshakeClose()]));
    expect(xml).toContain(`tests="${CAPTURE_RULES.length + RULES.length}" failures="1" errors="0"`);
    expect(xml).toContain(
      '<failure type="handshake-close" message="error: The server answered 101 in packet 6',
    );
    expect(xml).toContain(
      'Wireshark: frame.number in {6, 8}\nwscap explain handshake-close\nconnection 0 (tcp.stream): 127.0.0.1:54321 to 127.0.0.1:8080',
    );
  });

  it('fails from the severity on that is asked for; milder findings pass, and say what was found', () => {
    const report = sampleReport([sampleConnection({ anomalies: [sampleAnomaly({ severity: 'warning' })] })]);
    expect(junit(report)).toContain('failures="0"');
    expect(junit(report)).toContain('<system-out>warning: handshake-close\n');
    expect(junit(report, { failOn: 'warning' })).toContain('failures="1"');
    expect(junit(report, { failOn: 'info' })).toContain('failures="1"');
  });

  it('skips a case that the capture can not decide, and says why', () => {
    const notes = [
      { code: 'rule-withheld', message: 'pong-missing was not judged: a gap in the bytes of the client' },
    ];
    const xml = junit(sampleReport([sampleConnection({ notes })]));
    expect(xml).toContain('skipped="1"');
    expect(xml).toContain(
      'name="pong-missing" time="3.210">\n      <skipped message="a gap in the bytes of the client"/>',
    );
  });

  it('has no case for a rule that is off', () => {
    expect(
      cases(junit(sampleReport([sampleConnection()]), { rules: ['handshake-close'], captureRules: [] })),
    ).toEqual(['wscap.connection 0/handshake-close']);
  });

  it('stays bounded, and keeps what failed', async () => {
    const connections = Array.from({ length: 25_000 }, (_, id) =>
      id === 24_999 ? handshakeClose({ id }) : sampleConnection({ id }),
    );
    const xml = junit(sampleReport(connections));
    expect(cases(xml).length).toBeLessThan(50_000);
    expect(xml).toContain('wscap.connection 24999');
    expect(xml).toContain('5,000 more connections without a finding have no case here');
    expect(await errorsOf(xml)).toEqual([]);
  });

  it('is valid for the schema, for captures with every kind of finding', async () => {
    const names = [
      'handshake-close/chromium-reconnects.pcap',
      'other/udp-only.pcap',
      'formats/snaplen-96.pcap',
      'mass-disconnect/server-killed.pcap',
    ];
    const documents = await Promise.all(names.map(async (name) => junit(await analyze(`fixtures/${name}`))));
    expect(await errorsOf(...documents, junit(sampleReport([], { captures: [] })))).toEqual([]);
  });

  it('is refused by the schema where it is not valid', async () => {
    const xml = junit(sampleReport([handshakeClose()]));
    expect(await errorsOf(xml.replace('type="handshake-close" message', 'kind="x" message'))).not.toEqual([]);
    expect(await errorsOf(xml.replace('</failure>', ''))).not.toEqual([]);
  });

  it('is valid, without a control character, whatever was on the wire', async () => {
    const texts = [
      ...HOSTILE,
      HOSTILE_ALL,
      ...fc.sample(fc.string({ unit: 'binary', minLength: 1 }), { numRuns: 100, seed: 1 }),
    ];
    const documents = texts.map((text) =>
      junit(
        sampleReport(
          [
            handshakeClose({
              anomalies: [sampleAnomaly({ message: text, rule: 'handshake-close' })],
              notes: [{ code: 'rule-withheld', message: `pong-missing was not judged: x${text}` }],
            }),
          ],
          {
            captures: [sampleCapture({ path: `x${text}`, notes: [{ code: 'gap', message: text }] })],
          },
        ),
      ),
    );
    expect(await errorsOf(...documents)).toEqual([]);
    for (const xml of documents)
      expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});
