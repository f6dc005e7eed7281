/**
 * Phrases of programs in the bodies of refusals on which findings rest. They name nobody, so `extract --anonymize` keeps
 * them.
 */
export const KNOWN_PHRASES = [
  'The plain HTTP request was sent to HTTPS port',
  'Client sent an HTTP request to an HTTPS server',
  'Request Header Or Cookie Too Large',
  'Request header or cookie too large',
  'Request Header Fields Too Large',
  'Size of a request header field exceeds server limit',
  'Session ID unknown',
  'Bad handshake method',
  'Transport unknown',
  'Unsupported protocol version',
  'invalid Origin header',
  'Can "Upgrade" only to "WebSocket"',
  'Invalid Upgrade header',
  'Invalid Sec-WebSocket-Key header',
  'Missing or invalid Sec-WebSocket-Key header',
  'Missing or invalid Sec-WebSocket-Version header',
  'Upgrade Required',
  'Bad Gateway',
  'Gateway Time-out',
  'Gateway Timeout',
  'Service Unavailable',
  'Connection refused',
  'Bad Request',
  'Forbidden',
  'Not Found',
] as const;

/** Where known phrases stand in the text, as [start, end), in order and without overlap. */
export function knownPhrasesIn(text: string): [number, number][] {
  const found: [number, number][] = [];
  for (const phrase of KNOWN_PHRASES) {
    for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + phrase.length)) {
      found.push([at, at + phrase.length]);
    }
  }
  found.sort(([a], [b]) => a - b);
  let until = 0;
  return found.filter(([start, end]) => {
    if (start < until) return false;
    until = end;
    return true;
  });
}
