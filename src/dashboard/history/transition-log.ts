import { seatTtl } from '../../domain/fleet/observation.ts';
import type { ApiDetails, ApiEntity, ApiGap, ApiOrigin, ApiPage, ApiState } from '../api-types.ts';
import { CollectorActs } from './collector-acts.ts';
import { entityKey } from './entity-key.ts';
import { originEvents } from './event-classes.ts';
import { ColumnSpace, type Floats, type Ints } from './growable-columns.ts';
import { type InitialState, InitialStates, noOrigin } from './initial-states.ts';
import { InternTable } from './intern-table.ts';
import { Notes, none } from './note-table.ts';

/**
 * The loaded part of the history as columns: a row is a transition, linked to its entity's row before.
 *
 * Pages are added at either end. The number of a row never changes: older rows get smaller, negative
 * numbers. The link makes steps back as cheap as steps forward (see `FleetCursor`), so there are no
 * keyframes: a seek over a million rows takes milliseconds.
 */
export class TransitionLog {
  readonly words = new InternTable<string>((word) => word);
  readonly entities = new InternTable<ApiEntity>(entityKey);
  readonly notes = new Notes();
  readonly gaps: ApiGap[] = [];
  readonly acts = new CollectorActs();
  /** The loaded sequences, both included; `to` 0: none yet. */
  from = 1;
  to = 0;
  /** Below this sequence states are unknown: older pages are not loaded yet. */
  floor = 1;
  /** Nothing older will be loaded. */
  isComplete = false;

  readonly #room = new ColumnSpace();
  readonly seq: Floats = this.#room.floats();
  readonly at: Floats = this.#room.floats();
  readonly entity: Ints = this.#room.ints();
  readonly type: Ints = this.#room.ints();
  readonly state: Ints = this.#room.ints();
  readonly chart: Ints = this.#room.ints();
  /** Numbers of edge lists; see `edgesOf`. */
  readonly edges: Ints = this.#room.ints();
  /** The merged notes of its entity up to this row. */
  readonly note: Ints = this.#room.ints();
  /** The row of its entity before it, or `none`. */
  readonly prev: Ints = this.#room.ints();
  readonly #ownNote: Ints = this.#room.ints();
  /** The row that began its entity's registration or suspicion, or `none`. */
  readonly #origin: Ints = this.#room.ints();

  readonly #edgeLists = new InternTable<readonly number[]>((list) => list.join());
  readonly #firstRow: number[] = [];
  readonly #lastRow: number[] = [];
  readonly #initial = new InitialStates();
  readonly #originTypes: boolean[] = [];

  /** The rows are those from `first` to before `end`. */
  get first(): number {
    return this.#room.first;
  }

  get end(): number {
    return this.#room.end;
  }

  get offset(): number {
    return this.#room.offset;
  }

  /** Starts from the states after an event; later events are appended. */
  begin(state: ApiState): void {
    this.from = state.seq + 1;
    this.to = state.seq;
    this.floor = state.seq;
    this.#setInitial(state);
  }

  /** Adds a page after `to`. Loaded rows are skipped; `hole`: rows between are missing. */
  append(page: ApiPage): 'appended' | 'hole' {
    if (page.from > this.to + 1) return 'hole';
    if (page.to <= this.to) return 'appended';
    const words = page.words.map((word) => this.words.of(word));
    const entities = page.entities.map((entity) => this.entities.of(entity));
    const notes = new Map(page.notes);
    const skip = page.rows.findIndex(([seq]) => seq > this.to);
    const count = skip === -1 ? 0 : page.rows.length - skip;
    let row = this.#room.after(count);
    for (let at = page.rows.length - count; at < page.rows.length; at += 1, row += 1) {
      const entity = this.#fill(row, page, at, words, entities, notes.get(at));
      const last = this.#lastRow[entity] ?? none;
      this.prev.set(row, last);
      this.#inherit(row);
      this.#act(row, notes.get(at));
      this.#lastRow[entity] = row;
      if (this.#firstRow[entity] === undefined) this.#firstRow[entity] = row;
    }
    this.gaps.push(...page.gaps.filter((gap) => gap.to > this.to));
    this.to = page.to;
    return 'appended';
  }

  /** Adds the page directly before `from`. */
  prepend(page: ApiPage): 'prepended' | 'hole' {
    if (page.to !== this.from - 1) return 'hole';
    const words = page.words.map((word) => this.words.of(word));
    const entities = page.entities.map((entity) => this.entities.of(entity));
    const notes = new Map(page.notes);
    const start = this.#room.before(page.rows.length);
    this.acts.startPage();
    const [oldest, newest] = [new Map<number, number>(), new Map<number, number>()];
    for (let at = 0; at < page.rows.length; at += 1) {
      const row = start + at;
      const entity = this.#fill(row, page, at, words, entities, notes.get(at));
      this.prev.set(row, newest.get(entity) ?? none);
      this.#inherit(row);
      this.#act(row, notes.get(at));
      if (!newest.has(entity)) oldest.set(entity, row);
      newest.set(entity, row);
    }
    for (const [entity, row] of newest) {
      const next = this.#firstRow[entity];
      if (next !== undefined) this.prev.set(next, row);
      else this.#lastRow[entity] = row;
      this.#firstRow[entity] = oldest.get(entity) ?? row;
      this.#initial.cover(entity);
    }
    this.acts.endPage();
    this.gaps.unshift(...page.gaps);
    this.from = page.from;
    return 'prepended';
  }

  /** Nothing older will be loaded: sets the states right before `from`, if there was anything. */
  complete(state?: ApiState): void {
    this.#initial.removeCovered();
    if (state) this.#setInitial(state);
    this.#room.trim();
    for (let row = this.first; row < this.end; row += 1) this.#inherit(row);
    this.floor = state ? state.seq : this.from - 1;
    this.isComplete = true;
  }

  /** The state of an entity before its first row; undefined: it did not exist. */
  before(entity: number): InitialState | undefined {
    return this.#initial.of(entity);
  }

  /** The event that began the registration or suspicion of a row's entity. */
  originOf(row: number): ApiOrigin {
    const origin = this.#origin.get(row);
    if (origin !== none) return [this.seq.get(origin), this.at.get(origin)];
    return this.#initial.of(this.entity.get(row))?.origin ?? noOrigin;
  }

  /** Records which runs have a seat at a time, without the `ttl` by which a seat outlives its holder. */
  seatsSeen(runs: readonly string[], at: number): void {
    this.acts.seenAt = at;
    for (const collector of this.acts.lastAt.keys()) {
      if (runs.includes(this.entities.at(collector).run)) this.acts.see(collector, at - seatTtl);
    }
  }

  /** When an entity's chain began, as far as it is in memory. */
  startOf(entity: number): number {
    const before = this.#initial.of(entity);
    if (before && !before.isCovered) return before.since;
    const row = this.#firstRow[entity];
    return row === undefined ? 0 : this.at.get(row);
  }

  edgesOf(row: number): readonly number[] {
    return this.#edgeLists.at(this.edges.get(row));
  }

  edgeList(list: number): readonly number[] {
    return this.#edgeLists.at(list);
  }

  lastRowOf(entity: number): number {
    return this.#lastRow[entity] ?? none;
  }

  /** The last row at or before a sequence; before all rows: one less than the first. */
  rowAt(seq: number): number {
    return this.seq.lastUpTo(seq);
  }

  /** The last row stored at or before a moment. */
  rowAtTime(at: number): number {
    return this.at.lastUpTo(at);
  }

  #setInitial(state: ApiState): void {
    for (const [index, word, since, chart, note, origin] of state.states) {
      const entity = state.entities[index];
      if (!entity) continue;
      const number = this.entities.of(entity);
      this.#initial.set(number, {
        state: this.words.of(state.words[word] ?? ''),
        since,
        chart: this.words.of(state.words[chart] ?? ''),
        note: this.notes.of(note),
        origin,
        isCovered: false,
      });
      this.acts.begin(entity, number, state.at);
    }
  }

  #fill(
    row: number,
    page: ApiPage,
    at: number,
    words: readonly number[],
    entities: readonly number[],
    note: ApiDetails | undefined,
  ): number {
    const [seq, storedAt, of, type, to, chart, edges] = page.rows[at] ?? emptyRow;
    const entity = entities[of] ?? none;
    this.seq.set(row, seq);
    this.at.set(row, storedAt);
    this.entity.set(row, entity);
    this.type.set(row, words[type] ?? none);
    this.state.set(row, words[to] ?? none);
    this.chart.set(row, words[chart] ?? none);
    this.edges.set(row, this.#edgeLists.of(edges.map((edge) => words[edge] ?? none)));
    this.#ownNote.set(row, note ? this.notes.of(note) : none);
    return entity;
  }

  /** Sets what a row takes from the row before: the notes, overridden by its own, and the origin. */
  #inherit(row: number): void {
    const prev = this.prev.get(row);
    const entity = this.entity.get(row);
    const earlier = prev === none ? (this.#initial.of(entity)?.note ?? none) : this.note.get(prev);
    this.note.set(row, this.notes.together(earlier, this.#ownNote.get(row)));
    if (this.#isOrigin(this.type.get(row))) this.#origin.set(row, row);
    else this.#origin.set(row, prev === none ? none : this.#origin.get(prev));
  }

  /** Cached by type, because it is called for each row. */
  #isOrigin(type: number): boolean {
    this.#originTypes[type] ??= originEvents.has(this.words.at(type));
    return this.#originTypes[type];
  }

  #act(row: number, note: ApiDetails | undefined): void {
    const number = this.entity.get(row);
    this.acts.take(this.entities.at(number), number, this.at.get(row), note?.by);
  }

  /** The note of the row alone, without those of earlier rows. */
  ownNoteOf(row: number): ApiDetails {
    return this.noteOf(this.#ownNote.get(row));
  }

  noteOf(note: number): ApiDetails {
    return this.notes.at(note);
  }
}

const emptyRow = [0, 0, -1, -1, -1, -1, []] as const;
