/**
 * What the connections of one capture share. Code that follows connections makes one scope for each capture
 * and gives it to all of them: if each connection had a budget of its own, the budgets would bound nothing.
 */
import type { Carrier } from '../carrier/carrier.ts';
import { HttpBudget } from '../http/http-budget.ts';
import { InflateBudget } from '../websocket/inflate-budget.ts';
import { TimelineRoom } from './timeline-room.ts';

export class CaptureScope {
  readonly httpBudget: HttpBudget = new HttpBudget();
  readonly inflateBudget: InflateBudget = new InflateBudget();
  readonly timelineRoom: TimelineRoom = new TimelineRoom();
  /** Server ports that the user named as those of WebSockets. */
  readonly ports: ReadonlySet<number>;
  /** How many connections are open whose TLS is decrypted. */
  decrypted = 0;
  /** What may stand between TCP and HTTP. */
  readonly carriers: readonly Carrier[];

  constructor(ports: Iterable<number> = [], carriers: readonly Carrier[] = []) {
    this.ports = new Set(ports);
    this.carriers = carriers;
  }
}
