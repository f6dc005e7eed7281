/**
 * Reads the packets that decode-packet.ts leaves to it: enters tunnels layer by layer, reassembles fragments of IP
 * packets, reads rarer link layers. At the innermost IP packet, decode-packet.ts fills the segment.
 *
 * The depth is bounded ({@link MAX_LAYERS}, and 8 nested tunnels), so no packet takes long. Never reads outside the
 * packet: layers' readers have the cursor alone, and the functions of the hot path are told where the packet ends.
 */
import { readAyiya } from './ayiya.ts';
import { readEtherIp } from './ether-ip.ts';
import { readL2tp } from './l2tp.ts';
import { passHeader, readNsh, readTrill } from './passing-headers.ts';
import { readTeredo } from './teredo.ts';
import { throughTunnel } from './capture-route.ts';
import {
  decodeIPv4,
  decodeIPv6,
  DECODED,
  HEADERS_CUT,
  IP_FRAGMENT,
  LINK_TYPE_UNKNOWN,
  MALFORMED,
  NOT_TCP,
  TOO_DEEP,
  TUNNELED,
  type DecodeResult,
} from './decode-packet.ts';
import {
  ETHERTYPE_BRIDGED,
  ETHERTYPE_E_TAG,
  ETHERTYPE_ERSPAN,
  ETHERTYPE_HSR,
  ETHERTYPE_LLC,
  ETHERTYPE_METADATA,
  ETHERTYPE_MPLS,
  ETHERTYPE_MPLS_MULTICAST,
  ETHERTYPE_NSH,
  ETHERTYPE_PPP,
  ETHERTYPE_PPPOE,
  ETHERTYPE_QINQ,
  ETHERTYPE_QINQ_OLD,
  ETHERTYPE_R_TAG,
  ETHERTYPE_SERVICE_TAG,
  ETHERTYPE_TRILL,
  ETHERTYPE_VLAN,
  ETHERTYPE_VN_TAG,
} from './ether-types.ts';
import { FragmentReassembler } from './fragment-reassembler.ts';
import { readGre, readGreInUdp } from './gre.ts';
import { readGtpU } from './gtp-u.ts';
import { readFragment, readIpHeader, type IpHeader } from './ip-header.ts';
import {
  PROTOCOL_ETHER_IP,
  PROTOCOL_GRE,
  PROTOCOL_IPV4,
  PROTOCOL_IPV6,
  PROTOCOL_MPLS,
  PROTOCOL_UDP,
} from './ip-numbers.ts';
import {
  ANY_IP,
  CUT,
  DEEPER_THAN_READ,
  LayerCursor,
  NOTHING,
  TYPE_FOLLOWS,
  UNREADABLE,
} from './layer-cursor.ts';
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  fromEtherType,
  networkLayer,
  UNSUPPORTED_LINK_TYPE,
} from './link-layer.ts';
import { readLlc } from './llc.ts';
import { LINKTYPE_EN10MB } from '../basics/link-types.ts';
import { readMpls } from './mpls.ts';
import { readETag, readServiceTag, readVnTag } from './port-tags.ts';
import { readPpp, readPppoe } from './ppp.ts';
import { innerLinkType, LINK_TYPE_INSIDE, readRareLinkLayer } from './rare-link-layer.ts';
import type { Segment } from './segment.ts';
import { IP_IN_IP } from './tunnel-kind.ts';
import { TunnelTable } from './tunnel-table.ts';
import {
  PORT_AYIYA,
  PORT_GENEVE,
  PORT_GRE,
  PORT_GTP_U,
  PORT_L2TP,
  PORT_MPLS,
  PORT_TEREDO,
  PORT_VXLAN_GPE,
  tunnelPort,
} from './udp-tunnels.ts';
import { readGeneve, readVxlan } from './vxlan.ts';

/**
 * Nested headers of any kind; a packet with more is left out, and a note says so.
 * @bound headers of any kind inside each other: {count}
 */
const MAX_LAYERS = 40;
const UDP_HEADER = 8;
const ETHERTYPE_LENGTH = 2;
/** Path or nothing, length or nothing, a sequence number. */
const REDUNDANCY_TAG = 4;
/** Version, length, kind of option, group. */
const METADATA_HEADER = 6;

export class DeepDecoder {
  readonly tunnels: TunnelTable = new TunnelTable();
  readonly fragments: FragmentReassembler = new FragmentReassembler();
  /** The bytes of the packet at hand, in which the cursor stands. */
  #data: Uint8Array = new Uint8Array(0);
  readonly #cursor = new LayerCursor();
  /** Stays on the IP header of a packet that carries a tunnel. */
  readonly #carrier = new LayerCursor();
  readonly #layer = { etherType: 0, offset: 0 };
  readonly #header: IpHeader = { protocol: 0, start: 0, end: 0, wireEnd: 0 };
  #route = 0;
  #isReassembled = false;

  /**
   * Continues where decode-packet.ts stopped with `found`, and fills `segment`, whose packet number and time are
   * already set. IP_FRAGMENT means that fragments are still missing.
   */
  decode(
    found: DecodeResult,
    data: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    linkType: number,
    segment: Segment,
  ): DecodeResult {
    if (found !== TUNNELED && found !== IP_FRAGMENT && found !== LINK_TYPE_UNKNOWN) return found;
    const cursor = this.#cursor;
    this.#data = data;
    cursor.set(data, start, end, start + originalLength);
    this.tunnels.clear();
    this.#isReassembled = false;
    let following = this.#linkLayer(linkType);
    if (following === null) return LINK_TYPE_UNKNOWN;
    this.#route = segment.route;
    for (let layers = 0; layers < MAX_LAYERS; layers++) {
      if (cursor.isOverrun) return this.#cut();
      switch (following) {
        case ANY_IP:
          following = cursor.byte(0) >> 4 === 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
          break;
        case ETHERTYPE_IPV4:
        case ETHERTYPE_IPV6: {
          const isIPv6: boolean = following === ETHERTYPE_IPV6;
          const result = this.#decodeIp(isIPv6, segment);
          if (result === IP_FRAGMENT) {
            if (!this.#putTogether(isIPv6, segment)) return IP_FRAGMENT;
          } else if (result === TUNNELED) {
            following = this.#transport(isIPv6);
          } else {
            return result === HEADERS_CUT ? this.#cut() : result;
          }
          break;
        }
        case ETHERTYPE_BRIDGED:
          following = this.#ethernet();
          break;
        case ETHERTYPE_MPLS:
        case ETHERTYPE_MPLS_MULTICAST:
          following = readMpls(cursor, this.tunnels);
          break;
        case ETHERTYPE_PPPOE:
          following = readPppoe(cursor, this.tunnels);
          break;
        case ETHERTYPE_PPP:
          following = readPpp(cursor);
          break;
        case ETHERTYPE_LLC:
          following = readLlc(cursor);
          break;
        case ETHERTYPE_E_TAG:
          following = readETag(cursor, this.tunnels);
          break;
        case ETHERTYPE_VN_TAG:
          following = readVnTag(cursor, this.tunnels);
          break;
        case ETHERTYPE_SERVICE_TAG:
          following = readServiceTag(cursor, this.tunnels);
          break;
        case ETHERTYPE_HSR:
        case ETHERTYPE_R_TAG:
          following = passHeader(cursor, REDUNDANCY_TAG);
          break;
        case ETHERTYPE_METADATA:
          following = passHeader(cursor, METADATA_HEADER);
          break;
        case ETHERTYPE_TRILL:
          following = readTrill(cursor);
          break;
        case ETHERTYPE_NSH:
          following = readNsh(cursor);
          break;
        case TYPE_FOLLOWS:
          following = this.#announced();
          break;
        // link-layer.ts has passed over as many tags as any real traffic has.
        case ETHERTYPE_VLAN:
        case ETHERTYPE_QINQ:
        case ETHERTYPE_QINQ_OLD:
        case DEEPER_THAN_READ:
          return TOO_DEEP;
        case CUT:
          return this.#cut();
        case UNREADABLE:
        case ETHERTYPE_ERSPAN:
          return TUNNELED;
        default:
          return NOT_TCP;
      }
    }
    return TOO_DEEP;
  }

  /** Moves the cursor past the link-layer header and returns what follows; null for an unknown link type. */
  #linkLayer(linkType: number): number | null {
    const cursor = this.#cursor;
    const following = readRareLinkLayer(cursor, linkType);
    if (following === undefined) return this.#commonLinkLayer(linkType);
    if (following !== LINK_TYPE_INSIDE) return following;
    const inner = innerLinkType(cursor);
    return readRareLinkLayer(cursor, inner) ?? this.#commonLinkLayer(inner);
  }

  #commonLinkLayer(linkType: number): number | null {
    const { at, end } = this.#cursor;
    const problem = networkLayer(this.#data, at, end, linkType, this.#layer);
    if (problem === UNSUPPORTED_LINK_TYPE) return null;
    if (problem !== 0) return CUT;
    this.#cursor.at = this.#layer.offset;
    return this.#layer.etherType;
  }

  #ethernet(): number {
    return this.#commonLinkLayer(LINKTYPE_EN10MB) ?? NOTHING;
  }

  /** What the EtherType at the cursor announces. */
  #announced(): number {
    const { at, end } = this.#cursor;
    if (fromEtherType(this.#data, at, at + ETHERTYPE_LENGTH, end, this.#layer) !== 0) return CUT;
    this.#cursor.at = this.#layer.offset;
    return this.#layer.etherType;
  }

  /** Decides whether the snapshot length cut the packet or its sender did. */
  #cut(): DecodeResult {
    const { end, wireEnd } = this.#cursor;
    return end < wireEnd ? HEADERS_CUT : MALFORMED;
  }

  #decodeIp(isIPv6: boolean, segment: Segment): DecodeResult {
    const { at, end, wireEnd } = this.#cursor;
    const result = isIPv6
      ? decodeIPv6(this.#data, at, end, wireEnd, segment)
      : decodeIPv4(this.#data, at, end, wireEnd, segment);
    if (result !== DECODED) return result;
    segment.route = throughTunnel(this.tunnels.number(), this.#route);
    segment.networkStart = at;
    segment.networkEnd = end;
    segment.networkWireEnd = wireEnd;
    segment.isReassembled = this.#isReassembled;
    return DECODED;
  }

  /**
   * Returns whether the fragment at the cursor completes its packet. If so, the cursor then stands at the whole
   * packet.
   */
  #putTogether(isIPv6: boolean, segment: Segment): boolean {
    const cursor = this.#cursor;
    const header = readFragment(cursor, isIPv6);
    if (header === null) return false;
    const route = throughTunnel(this.tunnels.number(), this.#route);
    const { packet, seconds, nanoseconds } = segment;
    const whole = this.fragments.add(this.#data, header, route, packet, seconds, nanoseconds);
    if (whole === null) return false;
    this.#data = whole.bytes;
    cursor.set(whole.bytes, 0, whole.bytes.length, whole.wireLength);
    this.#isReassembled = true;
    return true;
  }

  /** Reads the tunnel that an IP packet carries. */
  #transport(isIPv6: boolean): number {
    const cursor = this.#cursor;
    const header = this.#header;
    if (!readIpHeader(cursor, isIPv6, header)) return NOTHING;
    this.#carrier.set(this.#data, cursor.at, cursor.end, cursor.wireEnd);
    cursor.set(this.#data, header.start, header.end, header.wireEnd);
    switch (header.protocol) {
      case PROTOCOL_IPV4:
      case PROTOCOL_IPV6:
        if (!this.tunnels.enter(IP_IN_IP, null)) return DEEPER_THAN_READ;
        this.tunnels.carriedBy(this.#carrier, isIPv6);
        return header.protocol === PROTOCOL_IPV6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
      case PROTOCOL_GRE:
        return this.#carried(readGre(cursor, this.tunnels), isIPv6);
      case PROTOCOL_ETHER_IP:
        return this.#carried(readEtherIp(cursor, this.tunnels), isIPv6);
      case PROTOCOL_MPLS:
        return this.#carried(readMpls(cursor, this.tunnels), isIPv6);
      case PROTOCOL_UDP:
        return this.#carried(this.#udp(), isIPv6);
      default:
        return NOTHING;
    }
  }

  #udp(): number {
    const cursor = this.#cursor;
    if (!cursor.has(UDP_HEADER)) return CUT;
    const port = tunnelPort(cursor.uint16(0), cursor.uint16(2));
    const length = cursor.uint16(4);
    if (length >= UDP_HEADER) cursor.limit(length);
    cursor.skip(UDP_HEADER);
    switch (port) {
      case PORT_GENEVE:
        return readGeneve(cursor, this.tunnels);
      case PORT_GTP_U:
        return readGtpU(cursor, this.tunnels);
      case PORT_L2TP:
        return readL2tp(cursor, this.tunnels);
      case PORT_TEREDO:
        return readTeredo(cursor, this.tunnels);
      case PORT_MPLS:
        return readMpls(cursor, this.tunnels);
      case PORT_GRE:
        return readGreInUdp(cursor, this.tunnels);
      case PORT_AYIYA:
        return readAyiya(cursor, this.tunnels);
      default:
        return readVxlan(cursor, this.tunnels, port === PORT_VXLAN_GPE);
    }
  }

  /** Gives the tunnel that was just entered the addresses of the IP packet that carries it. */
  #carried(following: number, isIPv6: boolean): number {
    if (following >= 0) this.tunnels.carriedBy(this.#carrier, isIPv6);
    return following;
  }
}
