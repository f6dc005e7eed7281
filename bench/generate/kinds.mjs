/**
 * The kinds of reference captures.
 * @typedef {object} Kind
 * @property {string} about one line for the documentation
 * @property {number} connections open at a time, unless a flag says otherwise or the capture is small
 * @property {number} webSockets share of connections that are WebSockets
 * @property {import('./web-socket-conversation.mjs').WebSocketTraffic} traffic
 * @property {import('./tcp-conversation.mjs').Path} path
 * @property {boolean} [tls] inside TLS 1.3 (AES-128-GCM); the keys are in FILE.keylog
 */

const mixedTraffic = {
  payload: [20, 580],
  large: 0.02,
  burst: 0.1,
  fragmented: 0.01,
  ping: 0.01,
  pause: [2000, 100_000],
  handshakeCloses: 0.03,
  abnormalCloses: 0.03,
};

/** @type {Record<string, Kind>} */
export const KINDS = {
  mixed: {
    about:
      '70 % WebSockets (300 B messages, 2 % of 16 to 64 KiB), 30 % downloads and binary protocols; about 700 B a packet',
    connections: 500,
    webSockets: 0.7,
    traffic: mixedTraffic,
    path: { acknowledged: 0.6, lost: 0, reordered: 0 },
  },
  chatty: {
    about: 'WebSockets only, a frame of about 60 B in each packet and an acknowledgment for each',
    connections: 500,
    webSockets: 1,
    traffic: {
      ...mixedTraffic,
      payload: [40, 72],
      large: 0,
      burst: 0,
      fragmented: 0,
      pause: [500, 30_000],
      handshakeCloses: 0.03,
      abnormalCloses: 0.01,
    },
    path: { acknowledged: 1, lost: 0, reordered: 0 },
  },
  churn: {
    about: 'short WebSockets one after the other: handshake, three frames, close',
    connections: 50,
    webSockets: 1,
    traffic: {
      ...mixedTraffic,
      payload: [20, 120],
      large: 0,
      burst: 0,
      fragmented: 0,
      ping: 0,
      pause: [200, 2000],
      messages: 3,
    },
    path: { acknowledged: 0.4, lost: 0, reordered: 0 },
  },
  loss: {
    about: 'as mixed, with 1 % of the data segments lost and sent again, and 1 % out of order',
    connections: 500,
    webSockets: 0.7,
    traffic: mixedTraffic,
    path: { acknowledged: 0.6, lost: 0.01, reordered: 0.01 },
  },
  deflate: {
    about: 'WebSockets with permessage-deflate and context takeover, JSON messages of about 120 B',
    connections: 500,
    webSockets: 1,
    traffic: { ...mixedTraffic, large: 0, fragmented: 0, deflate: true },
    path: { acknowledged: 0.6, lost: 0, reordered: 0 },
  },
  wss: {
    about:
      'WebSockets inside TLS 1.3 (AES-128-GCM), frames of about 300 B, a record a write; with FILE.keylog',
    connections: 500,
    webSockets: 1,
    traffic: { ...mixedTraffic, large: 0 },
    path: { acknowledged: 0.6, lost: 0, reordered: 0 },
    tls: true,
  },
};
