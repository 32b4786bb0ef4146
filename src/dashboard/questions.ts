import { type Chronicle, none } from './chronicle.ts';
import { type Asked, dwell, rowsAsked } from './dwell.ts';
import { gapsBetween, type PlacedGap } from './gaps.ts';
import { deeds, problems } from './problems.ts';
import type { WireNote } from './wire.ts';

/** What a screen asks of the history beyond how everything stands. Entities by the chronicle's numbers. */
export type Question =
  | { readonly ask: 'density'; readonly bins: number; readonly from: number; readonly to: number }
  | Lanes
  | { readonly ask: 'history'; readonly entities: readonly number[]; readonly upTo: number }
  | Counted
  | Step
  | { readonly ask: 'between'; readonly a: number; readonly b: number }
  | { readonly ask: 'found'; readonly types: readonly string[]; readonly upTo: number }
  | { readonly ask: 'after'; readonly at: number }
  | { readonly ask: 'stirred'; readonly from: number; readonly to: number }
  | { readonly ask: 'when'; readonly seqs: readonly number[] };

interface Lanes {
  readonly ask: 'lanes';
  readonly entities: readonly number[];
  readonly from: number;
  readonly to: number;
}
interface Counted extends Asked {
  readonly ask: 'edges' | 'dwell';
}
interface Step {
  readonly ask: 'step';
  readonly from: number;
  readonly forward: boolean;
  /** null: any. */
  readonly entities: readonly number[] | null;
  readonly problems: boolean;
}

export interface Transition {
  readonly seq: number;
  readonly at: number;
  readonly entity: number;
  readonly type: string;
  /** null: it began. */
  readonly from: string | null;
  readonly to: string;
  readonly chart: string;
  readonly edges: readonly string[];
  readonly note: WireNote;
}

export interface Density {
  readonly from: number;
  readonly to: number;
  readonly bins: readonly (readonly [transitions: number, problems: number])[];
  /** When a machine's chart became another one, a collector took a seat, and what operators did. */
  readonly marks: readonly { readonly at: number; readonly seq: number; readonly what: string }[];
  /** Where something is missing, which no bin counts. */
  readonly gaps: readonly PlacedGap[];
}

export interface EdgeCounts {
  readonly counts: Readonly<Record<string, number>>;
  readonly last: readonly string[];
  readonly transitions: number;
}

export interface Lane {
  readonly entity: number;
  /** How it stood at the beginning; null: not there. */
  readonly start: string | null;
  readonly steps: readonly (readonly [at: number, state: string, type: string, seq: number])[];
  /** Before this moment there were more steps than are told; null: these are all. */
  readonly cut: number | null;
}

export interface When {
  readonly seq: number;
  readonly at: number;
  readonly upTo: number;
}

/** Where an entity stood at one place, and where at another; null: not there. */
export interface Difference {
  readonly entity: number;
  readonly a: string | null;
  readonly b: string | null;
}

const most = 400;

function transitionAt(chronicle: Chronicle, row: number): Transition {
  const { words, prev, state } = chronicle;
  const entity = chronicle.entity.get(row);
  const before = prev.get(row);
  const start = before === none ? chronicle.before(entity)?.state : state.get(before);
  return {
    seq: chronicle.seq.get(row),
    at: chronicle.at.get(row),
    entity,
    type: words.at(chronicle.type.get(row)),
    from: start === undefined ? null : words.at(start),
    to: words.at(state.get(row)),
    chart: words.at(chronicle.chart.get(row)),
    edges: chronicle.edgesOf(row).map((edge) => words.at(edge)),
    note: chronicle.ownNoteOf(row),
  };
}

/** How much happened in each of equal pieces of time. */
function density(chronicle: Chronicle, from: number, to: number, pieces: number): Density {
  const bad = numbersOf(chronicle, problems);
  const deed = numbersOf(chronicle, deeds);
  const seat = chronicle.words.find('seated');
  const bins = Array.from({ length: pieces }, (): [number, number] => [0, 0]);
  const marks: { at: number; seq: number; what: string }[] = [];
  const charts = new Map<string, number>();
  const span = Math.max(1, to - from);
  for (let row = chronicle.rowAtTime(from - 1) + 1; row < chronicle.end; row += 1) {
    const at = chronicle.at.get(row);
    if (at > to) break;
    const bin = bins[Math.min(pieces - 1, Math.floor(((at - from) / span) * pieces))];
    const type = chronicle.type.get(row);
    if (bin) {
      bin[0] += 1;
      if (bad.has(type)) bin[1] += 1;
    }
    const machine = chronicle.entities.at(chronicle.entity.get(row)).entity;
    const chart = chronicle.chart.get(row);
    const seq = chronicle.seq.get(row);
    const known = charts.get(machine);
    if (known !== undefined && known !== chart && chronicle.prev.get(row) === none) {
      marks.push({ at, seq, what: `another chart of ${machine}` });
    }
    if (known === undefined || chronicle.prev.get(row) === none) charts.set(machine, chart);
    if (deed.has(type) && (machine === 'hold' || machine === 'brake')) {
      marks.push({ at, seq, what: `${machine} ${chronicle.words.at(type)}` });
    }
    if (type === seat && machine === 'collector') marks.push({ at, seq, what: 'a seat was taken' });
  }
  const gaps = gapsBetween(chronicle, from, to).slice(-most);
  return { from, to, bins, marks: marks.slice(-most), gaps };
}

/** How often each edge was taken after one place and up to another. */
function edgeCounts(chronicle: Chronicle, asked: Counted): EdgeCounts {
  const lists = new Map<number, number>();
  const chosen = asked.entities && new Set(asked.entities);
  let [transitions, last] = [0, none];
  const [start, end] = rowsAsked(chronicle, asked);
  for (let row = start + 1; row <= end; row += 1) {
    const entity = chronicle.entity.get(row);
    if (chosen ? !chosen.has(entity) : chronicle.entities.at(entity).entity !== asked.machine) {
      continue;
    }
    const list = chronicle.edges.get(row);
    lists.set(list, (lists.get(list) ?? 0) + 1);
    transitions += 1;
    last = row;
  }
  const counts: Record<string, number> = {};
  for (const [list, times] of lists) {
    for (const edge of chronicle.edgeList(list)) {
      const word = chronicle.words.at(edge);
      counts[word] = (counts[word] ?? 0) + times;
    }
  }
  const taken =
    last === none ? [] : chronicle.edgesOf(last).map((edge) => chronicle.words.at(edge));
  return { counts, last: taken, transitions };
}

/** The newest transitions of some entities up to a place, newest first. */
function historyOf(chronicle: Chronicle, entities: readonly number[], upTo: number) {
  const row = chronicle.rowAt(upTo);
  const rows: number[] = [];
  for (const entity of entities) {
    let at = chronicle.lastRowOf(entity);
    while (at !== none && at > row) at = chronicle.prev.get(at);
    for (; at !== none && rows.length < most * 5; at = chronicle.prev.get(at)) rows.push(at);
  }
  rows.sort((a, b) => b - a);
  return rows.slice(0, most).map((one) => transitionAt(chronicle, one));
}

/** The newest transitions of some types up to a place, newest first. */
function found(chronicle: Chronicle, types: readonly string[], upTo: number): Transition[] {
  const wanted = numbersOf(chronicle, new Set(types));
  const all: Transition[] = [];
  for (let row = chronicle.rowAt(upTo); row >= chronicle.first && all.length < most; row -= 1) {
    if (wanted.has(chronicle.type.get(row))) all.push(transitionAt(chronicle, row));
  }
  return all;
}

function lanes(chronicle: Chronicle, { entities, from, to }: Lanes): Lane[] {
  const [start, end] = [chronicle.rowAtTime(from - 1), chronicle.rowAtTime(to)];
  return entities.map((entity) => {
    const steps: Lane['steps'][number][] = [];
    let row = chronicle.lastRowOf(entity);
    while (row !== none && row > end) row = chronicle.prev.get(row);
    for (; row !== none && row > start; row = chronicle.prev.get(row)) {
      if (steps.length === most) break;
      const { at, to: state, type, seq } = transitionAt(chronicle, row);
      steps.push([at, state, type, seq]);
    }
    const cut = row !== none && row > start ? chronicle.at.get(row) : null;
    const before = row === none ? chronicle.before(entity)?.state : chronicle.state.get(row);
    const word = before === undefined ? null : chronicle.words.at(before);
    return { entity, start: word, steps: steps.reverse(), cut };
  });
}

/** To whom anything happened in a stretch of time. */
function stirred(chronicle: Chronicle, from: number, to: number): number[] {
  const found = new Set<number>();
  const end = chronicle.rowAtTime(to);
  for (let row = chronicle.rowAtTime(from - 1) + 1; row <= end; row += 1) {
    found.add(chronicle.entity.get(row));
  }
  return [...found];
}

/** When places were, and how many transitions there are up to them. */
function when(chronicle: Chronicle, seqs: readonly number[]): When[] {
  return seqs.map((seq) => {
    const row = chronicle.rowAt(seq);
    const at = chronicle.at.get(Math.max(row, chronicle.first));
    return { seq, at, upTo: row + 1 - chronicle.first };
  });
}

/** The place of the next transition in one direction; undefined: there is none. */
function step(chronicle: Chronicle, asked: Step): number | undefined {
  const chosen = asked.entities && new Set(asked.entities);
  const bad = numbersOf(chronicle, problems);
  const by = asked.forward ? 1 : -1;
  const here = chronicle.rowAt(asked.from);
  for (let row = here + by; row >= chronicle.first && row < chronicle.end; row += by) {
    if (chosen && !chosen.has(chronicle.entity.get(row))) continue;
    if (asked.problems && !bad.has(chronicle.type.get(row))) continue;
    return chronicle.seq.get(row);
  }
  return undefined;
}

/** Whose state is another one at B than it was at A. */
function between(chronicle: Chronicle, a: number, b: number): Difference[] {
  const [start, end] = [chronicle.rowAt(Math.min(a, b)), chronicle.rowAt(Math.max(a, b))];
  const stood = new Map<number, number | undefined>();
  const stands = new Map<number, number>();
  for (let row = start + 1; row <= end; row += 1) {
    const entity = chronicle.entity.get(row);
    if (!stood.has(entity)) {
      const prev = chronicle.prev.get(row);
      stood.set(
        entity,
        prev === none ? chronicle.before(entity)?.state : chronicle.state.get(prev),
      );
    }
    stands.set(entity, chronicle.state.get(row));
  }
  const word = (state: number | undefined) =>
    state === undefined ? null : chronicle.words.at(state);
  return [...stands]
    .filter(([entity, state]) => stood.get(entity) !== state)
    .map(([entity, state]) =>
      a <= b
        ? { entity, a: word(stood.get(entity)), b: word(state) }
        : { entity, a: word(state), b: word(stood.get(entity)) },
    );
}

export function answer(chronicle: Chronicle, question: Question) {
  switch (question.ask) {
    case 'density':
      return density(chronicle, question.from, question.to, question.bins);
    case 'lanes':
      return lanes(chronicle, question);
    case 'history':
      return historyOf(chronicle, question.entities, question.upTo);
    case 'edges':
      return edgeCounts(chronicle, question);
    case 'dwell':
      return dwell(chronicle, question);
    case 'step':
      return step(chronicle, question);
    case 'between':
      return between(chronicle, question.a, question.b);
    case 'found':
      return found(chronicle, question.types, question.upTo);
    case 'stirred':
      return stirred(chronicle, question.from, question.to);
    case 'when':
      return when(chronicle, question.seqs);
    case 'after': {
      const row = chronicle.rowAtTime(question.at) + 1;
      return row < chronicle.end ? chronicle.at.get(row) : question.at;
    }
    default:
      return question satisfies never;
  }
}

function numbersOf(chronicle: Chronicle, words: ReadonlySet<string>): Set<number> {
  return new Set([...words].flatMap((word) => chronicle.words.find(word) ?? []));
}
