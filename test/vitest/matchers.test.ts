import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { analyze } from '../../src/index.ts';
import type { WscapMatchers } from '../../src/vitest.ts';
import '../../src/vitest.ts';
import { HOSTILE_ALL } from '../report/hostile-text.ts';
import {
  handshakeClose,
  sampleAcross,
  sampleAnomaly,
  sampleConnection,
  sampleReport,
  sampleUpgrade,
} from '../report/sample-report.ts';

const GOOD = 'fixtures/diff/production.pcap';
const BAD = 'fixtures/diff/beta.pcap';

/** What the assertion says where it fails. */
async function failure(assertion: Promise<void>): Promise<string> {
  try {
    await assertion;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the assertion holds');
}

describe('the matchers', () => {
  it('hold where they should', async () => {
    await expect(GOOD).toHaveNoAnomalies();
    await expect(GOOD).toUpgradeCleanly();
    await expect(GOOD).toCloseWith(1000, { by: 'client' });
    await expect(BAD).toHaveAnomaly('handshake-close', { connection: 1 });
    await expect(BAD).not.toHaveNoAnomalies();
    await expect(BAD).not.toUpgradeCleanly({ path: '/chat' });
    await expect(BAD).not.toCloseWith(1000);
    await expect(BAD).not.toHaveAnomaly('slow-upgrade');
  });

  it('take reports, promises of them, bytes, and options of analyze', async () => {
    await expect(await analyze(GOOD)).toHaveNoAnomalies();
    await expect(analyze(GOOD)).toUpgradeCleanly();
    await expect(new Uint8Array(readFileSync(GOOD))).toCloseWith(1000);
    // A window that ends before the FIN.
    const outcome = failure(expect(BAD).toHaveNoAnomalies({ options: { windowMs: 0.1 } }));
    expect(await outcome).toContain('abnormal-closure by the server 0.169 ms after the 101, packet 8');
  });

  it('refuse names and values that do not exist, because an assertion with them would always hold', async () => {
    const refusals = [
      expect(BAD).not.toHaveAnomaly('handshake-clos'),
      expect(GOOD).toHaveNoAnomalies({ except: ['slow-upgrad'] }),
      expect(BAD).toHaveNoAnomalies({ severity: 'warn' as 'warning' }),
      expect(BAD).not.toCloseWith('1000' as unknown as number),
      expect(BAD).not.toCloseWith(1000, { by: 'sever' as 'server' }),
    ];
    expect(await Promise.all(refusals.map(failure))).toEqual([
      'there is no rule "handshake-clos": "wscap explain" lists them; list your own rules in options.ownRules',
      'there is no rule "slow-upgrad": "wscap explain" lists them; list your own rules in options.ownRules',
      'severity is one of info, warning, error, not "warn"',
      'toCloseWith: a close code is a whole number, as in 1000, not "1000"',
      'by is one of client, server, not "sever"',
    ]);
    const ownRules = [{ id: 'own-rule', check: () => null }];
    await expect(BAD).not.toHaveAnomaly('own-rule', { options: { ownRules } });
  });

  it('say what is not a capture', async () => {
    for (const wrong of [null, undefined, 5, { schema: 'wscap/diff@1' }]) {
      expect(await failure(expect(wrong as unknown as string).toHaveNoAnomalies())).toContain(
        'a capture is a path, a URL, bytes',
      );
    }
  });

  it('say what happened, as a person would', async () => {
    expect(await failure(expect(BAD).toCloseWith(1000))).toBe(
      /<!-- example: message -->\n\n```\n([^]*?)\n```/.exec(readFileSync('docs/vitest.md', 'utf8'))![1],
    );
    expect(await failure(expect(BAD).toHaveNoAnomalies())).toMatch(
      /^expected beta\.pcap to have no anomalies, but there are 2:\n {2}connection 0 \(\/chat\): handshake-close by the server 0\.169 ms after the 101, packet 8\. The server sent FIN/,
    );
    expect(await failure(expect(BAD).toUpgradeCleanly({ connection: 0 }))).toMatch(
      /^expected beta\.pcap to upgrade cleanly, but\n {2}connection 0 \(\/chat\): handshake-close by the server/,
    );
    expect(await failure(expect('fixtures/rejected/403-origin.pcap').toUpgradeCleanly())).toBe(
      'expected 403-origin.pcap to upgrade cleanly, but\n  connection 0 (/live): the server answered 403 in packet 6',
    );
    expect(await failure(expect(GOOD).toCloseWith(1001))).toBe(
      'expected production.pcap to close with 1001, but\n  connection 0 (/chat): client Close 1000 “done”, answered, server FIN first (packet 16)',
    );
    expect(await failure(expect(GOOD).toCloseWith(1000, { by: 'server' }))).toContain(
      'to close with 1000 by the server, but',
    );
    expect(await failure(expect(GOOD).not.toCloseWith(1000))).toBe(
      'expected production.pcap not to close with 1000, but its connection does',
    );
    expect(await failure(expect(GOOD).not.toUpgradeCleanly())).toBe(
      'expected production.pcap not to upgrade cleanly, but its connection does',
    );
    expect(await failure(expect(GOOD).not.toHaveNoAnomalies())).toContain(
      'there are none of severity warning or worse',
    );
    expect(await failure(expect(GOOD).toHaveAnomaly('handshake-close'))).toBe(
      'expected production.pcap to have handshake-close, but it does not:\n  connection 0 (/chat): clean',
    );
    expect(await failure(expect(BAD).not.toHaveAnomaly('handshake-close'))).toContain(
      'not to have handshake-close, but it does:\n  connection 0',
    );
  });

  it('fail where there is nothing to look at, also the other way round', async () => {
    const empty = 'fixtures/other/http-only.pcap';
    for (const assertion of [expect(empty).toHaveNoAnomalies(), expect(empty).not.toHaveNoAnomalies()]) {
      expect(await failure(assertion)).toBe(
        'http-only.pcap shows no WebSocket and no upgrade request: there is nothing to expect of it',
      );
    }
    expect(await failure(expect(GOOD).not.toCloseWith(1000, { path: '/other' }))).toBe(
      'production.pcap has no connection to /other; it has\n  connection 0 (/chat): clean',
    );
    expect(await failure(expect('no-such.pcap').not.toHaveNoAnomalies())).toContain('no such file');
  });

  it('look at severities, exceptions and findings over several connections', async () => {
    const info = sampleAnomaly({ rule: 'coalesced-first-frame', severity: 'info', kind: 'server' });
    const slow = sampleAnomaly({ rule: 'slow-upgrade', severity: 'warning', kind: 'slow' });
    const report = sampleReport([sampleConnection({ anomalies: [info, slow] })]);
    await expect(report).toHaveNoAnomalies({ except: ['slow-upgrade'] });
    await expect(report).toHaveNoAnomalies({ severity: 'error' });
    await expect(report).not.toHaveNoAnomalies({ severity: 'info', except: ['slow-upgrade'] });
    await expect(report).not.toUpgradeCleanly();
    const loop = sampleAcross([1, 2], { rule: 'reconnect-loop' });
    const across = sampleReport([sampleConnection(), sampleConnection({ id: 1 })], { anomalies: [loop] });
    await expect(across).toHaveNoAnomalies({ connection: 0 });
    await expect(across).toHaveAnomaly('reconnect-loop');
    expect(await failure(expect(across).toHaveNoAnomalies())).toContain('connections 1, 2: reconnect-loop');
  });

  it('print many findings shortly, and nothing that a terminal obeys', async () => {
    const many = sampleReport(
      Array.from({ length: 30 }, (_, id) =>
        handshakeClose({
          id,
          upgrade: sampleUpgrade({ target: `/${HOSTILE_ALL}` }),
          anomalies: [sampleAnomaly({ message: HOSTILE_ALL })],
        }),
      ),
    );
    const message = await failure(expect(many).toHaveNoAnomalies());
    expect(message.split('\n')).toHaveLength(8);
    expect(message).toContain('…and 24 more');
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u2066]/);
  });

  it('are known to the compiler', () => {
    expectTypeOf(expect('x')).toExtend<WscapMatchers>();
    expectTypeOf<WscapMatchers['toCloseWith']>().parameter(0).toBeNumber();
    expectTypeOf(expect('x').not).toExtend<WscapMatchers>();
  });
});
