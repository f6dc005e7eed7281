/** What a generated capture holds, counted while it is written: an analyzer must find the same. */
export class Truth {
  tcpConnections = 0;
  webSocketConnections = 0;
  /** The server sent FIN right after its 101, without any frame. */
  handshakeCloses = 0;
  /** Ended by FIN or RST without Close frames, after frames of both sides. */
  abnormalCloses = 0;
  cleanCloses = 0;
  lostSegments = 0;
  reorderedSegments = 0;
  frames = { continuation: 0, text: 0, binary: 0, close: 0, ping: 0, pong: 0 };
}
