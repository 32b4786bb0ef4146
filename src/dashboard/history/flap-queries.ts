import { flapsWithin, isReturn, regranted } from '../../domain/policy/flaps.ts';
import type { ApiEntity } from '../api-types.ts';
import { none } from './note-table.ts';
import type { SlotReturns } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';

/** When the agents returned from suspicion in the 24 hours before a time, newest first; those with a return only. */
export function returnsBefore(log: TransitionLog, at: number): SlotReturns[] {
  const rows = candidatesOf(log);
  const bySlot = new Map<string, { host: string; agent: string; times: number[] }>();
  for (let n = rows.length - 1; n >= 0; n -= 1) {
    const row = rows[n] ?? none;
    const time = log.at.get(row);
    if (time > at) continue;
    if (time <= at - flapsWithin) break;
    if (!isReturn(regranted, wasSuspect(log, row))) continue;
    const { host, agent } = log.entities.at(log.entity.get(row)) as Run;
    const key = `${host}\n${agent}`;
    const slot = bySlot.get(key) ?? { host, agent, times: [] };
    bySlot.set(key, slot);
    slot.times.push(time);
  }
  return [...bySlot.values()];
}

interface Candidates {
  /** Looked at: the rows from `first` to before `end`. */
  first: number;
  end: number;
  rows: number[];
}

const known = new WeakMap<TransitionLog, Candidates>();

/** The rows with the event of a return. They are few, so each row is looked at only once, not for each query. */
function candidatesOf(log: TransitionLog): readonly number[] {
  const returned = log.words.find(regranted);
  if (returned === undefined) return [];
  const found = known.get(log) ?? { first: log.first, end: log.first, rows: [] };
  known.set(log, found);
  const between = (from: number, to: number) => {
    const rows: number[] = [];
    for (let row = from; row < to; row += 1) if (log.type.get(row) === returned) rows.push(row);
    return rows;
  };
  if (log.first < found.first) found.rows = between(log.first, found.first).concat(found.rows);
  for (const row of between(found.end, log.end)) found.rows.push(row);
  found.first = log.first;
  found.end = log.end;
  return found.rows;
}

type Run = Extract<ApiEntity, { entity: 'run' }>;

/** Whether a row is of a run that was suspect before it. */
function wasSuspect(log: TransitionLog, row: number): boolean {
  const entity = log.entity.get(row);
  if (log.entities.at(entity).entity !== 'run') return false;
  const prev = log.prev.get(row);
  const state = prev === none ? log.before(entity)?.state : log.state.get(prev);
  return state !== undefined && log.words.at(state).includes('sight.suspect');
}
