import { InstanceLanes } from './instance-lanes.ts';
import { none } from './note-table.ts';
import type { Difference } from './query-types.ts';
import type { TransitionLog } from './transition-log.ts';

/**
 * The entities whose state at B differs from their state at A. An instance has the status that screens show: a silent
 * owner, a hold, a drain or another registration of its name changes it without an event of its own.
 */
export function diffStates(log: TransitionLog, a: number, b: number): Difference[] {
  const [start, end] = [log.rowAt(Math.min(a, b)), log.rowAt(Math.max(a, b))];
  const { size } = log.entities;
  /** The last rows at both moments, by entity. */
  const [first, last] = [new Array<number>(size), new Array<number>(size)];
  const changed: number[] = [];
  for (let row = start + 1; row <= end; row += 1) {
    const entity = log.entity.get(row);
    if (last[entity] === undefined) {
      first[entity] = log.prev.get(row);
      changed.push(entity);
    }
    last[entity] = row;
  }
  const moments = [
    { row: start, last: first },
    { row: end, last },
  ] as const;
  const [before, after] = new InstanceLanes(log).statusesAt(moments, changed);
  const stateAt = (entity: number, rows: readonly number[]) => {
    const row = rows[entity] ?? none;
    const state = row === none ? log.before(entity)?.state : log.state.get(row);
    return state === undefined ? null : log.words.at(state);
  };
  return [...new Set([...changed, ...after.keys()])].flatMap((entity) => {
    const was = before.get(entity) ?? stateAt(entity, first);
    const is = after.get(entity) ?? stateAt(entity, last);
    if (certain(was) === certain(is)) return [];
    const row = last[entity] ?? none;
    const zone = row === none ? undefined : log.noteOf(log.note.get(row)).zone;
    return { entity, ...(a <= b ? { a: was, b: is } : { a: is, b: was }), zone };
  });
}

/** That it is not known whether a collector observed an instance is no change of the instance. */
const certain = (status: string | null) => (status === 'unverified' ? 'live' : status);
