import { operatorEvents, problems } from './event-classes.ts';
import { gapsBetween } from './gaps.ts';
import { none } from './note-table.ts';
import type { Counted, Density, EdgeCounts } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';
import { most, numbersOf } from './transition-queries.ts';

/** The number of events in each of several equal time bins. */
export function density(log: TransitionLog, from: number, to: number, pieces: number): Density {
  const bad = numbersOf(log, problems);
  const deed = numbersOf(log, operatorEvents);
  const seat = log.words.find('seated');
  const bins = Array.from({ length: pieces }, (): [number, number] => [0, 0]);
  const marks: { at: number; seq: number; what: string }[] = [];
  const charts = new Map<string, number>();
  const span = Math.max(1, to - from);
  for (let row = log.rowAtTime(from - 1) + 1; row < log.end; row += 1) {
    const at = log.at.get(row);
    if (at > to) break;
    const bin = bins[Math.min(pieces - 1, Math.floor(((at - from) / span) * pieces))];
    const type = log.type.get(row);
    if (bin) {
      bin[0] += 1;
      if (bad.has(type)) bin[1] += 1;
    }
    const of = log.entities.at(log.entity.get(row));
    const machine = of.entity;
    const chart = log.chart.get(row);
    const seq = log.seq.get(row);
    const known = charts.get(machine);
    if (known !== undefined && known !== chart && log.prev.get(row) === none) {
      marks.push({ at, seq, what: `another chart of ${machine}` });
    }
    if (known === undefined || log.prev.get(row) === none) charts.set(machine, chart);
    if (deed.has(type) && (of.entity === 'hold' || of.entity === 'brake')) {
      const where = of.entity === 'brake' ? `zone ${of.zone}` : of.host;
      marks.push({ at, seq, what: `${machine} ${log.words.at(type)}: ${where}` });
    }
    if (type === seat && machine === 'collector') marks.push({ at, seq, what: 'a seat was taken' });
  }
  const gaps = gapsBetween(log, from, to).slice(-most);
  return { from, to, bins, marks: marks.slice(-most), gaps };
}

/** How often each edge was taken after one sequence and up to another. */
export function edgeCounts(log: TransitionLog, asked: Counted): EdgeCounts {
  const lists = new Map<number, number>();
  const chosen = asked.entities && new Set(asked.entities);
  let [transitions, last] = [0, none];
  const [start, end] = rowsAsked(log, asked);
  for (let row = start + 1; row <= end; row += 1) {
    const entity = log.entity.get(row);
    if (chosen ? !chosen.has(entity) : log.entities.at(entity).entity !== asked.machine) {
      continue;
    }
    const list = log.edges.get(row);
    lists.set(list, (lists.get(list) ?? 0) + 1);
    transitions += 1;
    last = row;
  }
  const counts: Record<string, number> = {};
  for (const [list, times] of lists) {
    for (const edge of log.edgeList(list)) {
      const word = log.words.at(edge);
      counts[word] = (counts[word] ?? 0) + times;
    }
  }
  const taken = last === none ? [] : log.edgesOf(last).map((edge) => log.words.at(edge));
  return { counts, last: taken, transitions };
}

/** The rows counted are those after the first of these, up to the second. */
function rowsAsked(log: TransitionLog, { from, to, between }: Counted): [number, number] {
  return between
    ? [log.rowAtTime(between.from - 1), log.rowAtTime(between.to)]
    : [log.rowAt(from), log.rowAt(to)];
}
