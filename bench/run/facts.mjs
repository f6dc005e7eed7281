import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WSCAP_PROGRAM } from './tools.mjs';

const OPCODES = ['continuation', 'text', 'binary', 'close', 'ping', 'pong'];

/**
 * Compares wscap's report on a generated capture with the truth about it.
 * @param {string} capture
 * @param {object} truth
 * @returns {string[]} what differs, a line each
 */
export function differencesFromTruth(capture, truth) {
  const found = factsOf(reportOn(capture));
  return Object.entries(expectedFacts(truth))
    .filter(([name, value]) => found[name] !== value)
    .map(([name, value]) => `${name}: wscap says ${found[name]}, true is ${value}`);
}

function expectedFacts(truth) {
  return {
    packets: truth.packets,
    'TCP connections': truth.tcpConnections,
    'WebSocket connections': truth.webSocketConnections,
    'handshake-close anomalies': truth.handshakeCloses,
    ...byOpcode((opcode) => truth.frames[opcode]),
  };
}

function factsOf({ totals, connections }) {
  const directions = connections.flatMap(({ traffic }) => [traffic.clientToServer, traffic.serverToClient]);
  return {
    packets: totals.packets,
    'TCP connections': totals.tcpConnections,
    'WebSocket connections': totals.webSocketConnections,
    'handshake-close anomalies': connections
      .flatMap(({ anomalies }) => anomalies)
      .filter(({ rule }) => rule === 'handshake-close').length,
    ...byOpcode((opcode) => directions.reduce((sum, { frames }) => sum + frames[opcode], 0)),
  };
}

function byOpcode(count) {
  return Object.fromEntries(OPCODES.map((opcode) => [`${opcode} frames`, count(opcode)]));
}

/** The report goes through a file: it may be larger than the buffer of spawnSync. */
function reportOn(capture) {
  const folder = mkdtempSync(join(tmpdir(), 'wscap-bench-'));
  try {
    const path = join(folder, 'report.json');
    const output = openSync(path, 'w');
    const args = [WSCAP_PROGRAM, 'analyze', capture, '--format', 'json'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      stdio: ['ignore', output, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(output);
    if (status !== 0) throw new Error(`wscap ended with ${status} on ${capture}\n${stderr}`);
    return JSON.parse(readFileSync(path, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
