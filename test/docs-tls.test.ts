/**
 * docs/tls.md is right about where keys come from: what it shows is run as it stands, against a server of this test, whose own key
 * log must have the same secrets. Programs that are not installed are counted, and Java is not tried.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { analyze } from '../src/analyze.ts';
import { FIXTURES, REPOSITORY } from './helpers/captures.ts';

const HOST = 'live.example.org';
const page = readFileSync(join(REPOSITORY, 'docs/tls.md'), 'utf8');

/** What the page shows for a program: a shell command, or a part of its code. */
const shown = new Map(
  [...page.matchAll(/^<!-- keys: (\S+) -->\n\n```\w+\n([^]*?)^```/gm)].map((match) => [match[1]!, match[2]!]),
);
const isInstalled = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const isMissing = (program: string) => !isInstalled(program) || !isInstalled('openssl');

/** By client random: the secrets of a key log, by label. */
function secretsOf(keyLog: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const line of keyLog.split('\n')) {
    const [label, random, secret] = line.trim().toLowerCase().split(' ');
    if (secret === undefined || label!.startsWith('#')) continue;
    found.set(random!, (found.get(random!) ?? new Map<string, string>()).set(label!, secret));
  }
  return found;
}

let certificates: string;
beforeAll(() => {
  certificates = mkdtempSync(join(tmpdir(), 'wscap-docs-tls-'));
  if (!isInstalled('openssl')) return;
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, ...files], {
    cwd: certificates,
    stdio: 'ignore',
  });
});
afterAll(() => {
  rmSync(certificates, { recursive: true });
});

let folder: string;
let server: Server;
let sockets: WebSocketServer;
let serverKeys: string;
/** Called once the WebSocket of a client is open. */
let onOpen: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wscap-docs-tls-'));
  serverKeys = '';
  onOpen = () => undefined;
  if (!isInstalled('openssl')) return;
  const [key, cert] = ['key.pem', 'cert.pem'].map((file) => readFileSync(join(certificates, file)));
  server = createServer({ key, cert }, (_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<script>new WebSocket(`wss://${location.host}/live`)</script>');
  });
  server.on('keylog', (line: Buffer) => (serverKeys += line.toString()));
  server.on('tlsClientError', () => undefined);
  sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    onOpen();
    setTimeout(() => {
      socket.close(1001);
      // curl does not answer a Close.
      setTimeout(() => {
        socket.terminate();
      }, 200);
    }, 100);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, maxRetries: 5 });
  if (!isInstalled('openssl')) return;
  server.closeAllConnections();
  sockets.close();
  await new Promise((resolve) => server.close(resolve));
});

const port = () => (server.address() as AddressInfo).port;
/** The page's host, replaced by the server of this test. */
const here = (text: string) =>
  text
    .replaceAll(`${HOST}:443`, `localhost:${port()}`)
    .replaceAll(`//${HOST}`, `//localhost:${port()}`)
    .replaceAll(HOST, 'localhost');

/** Runs a command in a shell; ends it when a WebSocket has been open for a moment, if it does not end by itself. */
async function run(command: string, { endsAtOpen = false, path = '' } = {}): Promise<string> {
  const trusted = join(certificates, 'cert.pem');
  const child = spawn('bash', ['-c', here(command)], {
    cwd: folder,
    detached: true,
    env: {
      ...process.env,
      PATH: `${path}:${process.env['PATH']}`,
      NODE_EXTRA_CA_CERTS: trusted,
      CURL_CA_BUNDLE: trusted,
      SSL_CERT_FILE: trusted,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const end = () => {
    try {
      process.kill(-child.pid!, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  };
  if (endsAtOpen) onOpen = () => setTimeout(end, 500);
  const timer = setTimeout(end, 25_000);
  await closed;
  clearTimeout(timer);
  return output;
}

/** The program and the server say the same of a connection of both. */
function expectSameSecrets(keyLog: string, output: string): void {
  const ours = secretsOf(serverKeys);
  const common = [...secretsOf(keyLog)].filter(([random]) => ours.has(random));
  // A browser that is ended may have been opening further connections.
  expect(
    common.filter(([, secrets]) => secrets.has('client_traffic_secret_0')).length,
    output,
  ).toBeGreaterThan(0);
  for (const [random, secrets] of common) {
    for (const [label, secret] of secrets) {
      if (ours.get(random)!.has(label)) expect(secret, label).toBe(ours.get(random)!.get(label));
    }
  }
}

const keysLog = () => readFileSync(join(folder, 'keys.log'), 'utf8');

describe('docs/tls.md', () => {
  const tried = ['chromium', 'firefox-esr', 'curl', 'node', 'python3', 'go', 'openssl', 'haproxy', 'editcap'];

  it('shows where the keys of these programs come from, and no others', () => {
    expect([...shown.keys()].sort()).toEqual(tried.toSorted());
  });

  it('is tried with Node wherever there is openssl for the certificate; what is not installed is counted', () => {
    const missing = tried.filter(isMissing);
    if (missing.length > 0) console.log(`docs/tls.md: not installed, not tried: ${missing.join(', ')}`);
    expect(missing.length).toBeLessThan(tried.length);
    expect(isMissing('node')).toBe(!isInstalled('openssl'));
  });

  it.skipIf(isMissing('node'))('Node', { timeout: 40_000 }, async () => {
    const ws = join(REPOSITORY, 'node_modules/ws/wrapper.mjs');
    writeFileSync(
      join(folder, 'client.mjs'),
      `import WebSocket from '${ws}'; new WebSocket('wss://localhost:${port()}/live');`,
    );
    expectSameSecrets((await run(shown.get('node')!), keysLog()), 'node');
  });

  it.skipIf(isMissing('curl'))('curl', { timeout: 40_000 }, async () => {
    const output = await run(shown.get('curl')!, { endsAtOpen: true });
    expect(output).toContain('101 Switching Protocols');
    expectSameSecrets(keysLog(), output);
  });

  it.skipIf(isMissing('python3'))('Python', { timeout: 40_000 }, async () => {
    const client = `import socket, ssl
context = ssl.create_default_context()
with socket.create_connection(("127.0.0.1", ${port()})) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as tls:
        tls.send(b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
        tls.recv(100)
`;
    writeFileSync(join(folder, 'client.py'), client);
    const output = await run(shown.get('python3')!);
    expectSameSecrets(keysLog(), output);
  });

  it.skipIf(isMissing('python3'))('Python, with keylog_filename', { timeout: 40_000 }, async () => {
    const [line] = /context\.keylog_filename = '[^']+'/.exec(page)!;
    const client = `import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_default_certs()
${line}
with socket.create_connection(("127.0.0.1", ${port()})) as plain:
    context.wrap_socket(plain, server_hostname="localhost").close()
`;
    writeFileSync(join(folder, 'client.py'), client);
    expectSameSecrets((await run('python3 client.py'), keysLog()), 'python3');
  });

  it.skipIf(isMissing('go'))('Go', { timeout: 120_000 }, async () => {
    writeFileSync(join(folder, 'main.go'), here(shown.get('go')!));
    const output = await run('GO111MODULE=off GOCACHE="$PWD/cache" GOFLAGS=-p=1 go run main.go');
    expectSameSecrets(keysLog(), output);
  });

  it.skipIf(isMissing('openssl'))('OpenSSL', { timeout: 40_000 }, async () => {
    const output = await run(shown.get('openssl')!);
    expectSameSecrets(keysLog(), output);
  });

  it.skipIf(isMissing('chromium'))('Chromium', { timeout: 60_000 }, async () => {
    const bin = browserWithout(folder, 'chromium', [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-dev-shm-usage', '--ignore-certificate-errors'],
      '--remote-debugging-port=0',
    ]);
    const output = await run(shown.get('chromium')!, { endsAtOpen: true, path: bin });
    expectSameSecrets(keysLog(), output);
  });

  it.skipIf(isMissing('firefox-esr'))('Firefox', { timeout: 60_000 }, async () => {
    // Nothing but the key log of its first connection is asked of it: it trusts the certificate no more than others do.
    mkdirSync(join(folder, 'profile'));
    const bin = browserWithout(folder, 'firefox-esr', ['--headless']);
    const ended = run(shown.get('firefox-esr')!, { endsAtOpen: true, path: bin });
    expect(secretsOf((await ended, keysLog())).size).toBeGreaterThan(0);
  });

  it.skipIf(isMissing('haproxy'))('HAProxy', { timeout: 40_000 }, async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((file) => readFileSync(join(certificates, file), 'utf8'));
    writeFileSync(join(folder, 'all.pem'), `${cert}${key}`);
    const configuration = `global
  tune.ssl.keylog on
  log stdout format raw local0
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
  log global
frontend in
  bind unix@${join(folder, 'socket')} ssl crt ${join(folder, 'all.pem')}
  ${shown.get('haproxy')!.trim()}
  http-request return status 200
`;
    writeFileSync(join(folder, 'haproxy.cfg'), configuration);
    const child = spawn('haproxy', ['-db', '-f', 'haproxy.cfg'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let log = '';
    child.stdout.on('data', (data: Buffer) => (log += data.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    for (let tries = 0; tries < 100 && !existsSync(join(folder, 'socket')); tries++) await pause(50);
    await new Promise<void>((resolve, reject) => {
      const client = connect({ path: join(folder, 'socket'), servername: 'localhost', ca: cert });
      client.on('keylog', (line: Buffer) => (serverKeys += line.toString()));
      client.on('secureConnect', () =>
        client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
      );
      client.on('error', reject).on('data', () => undefined);
      client.on('close', () => {
        resolve();
      });
    });
    for (let tries = 0; tries < 60 && !log.includes('SERVER_TRAFFIC'); tries++) await pause(50);
    child.kill();
    await ended;
    expectSameSecrets(log, log);
    expect(secretsOf(log).values().next().value!.size).toBe(4);
  });

  it.skipIf(isMissing('editcap'))('editcap, whose pcapng is read with the keys in it', async () => {
    const fixture = join(FIXTURES, 'wss/node-tls13.pcap');
    copyFileSync(fixture, join(folder, 'wss.pcap'));
    copyFileSync(`${fixture}.keylog`, join(folder, 'keys.log'));
    await run(shown.get('editcap')!);
    const verdict = async (name: string) => (await analyze(join(folder, name))).connections[0]?.verdict;
    expect([await verdict('wss.pcapng'), await verdict('wss.pcap')]).toEqual(['clean', 'encrypted']);
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A folder with a browser of that name which needs no screen, and does not ask about the certificate of this test. */
function browserWithout(parent: string, name: string, flags: readonly string[]): string {
  const bin = join(parent, 'bin');
  mkdirSync(bin);
  const program = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  writeFileSync(join(bin, name), `#!/bin/sh\nexec ${program} ${flags.join(' ')} "$@"\n`);
  chmodSync(join(bin, name), 0o755);
  return bin;
}
