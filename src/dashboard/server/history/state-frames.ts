import type { WallTime } from '../../../domain/time.ts';
import type { ApiOrigin } from '../../api-types.ts';

/** The state of an entity. Its values are numbers of the index. */
export interface IndexedState {
  readonly to: number;
  readonly since: WallTime;
  readonly chart: number;
  /** The number of its merged notes. */
  readonly note: number;
  readonly origin: ApiOrigin;
}

/** The states of all entities that exist, compact because the index keeps many frames. */
export interface StateFrame {
  readonly entity: Uint32Array;
  readonly to: Uint32Array;
  readonly since: Float64Array;
  readonly chart: Uint32Array;
  readonly note: Uint32Array;
  /** Sequence and time of each entity's origin, alternating. */
  readonly origins: Float64Array;
}

export function frameOf(states: ReadonlyMap<number, IndexedState>): StateFrame {
  const { size } = states;
  const frame = {
    entity: new Uint32Array(size),
    to: new Uint32Array(size),
    since: new Float64Array(size),
    chart: new Uint32Array(size),
    note: new Uint32Array(size),
    origins: new Float64Array(size * 2),
  };
  let at = 0;
  for (const [entity, { to, since, chart, note, origin }] of states) {
    frame.entity[at] = entity;
    frame.to[at] = to;
    frame.since[at] = since;
    frame.chart[at] = chart;
    frame.note[at] = note;
    frame.origins.set(origin, at * 2);
    at += 1;
  }
  return frame;
}

export function statesOf({
  entity,
  to,
  since,
  chart,
  note,
  origins,
}: StateFrame): Map<number, IndexedState> {
  const states = new Map<number, IndexedState>();
  for (let at = 0; at < entity.length; at += 1) {
    states.set(entity[at] ?? 0, {
      to: to[at] ?? 0,
      since: since[at] ?? 0,
      chart: chart[at] ?? 0,
      note: note[at] ?? 0,
      origin: [origins[at * 2] ?? 0, origins[at * 2 + 1] ?? 0],
    });
  }
  return states;
}
