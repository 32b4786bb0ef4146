import { problems } from './event-classes.ts';
import { InstanceLanes } from './instance-lanes.ts';
import { none } from './note-table.ts';
import type { Lane, Lanes, Step, Transition, When } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';

/** So many rows at most are an answer. */
export const most = 400;

function transitionAt(chronicle: TransitionLog, row: number): Transition {
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

/** The newest transitions of some entities up to a place, newest first. */
export function historyOf(chronicle: TransitionLog, entities: readonly number[], upTo: number) {
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
export function byType(
  chronicle: TransitionLog,
  types: readonly string[],
  upTo: number,
): Transition[] {
  const wanted = numbersOf(chronicle, new Set(types));
  const all: Transition[] = [];
  for (let row = chronicle.rowAt(upTo); row >= chronicle.first && all.length < most; row -= 1) {
    if (wanted.has(chronicle.type.get(row))) all.push(transitionAt(chronicle, row));
  }
  return all;
}

export function lanes(chronicle: TransitionLog, { entities, from, to }: Lanes): Lane[] {
  const [start, end] = [chronicle.rowAtTime(from - 1), chronicle.rowAtTime(to)];
  let instances: InstanceLanes | undefined;
  return entities.map((entity) => {
    const of = chronicle.entities.at(entity);
    if (of.entity === 'instance') {
      instances ??= new InstanceLanes(chronicle);
      return instances.laneOf(entity, of, from, to);
    }
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
export function activeEntities(chronicle: TransitionLog, from: number, to: number): number[] {
  const found = new Set<number>();
  const end = chronicle.rowAtTime(to);
  for (let row = chronicle.rowAtTime(from - 1) + 1; row <= end; row += 1) {
    found.add(chronicle.entity.get(row));
  }
  return [...found];
}

/** When places were, and how many transitions there are up to them. */
export function timesOf(chronicle: TransitionLog, seqs: readonly number[]): When[] {
  return seqs.map((seq) => {
    const row = chronicle.rowAt(seq);
    const at = chronicle.at.get(Math.max(row, chronicle.first));
    return { seq, at, upTo: row + 1 - chronicle.first };
  });
}

/** The place of the next transition in one direction; undefined: there is none. */
export function step(chronicle: TransitionLog, asked: Step): number | undefined {
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

export function numbersOf(chronicle: TransitionLog, words: ReadonlySet<string>): Set<number> {
  return new Set([...words].flatMap((word) => chronicle.words.find(word) ?? []));
}
