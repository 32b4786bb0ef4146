import type { ApiDetails, ApiOrigin } from '../api-types.ts';
import { none } from './note-table.ts';
import type { TransitionLog } from './transition-log.ts';

/** The state of an entity at a moment. Numbers are the log's. */
export interface EntityState {
  readonly entity: number;
  readonly state: number;
  readonly since: number;
  readonly chart: number;
  readonly note: ApiDetails;
  /** The sequence of its last transition; 0: it is older than the loaded rows. */
  readonly seq: number;
  /** The event that began its registration or suspicion. */
  readonly origin: ApiOrigin;
  /** When its chain began; of one that is older than memory, when it entered its state. */
  readonly startedAt: number;
}

/**
 * The state of every entity after a row of the log.
 *
 * Of each entity only its last row is kept. Forwards, a row takes its entity's place; backwards, it
 * gives it back to the row before it: both cost the same, and any number of moments share one history.
 */
export class FleetCursor {
  readonly #log: TransitionLog;
  /** The row that happened last; one less than the first: none yet. */
  row: number;
  #last = new Int32Array(0);
  /** When an entity was last reported as changed, in seeks. */
  #seen = new Int32Array(0);
  #seeks = 0;

  constructor(log: TransitionLog) {
    this.#log = log;
    this.row = log.first - 1;
    this.#grow();
  }

  /** Goes to a row; returns the entities whose last row is another one since. */
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

  /** Older rows have come in: whoever had none so far may have one now. */
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
  stateOf(entity: number): EntityState | undefined {
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
): EntityState | undefined {
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

/** When it came into its state: rows that led to where it was already are passed over. */
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
