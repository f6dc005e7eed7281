/** Lets a listener see every frame on its way to the tracker. Stands in between only where somebody listens. */
import type { Direction } from '../basics/direction.ts';
import type { FrameHandler } from '../websocket/frame-events.ts';
import type { ConversationListener } from './conversation-listener.ts';
import { roleOf } from './record.ts';

/** `handler` itself where the listener wants no frames. */
export function tapFrames(
  handler: FrameHandler,
  listener: ConversationListener | undefined,
  client: Direction,
): FrameHandler {
  if (listener?.frame === undefined) return handler;
  return {
    frame(direction, frame) {
      handler.frame(direction, frame);
      listener.frame?.(roleOf(direction, client), frame);
    },
    // Never called while somebody listens: then no frame counts as plain.
    plainFrames(direction, sum) {
      handler.plainFrames(direction, sum);
    },
  };
}
