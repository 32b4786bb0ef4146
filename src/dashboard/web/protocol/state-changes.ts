import type { ApiDetails } from '../../api-types.ts';
import type { EntityState } from '../../history/fleet-cursor.ts';
import type { Changes } from './worker-messages.ts';

const nothing: ApiDetails = {};

/** How some entities stand, as it is told to a tab: in columns, which cost little to hand over. */
export function changesOf(
  entities: readonly number[],
  stateOf: (n: number) => EntityState | undefined,
): Changes {
  const states = new Int32Array(entities.length).fill(-1);
  const since = new Float64Array(entities.length);
  const charts = new Int32Array(entities.length);
  const seqs = new Float64Array(entities.length);
  const origins = new Float64Array(entities.length);
  const originTimes = new Float64Array(entities.length);
  const starts = new Float64Array(entities.length);
  const notes = entities.map((_, n) => {
    const one = stateOf(n);
    if (!one) return nothing;
    states[n] = one.state;
    since[n] = one.since;
    charts[n] = one.chart;
    seqs[n] = one.seq;
    [origins[n], originTimes[n]] = one.origin;
    starts[n] = one.startedAt;
    return one.note;
  });
  return {
    entities: Int32Array.from(entities),
    ...{ states, since, charts, seqs, origins, originTimes, starts, notes },
  };
}
