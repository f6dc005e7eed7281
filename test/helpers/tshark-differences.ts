/** Where wscap and tshark 4.0 differ, and who is right. By capture, then by fact. */

export type ComparedFact =
  'packets' | 'tcpConnections' | 'firstPackets' | 'upgrades' | 'frames' | 'ends' | 'closeCodes';

type Differences = Partial<Record<ComparedFact, string>>;

const TUNNEL: Differences = {
  tcpConnections: 'tshark looks into the tunnel; wscap does not follow tunnels and says so in README.md',
  upgrades: 'as above',
};
const NOT_FROM_THE_FIRST_REQUEST =
  'tshark decides on WebSocket at the request, and reads no frames where that was not captured; wscap at the 101';
const NO_PACKETS = 'tshark 4.0 numbers custom blocks as packets; they hold none (pcapng draft §4.9)';

export const KNOWN_DIFFERENCES: Readonly<Record<string, Differences>> = {
  'link-types/gre.pcap': TUNNEL,
  'link-types/ip-in-ip.pcap': TUNNEL,
  'link-types/mpls.pcap': TUNNEL,
  'link-types/vxlan.pcap': TUNNEL,
  'link-types/ip-fragments.pcap': {
    upgrades: 'tshark puts IP fragments together; wscap leaves them out and notes it',
  },
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
  'tcp/h2c-upgrade.pcap': { upgrades: 'a 101 to h2c: no WebSocket, so none of ours' },
  'tcp/mid-stream-no-request.pcap': {
    frames: NOT_FROM_THE_FIRST_REQUEST,
    closeCodes: NOT_FROM_THE_FIRST_REQUEST,
  },
  'tcp/one-direction-server.pcap': {
    frames: NOT_FROM_THE_FIRST_REQUEST,
    closeCodes: NOT_FROM_THE_FIRST_REQUEST,
  },
  'foreign/pcapng-le/test017.pcapng': { packets: NO_PACKETS },
  'foreign/pcapng-le/test018.pcapng': { packets: NO_PACKETS },
};
