import { operatorEvents, problems } from './event-classes.ts';
import { gapsBetween } from './gaps.ts';
import { none } from './note-table.ts';
import type { Counted, Density, Difference, EdgeCounts } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';
import { most, numbersOf } from './transition-queries.ts';

/** How much happened in each of equal pieces of time. */
export function density(
  chronicle: TransitionLog,
  from: number,
  to: number,
  pieces: number,
): Density {
  const bad = numbersOf(chronicle, problems);
  const deed = numbersOf(chronicle, operatorEvents);
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
export function edgeCounts(chronicle: TransitionLog, asked: Counted): EdgeCounts {
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

/** The rows counted are those after the first of these, up to the second. */
function rowsAsked(chronicle: TransitionLog, { from, to, between }: Counted): [number, number] {
  return between
    ? [chronicle.rowAtTime(between.from - 1), chronicle.rowAtTime(between.to)]
    : [chronicle.rowAt(from), chronicle.rowAt(to)];
}

/** Whose state is another one at B than it was at A. */
export function diffStates(chronicle: TransitionLog, a: number, b: number): Difference[] {
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
