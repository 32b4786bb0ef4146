import type { ApiDetails, ApiOrigin } from '../api-types.ts';
import { none } from './note-table.ts';
import type { TransitionLog } from './transition-log.ts';

/** The state of an entity at a moment. Numbers are those of the log. */
export interface RecordedState {
  readonly entity: number;
  readonly state: number;
  readonly since: number;
  readonly chart: number;
  readonly note: ApiDetails;
  /** The sequence of its last transition; 0: it is older than the loaded rows. */
  readonly seq: number;
  /** The event that began its registration or suspicion. */
  readonly origin: ApiOrigin;
  /** When its chain began. For a chain older than the loaded rows: when it entered its state. */
  readonly startedAt: number;
}

/**
 * The state of every entity after a row of the log.
 *
 * It stores only the last row of each entity. A step forwards replaces the entity's last row; a step
 * backwards restores the row before it. Both cost the same, and any number of cursors share one log.
 */
export class FleetCursor {
  readonly #log: TransitionLog;
  /** The last row at this moment; one less than the first row: none yet. */
  row: number;
  #last = new Int32Array(0);
  /** The number of the seek that last reported each entity as changed. */
  #seen = new Int32Array(0);
  #seeks = 0;

  constructor(log: TransitionLog) {
    this.#log = log;
    this.row = log.first - 1;
    this.#grow();
  }

  /** Seeks to a row; returns the entities whose last row changed. */
  seek(target: number): number[] {
    const { first, end, entity, prev, offset } = this.#log;
    const to = Math.min(Math.max(target, first - 1), end - 1);
    this.#grow();
    this.#seeks += 1;
    const [of, before, last, seen, seek] = [
      entity.raw(),
      prev.raw(),
      this.#last,
      this.#seen,
      this.#seeks,
    ];
    const changed: number[] = [];
    const step = to > this.row ? 1 : -1;
    const start = step > 0 ? this.row + 1 : this.row;
    const stop = step > 0 ? to + 1 : to;
    for (let row = start; row !== stop; row += step) {
      const one = of[row + offset] ?? 0;
      last[one] = step > 0 ? row : (before[row + offset] ?? none);
      if (seen[one] !== seek) {
        seen[one] = seek;
        changed.push(one);
      }
    }
    this.row = to;
    return changed;
  }

  /** Updates entities without a row after older rows were loaded. */
  prepended(): void {
    this.#grow();
    for (let one = 0; one < this.#last.length; one += 1) {
      if (this.#last[one] !== none) continue;
      this.#last[one] = this.#atMost(this.#log.lastRowOf(one));
    }
  }

  /** An entity's last row at this moment; `none`: it has none so far. */
  lastRow(entity: number): number {
    return this.#last[entity] ?? none;
  }

  /** The state of an entity; undefined: it does not exist yet. */
  stateOf(entity: number): RecordedState | undefined {
    return stateAfter(this.#log, entity, this.#last[entity] ?? none);
  }

  #atMost(row: number): number {
    let at = row;
    while (at !== none && at > this.row) at = this.#log.prev.get(at);
    return at;
  }

  #grow(): void {
    const { size } = this.#log.entities;
    if (size <= this.#last.length) return;
    const room = Math.ceil(size * 1.25) + 64;
    const [last, seen] = [new Int32Array(room).fill(none), new Int32Array(room)];
    last.set(this.#last);
    seen.set(this.#seen);
    this.#last = last;
    this.#seen = seen;
  }
}

/** The state of an entity after one of its rows; `none`: before all of them. */
export function stateAfter(
  log: TransitionLog,
  entity: number,
  row: number,
): RecordedState | undefined {
  if (row === none) {
    const before = log.before(entity);
    if (!before || before.isCovered) return undefined;
    const { state, since, chart, note, origin } = before;
    return {
      ...{ entity, state, since, chart, origin },
      note: log.noteOf(note),
      seq: 0,
      startedAt: since,
    };
  }
  return {
    entity,
    state: log.state.get(row),
    since: sinceOf(log, row),
    chart: log.chart.get(row),
    note: log.noteOf(log.note.get(row)),
    seq: log.seq.get(row),
    origin: log.originOf(row),
    startedAt: log.startOf(entity),
  };
}

/** When the entity entered its state. Skips rows that did not change the state. */
function sinceOf(log: TransitionLog, row: number): number {
  const { state, prev, at, entity } = log;
  let first = row;
  const word = state.get(row);
  for (let earlier = prev.get(first); earlier !== none; earlier = prev.get(first)) {
    if (state.get(earlier) !== word) return at.get(first);
    first = earlier;
  }
  const before = log.before(entity.get(first));
  return before && before.state === word ? before.since : at.get(first);
}
