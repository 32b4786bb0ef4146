import type { ApiEntity } from '../api-types.ts';
import { entityKey } from './entity-key.ts';
import { problems } from './event-classes.ts';
import { InstanceLanes } from './instance-lanes.ts';
import { none } from './note-table.ts';
import type { Lane, Lanes, Step, Stirred, Transition, When } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';

/** Maximum number of rows in an answer. */
export const most = 400;

function transitionAt(log: TransitionLog, row: number): Transition {
  const { words, prev, state } = log;
  const entity = log.entity.get(row);
  const before = prev.get(row);
  const start = before === none ? log.before(entity)?.state : state.get(before);
  return {
    seq: log.seq.get(row),
    at: log.at.get(row),
    entity,
    type: words.at(log.type.get(row)),
    from: start === undefined ? null : words.at(start),
    to: words.at(state.get(row)),
    chart: words.at(log.chart.get(row)),
    edges: log.edgesOf(row).map((edge) => words.at(edge)),
    note: log.ownNoteOf(row),
  };
}

/** The newest transitions of some entities up to a sequence, newest first. */
export function historyOf(log: TransitionLog, entities: readonly number[], upTo: number) {
  const row = log.rowAt(upTo);
  const rows: number[] = [];
  for (const entity of entities) {
    let at = log.lastRowOf(entity);
    while (at !== none && at > row) at = log.prev.get(at);
    for (; at !== none && rows.length < most * 5; at = log.prev.get(at)) rows.push(at);
  }
  rows.sort((a, b) => b - a);
  return rows.slice(0, most).map((one) => transitionAt(log, one));
}

/** The newest transitions of some types up to a sequence, newest first. */
export function byType(log: TransitionLog, types: readonly string[], upTo: number): Transition[] {
  const wanted = numbersOf(log, new Set(types));
  const all: Transition[] = [];
  for (let row = log.rowAt(upTo); row >= log.first && all.length < most; row -= 1) {
    if (wanted.has(log.type.get(row))) all.push(transitionAt(log, row));
  }
  return all;
}

export function lanes(log: TransitionLog, { entities, from, to }: Lanes): Lane[] {
  const [start, end] = [log.rowAtTime(from - 1), log.rowAtTime(to)];
  let instances: InstanceLanes | undefined;
  // A question from before the history was read anew may have a number that the new one lacks.
  const known = entities.filter((entity) => entity < log.entities.size);
  return known.map((entity) => {
    const of = log.entities.at(entity);
    if (of.entity === 'instance') {
      instances ??= new InstanceLanes(log);
      return instances.laneOf(entity, from, to);
    }
    const steps: Lane['steps'][number][] = [];
    let row = log.lastRowOf(entity);
    while (row !== none && row > end) row = log.prev.get(row);
    for (; row !== none && row > start; row = log.prev.get(row)) {
      if (steps.length === most) break;
      const { at, to: state, type, seq } = transitionAt(log, row);
      steps.push([at, state, type, seq]);
    }
    const cut = row !== none && row > start ? log.at.get(row) : null;
    const before = row === none ? log.before(entity)?.state : log.state.get(row);
    const word = before === undefined ? null : log.words.at(before);
    const lane = { entity, start: word, steps: steps.reverse(), cut };
    return of.entity === 'session' ? endedWithRun(log, lane, of, start, end) : lane;
  });
}

/** The lane of a session. A process that is killed records no end: the end of its run ends the session. */
function endedWithRun(
  log: TransitionLog,
  lane: Lane,
  of: ApiEntity & { readonly entity: 'session' },
  start: number,
  last: number,
): Lane {
  const run = log.entities.find(entityKey({ ...of, entity: 'run' }));
  let end: number = none;
  let row = run === undefined ? none : log.lastRowOf(run);
  for (; row !== none && !log.words.at(log.state.get(row)).startsWith('present'); ) {
    if (row <= last) end = row;
    row = log.prev.get(row);
  }
  if (end === none) return lane;
  const { at, seq, type } = transitionAt(log, end);
  const before = end <= start ? [] : lane.steps.filter((step) => step[3] < seq);
  const state = before.at(-1)?.[1] ?? lane.start;
  if (state === null || state === 'fenced' || state === 'stopped') return lane;
  if (end <= start) return { ...lane, start: 'gone' };
  // What the process did after that, it recorded itself.
  const after = lane.steps.slice(before.length);
  return { ...lane, steps: [...before, [at, 'gone', type, seq], ...after] };
}

/** The entities that had a transition in a time range, each with the number of its problems there. */
export function activeEntities(log: TransitionLog, from: number, to: number): Stirred[] {
  const found = new Map<number, number>();
  const bad = numbersOf(log, problems);
  const end = log.rowAtTime(to);
  for (let row = log.rowAtTime(from - 1) + 1; row <= end; row += 1) {
    const entity = log.entity.get(row);
    found.set(entity, (found.get(entity) ?? 0) + Number(bad.has(log.type.get(row))));
  }
  return [...found];
}

/** The times of sequences, and the number of transitions up to each. */
export function timesOf(log: TransitionLog, seqs: readonly number[]): When[] {
  return seqs.map((seq) => {
    const row = log.rowAt(seq);
    const at = log.at.get(Math.max(row, log.first));
    return { seq, at, upTo: row + 1 - log.first };
  });
}

/** The sequence of the next transition in one direction; undefined: there is none. */
export function step(log: TransitionLog, asked: Step): number | undefined {
  const chosen = asked.entities && new Set(asked.entities);
  const bad = numbersOf(log, problems);
  const by = asked.forward ? 1 : -1;
  const here = log.rowAt(asked.from);
  for (let row = here + by; row >= log.first && row < log.end; row += by) {
    if (chosen && !chosen.has(log.entity.get(row))) continue;
    if (asked.problems && !bad.has(log.type.get(row))) continue;
    return log.seq.get(row);
  }
  return undefined;
}

export function numbersOf(log: TransitionLog, words: ReadonlySet<string>): Set<number> {
  return new Set([...words].flatMap((word) => log.words.find(word) ?? []));
}
