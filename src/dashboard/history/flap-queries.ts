import { countFlaps, FlapTimes, flapEvents, flapsReadWithin } from '../../domain/policy/flaps.ts';
import type { ApiEntity } from '../api-types.ts';
import { none } from './note-table.ts';
import type { SlotFlaps } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';

/** The agents that flapped in the 24 hours before a time. */
export function flapsAt(log: TransitionLog, at: number): SlotFlaps[] {
  const rows = candidatesOf(log);
  const bySlot = new Map<string, { host: string; agent: string; flaps: FlapTimes }>();
  let n = rows.length;
  while (n > 0 && log.at.get(rows[n - 1] ?? none) > at - flapsReadWithin) n -= 1;
  for (; n < rows.length; n += 1) {
    const row = rows[n] ?? none;
    const time = log.at.get(row);
    if (time > at) break;
    const { entity, host, agent } = log.entities.at(log.entity.get(row)) as Run;
    if (entity !== 'run') continue;
    const type = log.words.at(log.type.get(row));
    const key = `${host}\n${agent}`;
    const slot = bySlot.get(key) ?? { host, agent, flaps: new FlapTimes() };
    if (type !== 'started') bySlot.set(key, slot);
    slot.flaps.take(type, wasSuspect(log, row), time);
  }
  return [...bySlot.values()].flatMap(({ host, agent, flaps: { times } }) => {
    const counts = countFlaps(times, at);
    return counts.day === 0 ? [] : [{ host, agent, ...counts, last: times.at(-1) ?? at }];
  });
}

interface Candidates {
  /** Looked at: the rows from `first` to before `end`. */
  first: number;
  end: number;
  rows: number[];
}

const known = new WeakMap<TransitionLog, Candidates>();

/** The rows with an event of a flap. They are few, so each row is looked at only once, not for each query. */
function candidatesOf(log: TransitionLog): readonly number[] {
  const types = new Set(flapEvents.map((one) => log.words.find(one)));
  const found = known.get(log) ?? { first: log.first, end: log.first, rows: [] };
  known.set(log, found);
  const between = (from: number, to: number) => {
    const rows: number[] = [];
    for (let row = from; row < to; row += 1) if (types.has(log.type.get(row))) rows.push(row);
    return rows;
  };
  if (log.first < found.first) found.rows = between(log.first, found.first).concat(found.rows);
  for (const row of between(found.end, log.end)) found.rows.push(row);
  found.first = log.first;
  found.end = log.end;
  return found.rows;
}

type Run = Extract<ApiEntity, { entity: 'run' }>;

/** Whether the run of a row was suspect before it. */
function wasSuspect(log: TransitionLog, row: number): boolean {
  const entity = log.entity.get(row);
  const prev = log.prev.get(row);
  const state = prev === none ? log.before(entity)?.state : log.state.get(prev);
  return state !== undefined && log.words.at(state).includes('sight.suspect');
}
