import type { ApiDetails, ApiEntity } from '../../api-types.ts';
import type { RecordedState } from '../../history/fleet-cursor.ts';
import type { Changes } from './worker-messages.ts';

const nothing: ApiDetails = {};

/** The states of some entities for a tab, as columns, which are cheap to transfer. */
export function changesOf(
  entities: readonly number[],
  stateOf: (n: number) => RecordedState | undefined,
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

/** The state of an entity in a change; undefined: it does not exist at this moment. */
export function stateOfChange(
  changes: Changes,
  index: number,
  entity: ApiEntity,
  words: readonly string[],
) {
  const state = changes.states[index] ?? -1;
  if (state < 0) return undefined;
  return {
    number: changes.entities[index] ?? 0,
    entity,
    state: words[state] ?? '?',
    since: changes.since[index] ?? 0,
    chart: words[changes.charts[index] ?? 0] ?? '',
    seq: changes.seqs[index] ?? 0,
    note: changes.notes[index] ?? {},
    origin: [changes.origins[index] ?? 0, changes.originTimes[index] ?? 0] as const,
    startedAt: changes.starts[index] ?? 0,
  };
}
