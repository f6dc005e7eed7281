/** Connections that are not WebSockets: an analyzer has to recognise and ignore them. */

const PIECE = 64 * 1024;

/**
 * An HTTP/1.1 GET and a large response with Content-Length.
 * @param {import('./capture.mjs').Capture} capture what all conversations share
 * @param {import('./tcp-conversation.mjs').TcpConversation} tcp
 * @param {number} budget how many bytes the body has
 */
export function* httpDownload({ random, payloads }, tcp, budget) {
  const length = Math.max(1, Math.round(budget));
  yield tcp.open();
  yield tcp.send(
    tcp.client,
    Buffer.from(
      `GET /files/${random.below(1e6)}.bin HTTP/1.1\r\nHost: files.example.com\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    ),
  );
  yield random.between(500, 5000);
  tcp.becomeUnreliable();
  yield tcp.send(
    tcp.server,
    Buffer.from(
      'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n' +
        `Content-Length: ${length}\r\n\r\n`,
    ),
  );
  yield stream(random, payloads, tcp, tcp.server, length);
  yield tcp.close(tcp.server);
}

/**
 * Bytes of a protocol that nobody knows, both ways.
 * @param {import('./capture.mjs').Capture} capture what all conversations share
 * @param {import('./tcp-conversation.mjs').TcpConversation} tcp
 * @param {number} budget about how many bytes
 */
export function* binaryTransfer({ random, payloads }, tcp, budget) {
  yield tcp.open();
  tcp.becomeUnreliable();
  for (let left = budget; left > 0;) {
    const question = random.between(20, 400);
    const answer = Math.min(random.between(1000, 100_000), Math.ceil(left));
    yield stream(random, payloads, tcp, tcp.client, question);
    yield tcp.settle(tcp.client);
    yield random.between(500, 5000);
    yield stream(random, payloads, tcp, tcp.server, answer);
    yield random.between(500, 20_000);
    left -= question + answer;
  }
  yield tcp.close(tcp.client);
}

/** Sends random bytes as fast as the path takes them. */
function* stream(random, payloads, tcp, sender, length) {
  for (let left = length; left > 0; left -= PIECE) {
    const start = payloads.anywhere();
    yield tcp.send(sender, payloads.binary, start, start + Math.min(left, PIECE));
    yield random.between(100, 2000);
  }
}
