/** Where wscap and tshark 4.0 differ, and who is right. By capture, then by fact. */

export type ComparedFact =
  'packets' | 'tcpConnections' | 'firstPackets' | 'upgrades' | 'frames' | 'ends' | 'closeCodes';

type Differences = Partial<Record<ComparedFact, string>>;

const NOT_FROM_THE_FIRST_REQUEST =
  'tshark decides on WebSocket at the request, and reads no frames where that was not captured; wscap at the 101';
const BEFORE_THE_101 = 'tshark reads frames only in packets after the 101; a client may send some before it';
const AFTER_A_GAP =
  'after a gap inside a payload of known length tshark reads no frame of that direction; wscap knows where the next begins';
const NO_HANDSHAKE = 'tshark reads no frames without the handshake; wscap recognises them in both directions';
const TWO_NETWORKS =
  'the same addresses and ports in two VXLANs at once: tshark takes them for one connection, then for another, with retransmissions; wscap keeps them apart';
const HTTP_AS_FRAMES = 'tshark reads HTTP or text inside the WebSocket as frames';
const QUOTED_IN_ICMP =
  'tshark counts the packet of ICMP that quotes the SYN as one of the connection; wscap does not';
const TLS_GAP =
  'tshark decrypts nothing of a direction after a gap; wscap finds the next record, and its number by trying';
const SECRETS_LAST = 'tshark needs the secrets before the packets; wscap looks for them in the whole file';
const NO_PACKETS = 'tshark 4.0 numbers custom blocks as packets; they hold none (pcapng draft §4.9)';

export const KNOWN_DIFFERENCES: Readonly<Record<string, Differences>> = {
  'tunnels/vxlan-two-networks.pcap': {
    firstPackets: TWO_NETWORKS,
    frames: TWO_NETWORKS,
    ends: TWO_NETWORKS,
    closeCodes: TWO_NETWORKS,
  },
  'connection-refused/icmp-admin-prohibited.pcap': { firstPackets: QUOTED_IN_ICMP },
  'connection-refused/icmp-host-unreachable.pcap': { firstPackets: QUOTED_IN_ICMP },
  'http-in-websocket/php-warning.pcap': { frames: HTTP_AS_FRAMES },
  'http-in-websocket/waf-403.pcap': { frames: HTTP_AS_FRAMES, closeCodes: HTTP_AS_FRAMES },
  'tcp/byte-by-byte.pcap': {
    upgrades: 'on such a port tshark recognises HTTP by the first segment alone, and that is one byte here',
    frames: 'as above',
    closeCodes: 'as above',
  },
  'tcp/big-segment-ipv6.pcap': {
    frames: 'packets were cut to 300 bytes: tshark reads on inside the payload and invents nine Close frames',
    closeCodes: 'as above',
  },
  'tcp/connect-tunnel.pcap': {
    upgrades: 'tshark takes what is inside a CONNECT tunnel for plain bytes; wscap looks for HTTP there',
    frames: 'as above',
    closeCodes: 'as above',
  },
  'tcp/folded-and-mixed-case.pcap': {
    frames: 'tshark ends the head at the folded line, and reads the rest of it as a frame',
    closeCodes: 'as above',
  },
  'tcp/h2c-upgrade.pcap': { upgrades: 'a 101 to h2c opens no WebSocket, so wscap does not count it' },
  'tcp/mid-stream-no-request.pcap': {
    frames: NOT_FROM_THE_FIRST_REQUEST,
    closeCodes: NOT_FROM_THE_FIRST_REQUEST,
  },
  'tcp/one-direction-server.pcap': {
    frames: NOT_FROM_THE_FIRST_REQUEST,
    closeCodes: NOT_FROM_THE_FIRST_REQUEST,
  },
  'data-before-upgrade/client-does-not-wait.pcap': { frames: BEFORE_THE_101 },
  'data-before-upgrade/client-frame-with-request.pcap': { frames: BEFORE_THE_101 },
  'data-before-upgrade/server-frame-first-ws.pcap': {
    upgrades: 'a frame in front of the 101: tshark reads no HTTP after it; wscap looks on for the head',
  },
  'deflate-error/near-miss-gap.pcap': { frames: AFTER_A_GAP, closeCodes: AFTER_A_GAP },
  'length-invalid/top-bit.pcap': {
    frames: 'a length of 2^63: tshark counts the frame although its payload can never be complete',
  },
  'tcp/gap-in-payload.pcap': { frames: AFTER_A_GAP, closeCodes: AFTER_A_GAP },
  'tcp/mid-stream-both-ways.pcap': { frames: NO_HANDSHAKE, closeCodes: NO_HANDSHAKE },
  'tcp/mid-stream-frames-only.pcap': { frames: NO_HANDSHAKE, closeCodes: NO_HANDSHAKE },
  'wss/gap-in-payload.pcap': { frames: TLS_GAP, closeCodes: TLS_GAP },
  'wss/renegotiation.pcap': {
    frames: 'tshark decrypts what comes behind a renegotiation; wscap does not, and says so',
    closeCodes: 'as above',
  },
  'wss/secrets-last.pcapng': { upgrades: SECRETS_LAST, frames: SECRETS_LAST, closeCodes: SECRETS_LAST },
  'foreign/pcapng-le/test017.pcapng': { packets: NO_PACKETS },
  'foreign/pcapng-le/test018.pcapng': { packets: NO_PACKETS },
};
