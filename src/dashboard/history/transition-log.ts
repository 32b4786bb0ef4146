import { seatTtl } from '../../domain/fleet/observation.ts';
import type { ApiDetails, ApiEntity, ApiGap, ApiOrigin, ApiPage, ApiState } from '../api-types.ts';
import { CollectorActs } from './collector-acts.ts';
import { entityKey } from './entity-key.ts';
import { originEvents } from './event-classes.ts';
import { ColumnSpace, type Floats, type Ints } from './growable-columns.ts';
import { InternTable } from './intern-table.ts';
import { Notes, none } from './note-table.ts';

/** How an entity stood before the first row that is known of it. */
export interface Before {
  readonly state: number;
  readonly since: number;
  readonly chart: number;
  readonly note: number;
  readonly origin: ApiOrigin;
  /** Rows from before that moment have come in since: it is good only for what they can't tell yet. */
  readonly covered: boolean;
}

/**
 * The history that is in memory, as columns: a row is a transition, and knows its entity's row before.
 *
 * Pages come in at either end. A row's id stays its own: older ones get smaller, negative ids. With
 * the row before at hand, time goes backwards as cheaply as forwards (see `Moment`), and no
 * keyframes are kept: to cross a million rows takes milliseconds.
 */
export class TransitionLog {
  readonly words = new InternTable<string>((word) => word);
  readonly entities = new InternTable<ApiEntity>(entityKey);
  readonly notes = new Notes();
  readonly gaps: ApiGap[] = [];
  readonly acts = new CollectorActs();
  /** The places that are here, both included; `to` 0: none yet. */
  from = 1;
  to = 0;
  /** Below this place it is not known how everything stood: older pages are still coming. */
  floor = 1;
  /** Nothing older will come. */
  isComplete = false;

  readonly #room = new ColumnSpace();
  readonly seq: Floats = this.#room.floats();
  readonly at: Floats = this.#room.floats();
  readonly entity: Ints = this.#room.ints();
  readonly type: Ints = this.#room.ints();
  readonly state: Ints = this.#room.ints();
  readonly chart: Ints = this.#room.ints();
  /** Words, as a list kept once; see `edgesOf`. */
  readonly edges: Ints = this.#room.ints();
  /** Its entity's notes up to it, together. */
  readonly note: Ints = this.#room.ints();
  /** The row of its entity before it, or `none`. */
  readonly prev: Ints = this.#room.ints();
  readonly #ownNote: Ints = this.#room.ints();
  /** The row that began its entity's registration or suspicion, or `none`. */
  readonly #origin: Ints = this.#room.ints();

  readonly #edgeLists = new InternTable<readonly number[]>((list) => list.join());
  readonly #firstRow: number[] = [];
  readonly #lastRow: number[] = [];
  readonly #before: (Before | undefined)[] = [];
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

  /** Begins from how everything stood after an event; what comes next is what is appended. */
  begin(state: ApiState): void {
    this.from = state.seq + 1;
    this.to = state.seq;
    this.floor = state.seq;
    this.#setBefore(state);
  }

  /** Takes what came after `to`. Rows that are here already are passed over; `hole`: some are missing. */
  append(page: ApiPage): 'appended' | 'hole' {
    if (page.from > this.to + 1) return 'hole';
    if (page.to <= this.to) return 'appended';
    const words = page.words.map((word) => this.words.of(word));
    const entities = page.entities.map((entity) => this.#entity(entity));
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

  /** Takes what came right before `from`. */
  prepend(page: ApiPage): 'prepended' | 'hole' {
    if (page.to !== this.from - 1) return 'hole';
    const words = page.words.map((word) => this.words.of(word));
    const entities = page.entities.map((entity) => this.#entity(entity));
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
      const before = this.#before[entity];
      if (next !== undefined) this.prev.set(next, row);
      else this.#lastRow[entity] = row;
      this.#firstRow[entity] = oldest.get(entity) ?? row;
      if (before) this.#before[entity] = { ...before, covered: true };
    }
    this.acts.endPage();
    this.gaps.unshift(...page.gaps);
    this.from = page.from;
    return 'prepended';
  }

  /** Nothing older will come: how everything stood right before `from`, or that there was nothing. */
  complete(state?: ApiState): void {
    this.#before.forEach((before, entity) => {
      if (before?.covered) this.#before[entity] = undefined;
    });
    if (state) this.#setBefore(state);
    this.#room.trim();
    for (let row = this.first; row < this.end; row += 1) this.#inherit(row);
    this.floor = state ? state.seq : this.from - 1;
    this.isComplete = true;
  }

  /** How an entity stood before its first row; undefined: it was not there. */
  before(entity: number): Before | undefined {
    return this.#before[entity];
  }

  /** The event that began the registration or suspicion of a row's entity. */
  originOf(row: number): ApiOrigin {
    const origin = this.#origin.get(row);
    if (origin !== none) return [this.seq.get(origin), this.at.get(origin)];
    return this.#before[this.entity.get(row)]?.origin ?? noOrigin;
  }

  /** Records which runs have a seat at a time. What is seen needs no allowance for a seat that outlives its holder. */
  seatsSeen(runs: readonly string[], at: number): void {
    for (const collector of this.acts.lastAt.keys()) {
      const entity = this.entities.at(collector);
      if (runs.includes(entity.run)) this.acts.see(collector, at - seatTtl);
    }
  }

  /** When an entity's chain began, as far as it is in memory. */
  startOf(entity: number): number {
    const before = this.#before[entity];
    if (before && !before.covered) return before.since;
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

  /** The last row at or before a place; before all rows: one less than the first. */
  rowAt(seq: number): number {
    return this.seq.lastUpTo(seq);
  }

  /** The last row stored at or before a moment. */
  rowAtTime(at: number): number {
    return this.at.lastUpTo(at);
  }

  #setBefore(state: ApiState): void {
    for (const [of, word, since, chart, note, origin] of state.states) {
      const entity = state.entities[of];
      if (!entity) continue;
      this.#before[this.#entity(entity)] = {
        state: this.words.of(state.words[word] ?? ''),
        since,
        chart: this.words.of(state.words[chart] ?? ''),
        note: this.notes.of(note),
        origin,
        covered: false,
      };
      this.acts.begin(entity, this.#entity(entity), state.at);
    }
  }

  #entity(entity: ApiEntity): number {
    return this.entities.of(entity);
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

  /** What a row has from the row before: the notes, with its own over them, and the origin. */
  #inherit(row: number): void {
    const prev = this.prev.get(row);
    const entity = this.entity.get(row);
    const earlier = prev === none ? (this.#before[entity]?.note ?? none) : this.note.get(prev);
    this.note.set(row, this.notes.together(earlier, this.#ownNote.get(row)));
    if (this.#isOrigin(this.type.get(row))) this.#origin.set(row, row);
    else this.#origin.set(row, prev === none ? none : this.#origin.get(prev));
  }

  /** Asked for each row: of each type it is looked up once. */
  #isOrigin(type: number): boolean {
    this.#originTypes[type] ??= originEvents.has(this.words.at(type));
    return this.#originTypes[type];
  }

  #act(row: number, note: ApiDetails | undefined): void {
    const number = this.entity.get(row);
    this.acts.take(this.entities.at(number), number, this.at.get(row), note?.by);
  }

  /** What a row itself noted, without what its entity's earlier ones did. */
  ownNoteOf(row: number): ApiDetails {
    return this.noteOf(this.#ownNote.get(row));
  }

  noteOf(note: number): ApiDetails {
    return this.notes.at(note);
  }
}

export const noOrigin: ApiOrigin = [0, 0];

const emptyRow = [0, 0, -1, -1, -1, -1, []] as const;
