import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderAnnotations } from '../../src/report/github.ts';
import type { Severity } from '../../src/report/model.ts';
import { HOSTILE, HOSTILE_ALL } from './hostile-text.ts';
import {
  handshakeClose,
  sampleAnomaly,
  sampleCapture,
  sampleConnection,
  sampleReport,
} from './sample-report.ts';

function found(count: number, severity: Severity, rule = 'handshake-close') {
  return Array.from({ length: count }, (_, id) =>
    sampleConnection({ id, anomalies: [sampleAnomaly({ severity, rule })] }),
  );
}

const lines = (text: string) => text.split('\n').slice(0, -1);

describe('renderAnnotations', () => {
  it('gives a finding a line, with its packets and what to ask next', () => {
    expect(
      renderAnnotations(
        sampleReport([
          handshakeClose({ anomalies: [sampleAnomaly({ message: 'The server sent FIN, 100% sure.' })] }),
        ]),
      ),
    ).toBe(
      '::error file=dump.pcap,title=handshake-close on connection 0::The server sent FIN, 100%25 sure.%0AWireshark: frame.number in {6, 8}%0Awscap explain handshake-close\n',
    );
  });

  it('has nothing to say where nothing was found', () => {
    expect(renderAnnotations(sampleReport([sampleConnection()]))).toBe('');
  });

  it('sorts by severity', () => {
    const connections = (['info', 'error', 'warning'] as const).flatMap((severity) => found(1, severity));
    expect(lines(renderAnnotations(sampleReport(connections))).map((line) => line.split(' ')[0])).toEqual([
      '::error',
      '::warning',
      '::notice',
    ]);
  });

  it('says in the tenth of a kind how many more there are, for GitHub hides them', () => {
    expect(lines(renderAnnotations(sampleReport(found(10, 'error'))))).toHaveLength(10);
    const many = lines(renderAnnotations(sampleReport([...found(300, 'error'), ...found(12, 'info')])));
    expect(many).toHaveLength(20);
    expect(many[9]).toBe(
      '::error file=dump.pcap,title=+291 more errors::291 handshake-close. GitHub shows ten annotations of a kind: wscap analyze dump.pcap shows all.',
    );
    expect(many[19]).toContain('title=+3 more notices');
  });

  it('shows one of each rule before a second of any', () => {
    const connections = [...found(50, 'error'), ...found(1, 'error', 'accept-mismatch')];
    expect(lines(renderAnnotations(sampleReport(connections)))[1]).toContain('title=accept-mismatch');
  });

  it('names the file only where it can be one of the repository', () => {
    for (const path of ['/tmp/dump.pcap', '../dump.pcap', '-', 'C:\\dump.pcap']) {
      expect(
        renderAnnotations(sampleReport([handshakeClose()], { captures: [sampleCapture({ path })] })),
      ).toMatch(/^::error title=/);
    }
    expect(
      renderAnnotations(
        sampleReport([handshakeClose()], { captures: [sampleCapture({ path: 'a,b:c%.pcap' })] }),
      ),
    ).toMatch(/^::error file=a%2Cb%3Ac%25\.pcap,title=/);
  });

  it('can not be made to give another command', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...HOSTILE, HOSTILE_ALL), fc.string({ unit: 'binary' })),
        (text) => {
          const anomaly = sampleAnomaly({ message: text });
          const output = renderAnnotations(
            sampleReport([handshakeClose({ anomalies: [anomaly] })], {
              captures: [sampleCapture({ path: `x${text}` })],
            }),
          );
          expect(lines(output)).toHaveLength(1);
          expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
          expect(output).toMatch(/^::error (?:file=[^:,]*,)?title=handshake-close on connection 0::/);
          // Every percent sign is one of ours.
          expect(output).not.toMatch(/%(?!25|0A|3A|2C)/);
        },
      ),
    );
  });
});
