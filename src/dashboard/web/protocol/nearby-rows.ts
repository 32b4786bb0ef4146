import { stateAfter } from '../../history/fleet-cursor.ts';
import type { TransitionLog } from '../../history/transition-log.ts';
import { changesOf } from './state-changes.ts';
import type { AtMoment, Changes, Nearby } from './worker-messages.ts';

/** What a tab needs to seek from a row without the worker, up to `reach` rows to either side. */
export function nearbyOf(log: TransitionLog, row: number, reach: number): Nearby {
  const first = Math.max(log.first, row - reach);
  const count = Math.max(0, Math.min(log.end, row + reach + 1) - first);
  const rows = Array.from({ length: count }, (_, n) => first + n);
  const entities = rows.map((one) => log.entity.get(one));
  const statesOf = (rowOf: (row: number) => number) =>
    changesOf(entities, (n) => stateAfter(log, entities[n] ?? 0, rowOf(rows[n] ?? 0)));
  return {
    seqs: Float64Array.from(rows, (one) => log.seq.get(one)),
    ats: Float64Array.from(rows, (one) => log.at.get(one)),
    before: statesOf((one) => log.prev.get(one)),
    after: statesOf((one) => one),
  };
}

/** A moment, and the states that differ there from the tab's moment. */
export interface CursorMove {
  readonly moment: AtMoment;
  readonly changes: Changes;
}

/**
 * Seeks a few steps in time without the worker, whose equal answer takes one frame more.
 *
 * Only between rows that are loaded: a seek to the ends or beyond needs the worker.
 */
export class NearbyRows {
  readonly #rows: Nearby;

  constructor(rows: Nearby) {
    this.#rows = rows;
  }

  /** Seeks to the last row at or before a sequence. */
  to(here: AtMoment, seq: number): CursorMove | undefined {
    return this.#go(here, this.#find(this.#rows.seqs, seq), seq);
  }

  /** Seeks to the last row at or before a time. */
  toTime(here: AtMoment, at: number): CursorMove | undefined {
    const target = this.#find(this.#rows.ats, at);
    return target === undefined ? undefined : this.#go(here, target, this.#rows.seqs[target] ?? 0);
  }

  /** The sequence of the transition before or after a moment. */
  neighbour(here: AtMoment, forward: boolean): number | undefined {
    const at = this.#find(this.#rows.seqs, here.seq);
    return at === undefined ? undefined : this.#rows.seqs[at + (forward ? 1 : -1)];
  }

  #go(here: AtMoment, target: number | undefined, seq: number): CursorMove | undefined {
    const { seqs, ats, before, after } = this.#rows;
    const from = this.#find(seqs, here.seq);
    if (from === undefined || target === undefined || here.head) return undefined;
    const changes =
      target < from
        ? part(before, target + 1, from + 1, false)
        : part(after, from + 1, target + 1, true);
    const newer = here.newer + from - target;
    return { moment: { seq, at: ats[target] ?? 0, head: false, newer }, changes };
  }

  /** The last row at or before a value; undefined if a row that is not loaded may be that. */
  #find(column: Float64Array, value: number): number | undefined {
    let [low, high] = [0, column.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((column[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low === 0 || low === column.length ? undefined : low - 1;
  }
}

/** One row for each entity of a range: forwards its last, backwards its first. */
function part(all: Changes, start: number, end: number, forwards: boolean): Changes {
  const chosen = new Map<number, number>();
  for (let n = start; n < end; n += 1) {
    const entity = all.entities[n] ?? 0;
    if (forwards || !chosen.has(entity)) chosen.set(entity, n);
  }
  const rows = [...chosen.values()];
  const columns = Object.entries(all).map(([name, column]) => [
    name,
    // A column of the same type.
    column.constructor.from(rows, (n: number) => column[n]),
  ]);
  return Object.fromEntries(columns);
}
