import type { Process, State } from './state.ts';
import { at } from './store.ts';

/**
 * Nothing is left to do: live processes serve their instances, and all others have no records.
 * A frozen process counts as dead: the rest must converge without it.
 */
export function isClean(state: State): boolean {
  const { slot, instances, flight, processes } = state;
  if (flight.length > 0 || state.hold.stands) return false;
  const serving = processes.filter(({ life }) => life === 'up');
  if (!serving.every((process) => isServing(state, process))) return false;
  if (slot.run < 0) return serving.length === 0 && instances.every(({ owner }) => owner < 0);
  const holder = at(processes, at(state.runs, slot.run).process);
  return holder.life === 'up' && holder.run === slot.run && !slot.suspect;
}

/** Exactly the wanted records of the process exist. */
function isServing({ slot, lease, instances }: State, process: Process): boolean {
  const { session, run, holds, task, queue, inDoubt, wants } = process;
  if (session !== 'serving' || slot.run !== run || slot.phase !== 'live') return false;
  if (!holds || at(lease, run) !== 'moving' || inDoubt || task || queue.length > 0) return false;
  return instances.every(({ owner }, key) => owner === (wants & (1 << key) ? run : -1));
}
