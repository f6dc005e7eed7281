/** What rules are told besides the record. */
import type { PacketMark } from '../tcp/packet-mark.ts';
import type { Neighbours } from './neighbours.ts';
import type { TlsNeighbours } from './tls-neighbours.ts';

export interface RuleContext {
  /** The handshake-close window, in milliseconds. */
  readonly windowMs: number;
  /** Packets carry their times; without times nothing that rests on one can be said. */
  readonly hasTimes: boolean;
  /** Packets were made of printed lines that don't show their bytes. */
  readonly lacksBytes: boolean;
  /** Server ports on which this capture shows an upgrade, and those that the user named. */
  readonly webSocketPorts: ReadonlySet<number>;
  /** Of these only those that the user named. */
  readonly namedPorts: ReadonlySet<number>;
  /**
   * Where the capture ends: the last packet, of whatever connection, of each of its parts that follow one another without
   * a pause, in order. Empty where the order of packets is not that of their times.
   */
  readonly captureEnds: readonly PacketMark[];
  /** What other connections say. Complete only for connections that are judged when the capture is over. */
  readonly neighbours: Neighbours;
  /** The same of TLS connections whose contents can't be read. */
  readonly tlsNeighbours: TlsNeighbours;
  /** The id of another connection that is the same WebSocket, on the other side of a proxy. Known when the capture is over. */
  readonly otherLeg: (id: number) => number | undefined;
}
