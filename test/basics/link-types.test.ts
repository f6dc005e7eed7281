import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkTypeFromName, linkTypeName } from '../../src/basics/link-types.ts';
import { pcapFile } from '../helpers/pcap-builder.ts';

describe('link types', () => {
  it('have the names that tcpdump prints, and numbers where it has none', () => {
    expect([0, 1, 12, 101, 108, 113, 228, 229, 276].map(linkTypeName)).toEqual([
      'NULL',
      'EN10MB',
      'RAW',
      'RAW',
      'LOOP',
      'LINUX_SLL',
      'IPV4',
      'IPV6',
      'LINUX_SLL2',
    ]);
    expect(linkTypeName(9999)).toBe('LINKTYPE_9999');
  });

  it('are found by name', () => {
    expect(linkTypeFromName('EN10MB')).toBe(1);
    expect(linkTypeFromName('RAW')).toBe(101);
    expect(linkTypeFromName('constructor')).toBeUndefined();
  });

  it('are called the same by tcpdump, where it is installed', ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'wscap-linktype-'));
    try {
      for (let linkType = 0; linkType < 300; linkType++) {
        const ours = linkTypeName(linkType);
        // 12 and 14 are link types of other systems here, and their own name where they were written.
        if (ours.startsWith('LINKTYPE_') || linkType === 12 || linkType === 14) continue;
        const file = join(folder, `${linkType}.pcap`);
        writeFileSync(file, pcapFile([], { linkType }));
        let banner: string;
        try {
          banner = execFileSync('sh', ['-c', 'tcpdump -nr "$0" 2>&1', file], { encoding: 'utf8' });
        } catch (error) {
          const { stdout, status } = error as { stdout: string; status: number };
          if (status === 127) skip('tcpdump is not installed');
          banner = stdout;
        }
        // It knows some of them by number only.
        const theirs = /link-type ([A-Z]\w+)/.exec(banner)?.[1];
        if (theirs !== undefined) expect(theirs).toBe(ours);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
