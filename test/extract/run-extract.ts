/** Runs `extract` on files, as tests need it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract, type ExtractOptions, type ExtractSummary } from '../../src/extract.ts';
import type { Report } from '../../src/report/model.ts';

export const KEY: Uint8Array = new TextEncoder().encode('a key for tests');

export interface Extracted {
  readonly summary: ExtractSummary;
  readonly bytes: Buffer;
}

/** Everything, anonymized, as pcapng: unless the options say otherwise. */
export async function runExtract(
  paths: readonly string[],
  connections: readonly number[],
  options: Partial<ExtractOptions> = {},
): Promise<Extracted> {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-test-'));
  const chunks: Buffer[] = [];
  try {
    const summary = await extract(paths, {
      selection: { connections, anomalies: false, rules: [] },
      format: 'pcapng',
      anonymizeKey: KEY,
      sourceName: 'source.pcap',
      folder,
      write: (bytes) => chunks.push(Buffer.from(bytes)),
      analysis: {},
      ...options,
    });
    return { summary, bytes: Buffer.concat(chunks) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same, for bytes that are not in a file yet. */
export async function extractOf(
  capture: Uint8Array,
  connections: readonly number[],
  options: Partial<ExtractOptions> = {},
): Promise<Extracted> {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-test-'));
  const path = join(folder, 'source.pcap');
  try {
    writeFileSync(path, capture);
    return await runExtract([path], connections, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 0 to n - 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** What a report says about connections, without what was rewritten: addresses, client ports, contents. */
export function factsOf({ connections }: Report): unknown[] {
  return connections.map(
    ({ id, verdict, opening, traffic, heartbeat, close, lifecycle, upgrade, notes, anomalies, ...rest }) => ({
      id,
      verdict,
      opening,
      traffic,
      heartbeat,
      lifecycle: lifecycle.map(({ state, at }) => [state, at]),
      close: close && {
        ...close,
        clientReason: close.clientReason?.length,
        serverReason: close.serverReason?.length,
      },
      upgrade: upgrade && [
        upgrade.method,
        upgrade.status,
        upgrade.accept,
        upgrade.httpVersion,
        upgrade.latencyMs,
      ],
      headers: upgrade && [upgrade.requestHeaders.length, upgrade.responseHeaders.length],
      times: [rest.openedAt, rest.durationMs, rest.server.port],
      notes: notes.map(({ code }) => code),
      anomalies: anomalies.map(({ rule, kind, severity, at }) => [rule, kind, severity, at]),
    }),
  );
}
