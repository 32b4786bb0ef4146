import type { Revision, WallTime } from '../../../domain/time.ts';
import type { ApiEntity, ApiGap, ApiOrigin } from '../../api-types.ts';
import { entityKey } from '../../history/entity-key.ts';
import { originEvents } from '../../history/event-classes.ts';
import { InternTable } from '../../history/intern-table.ts';
import { Notes } from '../../history/note-table.ts';
import { isFinal } from './final-states.ts';
import { Columns, type Row } from './row-columns.ts';
import { frameOf, type IndexedState, statesOf } from './state-frames.ts';
import type { PageEvent } from './to-row.ts';

/** Maximum number of rows that are folded to get the states at a moment. */
const piece = 16_384;

/** The states of all entities after an event of the history. */
export interface StateAt {
  readonly seq: Revision;
  readonly at: WallTime;
  readonly states: ReadonlyMap<number, IndexedState>;
}

/**
 * The history in the dashboard's memory: blocks of numeric rows. Each block starts with a frame of all
 * states, so that any moment is at most a few thousand rows away from a frame. When there are too many
 * blocks, the oldest is dropped.
 */
export class HistoryIndex {
  readonly words = new InternTable<string>((word) => word);
  readonly notes = new Notes();
  /** Lists of edges. Each edge is its number in `words`. */
  readonly edgeLists = new InternTable<readonly number[]>((list) => list.join());
  readonly gaps: ApiGap[] = [];
  readonly #entities = new InternTable<ApiEntity>(entityKey);
  readonly #states = new Map<number, IndexedState>();
  #pieces: Columns[] = [];
  readonly #most: number;
  #first: Revision = 0;
  #last: Revision = 0;
  #lastAt: WallTime = 0;

  constructor(most = 2_000_000) {
    this.#most = Math.max(1, Math.ceil(most / piece));
  }

  /** The first sequence in the index; 0: it is empty. */
  get first(): Revision {
    return this.#first;
  }

  get last(): Revision {
    return this.#last;
  }

  get lastAt(): WallTime {
    return this.#lastAt;
  }

  get firstAt(): WallTime {
    const [first] = this.#pieces;
    return first && first.length > 0 ? (first.at[0] ?? 0) : this.#lastAt;
  }

  get pieces(): readonly Columns[] {
    return this.#pieces;
  }

  entity(number: number): ApiEntity {
    return this.#entities.at(number);
  }

  entityNumber(of: ApiEntity): number | undefined {
    return this.#entities.find(entityKey(of));
  }

  /** The numbers of the entities that match. */
  entitiesThat(holds: (of: ApiEntity) => boolean): ReadonlySet<number> {
    const found = new Set<number>();
    for (const [number, of] of this.#entities.values.entries()) if (holds(of)) found.add(number);
    return found;
  }

  /** Sets the states before the first event of the index. */
  begin(
    seq: Revision,
    at: WallTime,
    states: Iterable<Omit<PageEvent, 'type' | 'edges'> & { since: WallTime; origin: ApiOrigin }>,
  ) {
    this.#last = seq;
    this.#lastAt = at;
    for (const { entity, to, chart, note, since, origin } of states) {
      this.#states.set(this.#entities.of(entity), {
        to: this.words.of(to),
        chart: this.words.of(chart),
        note: this.notes.of(note),
        since,
        origin,
      });
    }
  }

  append(seq: Revision, at: WallTime, { entity, type, to, chart, edges, note }: PageEvent): void {
    this.#reach(seq);
    const row: Row = {
      seq,
      at,
      entity: this.#entities.of(entity),
      type: this.words.of(type),
      to: this.words.of(to),
      chart: this.words.of(chart),
      edges: this.edgeLists.of(edges.map((edge) => this.words.of(edge))),
      note: this.notes.of(note),
    };
    this.#piece().push(row);
    this.#take(this.#states, row);
    this.#last = seq;
    this.#lastAt = at;
  }

  /** A sequence without a readable event. */
  skip(seq: Revision, at: WallTime, why: string): void {
    this.#reach(seq);
    this.gaps.push({ from: seq, to: seq, why });
    this.#last = seq;
    this.#lastAt = at;
  }

  /** The states after the last row up to a moment. */
  stateAt(upTo: { readonly seq: Revision } | { readonly at: WallTime }): StateAt {
    const [column, value] =
      'seq' in upTo ? (['seq', upTo.seq] as const) : (['at', upTo.at] as const);
    const from = this.#pieces.findLast((one) => (one[column][0] ?? 0) <= value && one.length > 0);
    const start = from ?? this.#pieces[0];
    if (!start) return { seq: this.#last, at: this.#lastAt, states: new Map(this.#states) };
    if (from && from === this.#pieces.at(-1) && value >= (from[column][from.length - 1] ?? 0)) {
      return { seq: this.#last, at: this.#lastAt, states: new Map(this.#states) };
    }
    const states = statesOf(start.start);
    let { startSeq: seq, startAt: at } = start;
    const end = from ? from.from(column, Math.floor(value) + 1) : 0;
    for (let n = 0; n < end; n += 1) {
      const row = start.row(n);
      this.#take(states, row);
      ({ seq, at } = row);
    }
    return {
      seq: 'seq' in upTo ? Math.max(seq, Math.min(upTo.seq, this.#last)) : seq,
      at,
      states,
    };
  }

  /** Rows from this sequence on, in order. */
  *rows(from: Revision): Generator<Row, void, undefined> {
    for (const one of this.#pieces) {
      if (one.length === 0 || (one.seq[one.length - 1] ?? 0) < from) continue;
      for (let n = one.from('seq', from); n < one.length; n += 1) yield one.row(n);
    }
  }

  /** Rows before this sequence, the latest first. */
  *rowsBefore(before: Revision): Generator<Row, void, undefined> {
    for (const one of this.#pieces.toReversed()) {
      for (let n = one.from('seq', before) - 1; n >= 0; n -= 1) yield one.row(n);
    }
  }

  /** The last state of an entity up to a sequence, also an ended one; undefined: it did not exist yet. */
  lastOf(entity: number, upTo: Revision): Row | undefined {
    for (const one of this.#pieces.toReversed()) {
      const end = one.from('seq', upTo + 1);
      const n = end === 0 ? -1 : one.entity.lastIndexOf(entity, end - 1);
      if (n >= 0) return one.row(n);
    }
    return undefined;
  }

  #take(states: Map<number, IndexedState>, row: Row): void {
    const { seq, entity, type, to, at, chart, note } = row;
    const of = this.entity(entity);
    if (isFinal(of.entity, this.words.at(to))) {
      states.delete(entity);
      if (of.entity !== 'run') return;
      for (const process of ['session', 'collector'] as const) {
        const left = this.entityNumber({ ...of, entity: process });
        if (left !== undefined) states.delete(left);
      }
      return;
    }
    const before = states.get(entity);
    states.set(entity, {
      to,
      chart,
      since: before?.to === to ? before.since : at,
      note: before ? this.notes.together(before.note, note) : note,
      origin: originEvents.has(this.words.at(type)) ? [seq, at] : (before?.origin ?? [0, 0]),
    });
  }

  /** The events between the last sequence and this one no longer exist. */
  #reach(seq: Revision): void {
    if (this.#first === 0) this.#first = seq;
    else if (seq > this.#last + 1) {
      this.gaps.push({ from: this.#last + 1, to: seq - 1, why: 'trimmed' });
    }
  }

  #piece(): Columns {
    const now = this.#pieces.at(-1);
    if (now && !now.isFull) return now;
    const next = new Columns(piece, frameOf(this.#states), this.#last, this.#lastAt);
    this.#pieces.push(next);
    if (this.#pieces.length > this.#most) {
      this.#pieces = this.#pieces.slice(1);
      this.#first = this.#pieces[0]?.seq[0] ?? this.#first;
    }
    return next;
  }
}
