import type { ApiDetails } from '../api-types.ts';
import { none } from './note-table.ts';
import type { TransitionLog } from './transition-log.ts';

/** Of which transitions: after one place and up to another. Entities null: all of a machine. */
export interface DwellQuery {
  readonly machine: string;
  readonly entities: readonly number[] | null;
  readonly from: number;
  readonly to: number;
  /** Only what was stored then. */
  readonly between?: { readonly from: number; readonly to: number };
}

/** How long something took, in ms: half of them at most `p50`, 19 of 20 at most `p95`. */
export interface DurationStats {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** An edge: how often it was taken, who took it last, and how long its state had lasted each time. */
interface Taken {
  readonly count: number;
  readonly last: {
    readonly seq: number;
    readonly at: number;
    readonly entity: number;
    readonly note: ApiDetails;
  };
  /** null: of none it is known when its state was entered. */
  readonly after: DurationStats | null;
}

export interface Dwell {
  /** Of each state by its id, the stays that ended. Who is still there is in no number. */
  readonly states: Readonly<Record<string, DurationStats>>;
  readonly edges: Readonly<Record<string, Taken>>;
}

/** A state's id stands before the event's name: `run.present.sight.clear|suspected|0`. */
export const sourceOf = (edge: string): string => edge.slice(0, edge.indexOf('|'));

/**
 * How long states last, and how long each had lasted when an edge led out of it.
 *
 * A stay counts once it is over, where it is known when it began: what stood before all that is in memory
 * is left out, not guessed. What leads from a state to itself ends no stay.
 */
export function dwell(chronicle: TransitionLog, asked: DwellQuery): Dwell {
  const { at, entity, state, prev, edges } = chronicle;
  const [start, end] = rowsAsked(chronicle, asked);
  const nodes = new Nodes(chronicle, asked.machine);
  /** Of each entity and state: since when it is in it; `away`: it is not. */
  const since: number[][] = [];
  const stays: number[][] = [];
  const takings: (Takings | undefined)[] = [];
  for (const row of rowsOf(chronicle, asked, end)) {
    const one = entity.get(row);
    const known = since[one];
    const inside = known ?? nodes.beginning(row);
    if (!known) since[one] = inside;
    const now = at.get(row);
    if (row > start) {
      for (const edge of chronicle.edgeList(edges.get(row))) {
        const taking = takings[edge] ?? { edge, count: 0, row, after: [] };
        takings[edge] = taking;
        taking.count += 1;
        taking.row = row;
        const from = inside[nodes.sourceOf(edge)] ?? away;
        if (from >= 0) taking.after.push(now - from);
      }
    }
    const word = state.get(row);
    const before = prev.get(row);
    if (before !== none && state.get(before) === word) continue;
    const active = nodes.of(word);
    for (let node = 0; node < inside.length; node += 1) {
      const from = inside[node] ?? away;
      if (from === away || active.has(node)) continue;
      inside[node] = away;
      if (row <= start || from === unknown) continue;
      const ended = stays[node] ?? [];
      stays[node] = ended;
      ended.push(now - from);
    }
    for (const node of active) enter(inside, node, now);
  }
  return {
    states: Object.fromEntries(
      stays.flatMap((all, node) => [[nodes.name(node), spellOf(all)] as const]),
    ),
    edges: Object.fromEntries(
      takings.flatMap((one) => (one ? [[chronicle.words.at(one.edge), told(chronicle, one)]] : [])),
    ),
  };
}

function told(chronicle: TransitionLog, { count, row, after }: Takings): Taken {
  const [seq, at] = [chronicle.seq.get(row), chronicle.at.get(row)];
  const last = { seq, at, entity: chronicle.entity.get(row), note: chronicle.ownNoteOf(row) };
  return { count, last, after: after.length === 0 ? null : spellOf(after) };
}

function enter(inside: number[], node: number, now: number): void {
  while (inside.length <= node) inside.push(away);
  if (inside[node] === away) inside[node] = now;
}

interface Takings {
  readonly edge: number;
  count: number;
  row: number;
  readonly after: number[];
}

/** It was entered before the first event that is here. */
const unknown = -1;
const away = -2;

/** The rows that count are those after the first of these, up to the second. */
export function rowsAsked(
  chronicle: TransitionLog,
  { from, to, between }: DwellQuery,
): [number, number] {
  return between
    ? [chronicle.rowAtTime(between.from - 1), chronicle.rowAtTime(between.to)]
    : [chronicle.rowAt(from), chronicle.rowAt(to)];
}

/** From the first on, also those that only say when a stay began. */
function* rowsOf(chronicle: TransitionLog, { machine, entities }: DwellQuery, end: number) {
  if (entities) {
    for (const one of entities) {
      const rows: number[] = [];
      for (let row = chronicle.lastRowOf(one); row !== none; row = chronicle.prev.get(row)) {
        if (row <= end) rows.push(row);
      }
      yield* rows.reverse();
    }
    return;
  }
  const wanted = chronicle.entities.values.map(({ entity }) => entity === machine);
  for (let row = chronicle.first; row <= end; row += 1) {
    if (wanted[chronicle.entity.get(row)]) yield row;
  }
}

/** The states of a machine by number: those that a word of the chronicle says are active. */
class Nodes {
  readonly #chronicle: TransitionLog;
  readonly #machine: string;
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #active = new Map<number, ReadonlySet<number>>();
  readonly #sources = new Map<number, number>();

  constructor(chronicle: TransitionLog, machine: string) {
    this.#chronicle = chronicle;
    this.#machine = machine;
  }

  name(node: number): string {
    return this.#names[node] ?? '';
  }

  of(word: number): ReadonlySet<number> {
    const known = this.#active.get(word);
    if (known) return known;
    const active = new Set<number>();
    for (const leaf of this.#chronicle.words.at(word).split('+')) {
      let id = this.#machine;
      for (const part of leaf.split('.')) {
        id = `${id}.${part}`;
        active.add(this.#number(id));
      }
    }
    this.#active.set(word, active);
    return active;
  }

  sourceOf(edge: number): number {
    const known = this.#sources.get(edge);
    if (known !== undefined) return known;
    const source = this.#number(sourceOf(this.#chronicle.words.at(edge)));
    this.#sources.set(edge, source);
    return source;
  }

  /** Where an entity was before its first row. Of a single state it is known since when it was there. */
  beginning(row: number): number[] {
    const chronicle = this.#chronicle;
    const before = chronicle.before(chronicle.entity.get(row));
    const inside: number[] = [];
    const word = before && !before.covered ? before.state : undefined;
    if (word === undefined && chronicle.isComplete) return inside;
    for (const node of this.of(word ?? chronicle.state.get(row))) enter(inside, node, unknown);
    const name = word === undefined ? '' : chronicle.words.at(word);
    if (before && name !== '' && !name.includes('+')) {
      inside[this.#number(`${this.#machine}.${name}`)] = before.since;
    }
    return inside;
  }

  #number(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.#names.length);
    return this.#names.push(id) - 1;
  }
}

/** By nearest rank: each is a length that was seen. */
export function spellOf(lengths: readonly number[]): DurationStats {
  const sorted = Float64Array.from(lengths).sort();
  const rank = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95) };
}
