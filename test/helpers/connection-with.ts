/** TCP connections of which only the offsets matter. */
import { ReassemblyBudget } from '../../src/tcp/reassembly-budget.ts';
import { TcpConnection } from '../../src/tcp/tcp-connection.ts';
import { segmentOf } from './segment-builder.ts';

/** Direction 0 is the client; so much of each stream has come, and is acknowledged. */
export function connectionWith(
  sent: readonly [number, number] = [100, 100],
  acknowledged: readonly [number, number] = [0, 0],
): TcpConnection {
  const tcp = new TcpConnection(0, segmentOf({ flags: 'S' }, 1), new ReassemblyBudget());
  tcp.streams.forEach((stream, direction) => {
    stream.nextOffset = sent[direction]!;
    stream.finOffset = sent[direction]!;
    stream.lastAcknowledgedOffset = acknowledged[direction]!;
  });
  return tcp;
}
