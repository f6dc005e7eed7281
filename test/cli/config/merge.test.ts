import { describe, expect, it } from 'vitest';
import type { SettingFlags } from '../../../src/cli/config/config.ts';
import { mergeSettings } from '../../../src/cli/config/merge.ts';

const NONE: SettingFlags = {
  format: undefined,
  failOn: undefined,
  windowMs: undefined,
  ports: undefined,
  rules: undefined,
};

describe('mergeSettings', () => {
  it('has defaults', () => {
    expect(mergeSettings(NONE, {})).toEqual({
      format: 'table',
      failOn: 'never',
      windowMs: 100,
      ports: [],
      rules: {},
    });
  });

  it('lets each flag win over the file, also where it says nothing much', () => {
    const file = { format: 'json', failOn: 'error', windowMs: 5, ports: [80] } as const;
    expect(mergeSettings(NONE, file)).toMatchObject(file);
    const flags = { format: 'table', failOn: 'never', windowMs: 0, ports: [9000] } as const;
    expect(mergeSettings({ ...NONE, ...flags }, file)).toMatchObject(flags);
  });

  it('orders ports and rules, so that the same settings give the same report', () => {
    const settings = mergeSettings(
      { ...NONE, ports: [9000, 80, 9000], rules: [{ id: 'abnormal-closure', severity: 'off' }] },
      { rules: { 'handshake-close': { severity: 'info' } } },
    );
    expect(settings.ports).toEqual([80, 9000]);
    expect(Object.keys(settings.rules)).toEqual(['handshake-close', 'abnormal-closure']);
  });

  it('takes the last of several flags for a rule', () => {
    const { rules } = mergeSettings(
      {
        ...NONE,
        rules: [
          { id: 'accept-mismatch', severity: 'off' },
          { id: 'accept-mismatch', severity: 'info' },
        ],
      },
      { rules: { 'accept-mismatch': { severity: 'warning' } } },
    );
    expect(rules).toEqual({ 'accept-mismatch': { severity: 'info' } });
  });

  it('knows no other rules', () => {
    const flags = { ...NONE, rules: [{ id: 'handshke-close', severity: 'off' }] } as const;
    expect(() => mergeSettings(flags, {})).toThrow(
      '--rule handshke-close: there is no such rule, did you mean "handshake-close"?',
    );
  });
});
