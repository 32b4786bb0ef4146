import { flapsWithin, isReturn, regranted } from '../../domain/policy/flaps.ts';
import type { ApiEntity } from '../api-types.ts';
import { none } from './note-table.ts';
import type { SlotReturns } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';

/** When the agents returned from suspicion in the 24 hours before a time, those with a return only. */
export function returnsBefore(log: TransitionLog, at: number): SlotReturns[] {
  const returned = log.words.find(regranted);
  const bySlot = new Map<string, { host: string; agent: string; times: number[] }>();
  for (let row = log.rowAtTime(at); row >= log.first; row -= 1) {
    const time = log.at.get(row);
    if (time <= at - flapsWithin) break;
    if (log.type.get(row) !== returned || !isReturn(regranted, wasSuspect(log, row))) continue;
    const { host, agent } = log.entities.at(log.entity.get(row)) as Run;
    const key = `${host}\n${agent}`;
    const known = bySlot.get(key) ?? { host, agent, times: [] };
    bySlot.set(key, known);
    known.times.push(time);
  }
  return [...bySlot.values()];
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
