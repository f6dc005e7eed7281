/**
 * What `--update` saves: the present state; assertions that people wrote stay, and fields that people left out stay
 * out.
 */
import {
  EXPECTATION_SCHEMA,
  type ConnectionShape,
  type Expectation,
  type ExpectedConnection,
} from './expectation.ts';
import { isSavedPartMet } from './compare.ts';
import { isWithin } from './count-bound.ts';
import type { Observation } from './observation.ts';
import { fits } from './pair-connections.ts';

export function expectationOf({ groups, anomalies }: Observation): Expectation {
  return {
    schema: EXPECTATION_SCHEMA,
    connections: groups.map(({ shape, count }) => entryOf(shape, count)),
    anomalies,
  };
}

/** If the file holds only assertions, nothing changes. */
export function updatedExpectation(observation: Observation, saved: Expectation): Expectation {
  const fresh = expectationOf(observation);
  if (saved.connections === undefined) {
    return saved.anomalies === undefined ? saved : { ...saved, anomalies: fresh.anomalies! };
  }
  const updated: Expectation = {
    ...saved,
    schema: EXPECTATION_SCHEMA,
    connections: loosenedConnections(observation.groups, saved.connections),
    ...(saved.anomalies === undefined ? {} : { anomalies: fresh.anomalies! }),
  };
  // Loose entries may take each other's connections, and the result doesn't fit: then save every field.
  return isSavedPartMet(observation, updated) ? updated : { ...updated, connections: fresh.connections! };
}

/**
 * A field that a saved entry left out stays left out. The model is a saved entry that still fits, else the next one
 * with the same target.
 */
function loosenedConnections(
  groups: Observation['groups'],
  saved: readonly ExpectedConnection[],
): ExpectedConnection[] {
  const left = [...saved];
  const predecessorOf = groups.map(({ shape }) => takeFirst(left, (entry) => fits(entry, shape)));
  return groups.map(({ shape, count }, i) => {
    const entry = entryOf(shape, count);
    const predecessor =
      predecessorOf[i] ?? takeFirst(left, ({ target }) => target === undefined || target === shape.target);
    return predecessor === null ? entry : loosenedAs(predecessor, entry);
  });
}

function takeFirst<T>(items: T[], isWanted: (item: T) => boolean): T | null {
  const at = items.findIndex(isWanted);
  return at === -1 ? null : items.splice(at, 1)[0]!;
}

function entryOf(shape: ConnectionShape, count: number): ExpectedConnection {
  const { target, ...rest } = shape;
  return { target, ...(count === 1 ? {} : { times: count }), ...rest };
}

function loosenedAs(saved: ExpectedConnection, fresh: ExpectedConnection): ExpectedConnection {
  const kept = Object.entries(fresh).filter(
    ([key]) => key === 'times' || saved[key as keyof ExpectedConnection] !== undefined,
  );
  const messages =
    saved.messages === undefined ? {} : { messages: keptBounds(saved.messages, fresh.messages!) };
  return { ...(Object.fromEntries(kept) as ExpectedConnection), ...messages };
}

function keptBounds(
  saved: NonNullable<ExpectedConnection['messages']>,
  fresh: NonNullable<ExpectedConnection['messages']>,
): NonNullable<ExpectedConnection['messages']> {
  const sides = (['client', 'server'] as const).flatMap((side) => {
    const bound = saved[side];
    const now = fresh[side] as number;
    if (bound === undefined) return [];
    return [[side, isWithin(now, bound) ? bound : now] as const];
  });
  return Object.fromEntries(sides);
}
