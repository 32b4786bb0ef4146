import type { AgentView } from '../fleet/fleet.ts';
import type { Unreadable, ViewInstance } from '../records/stored-record.ts';

/**
 * The instances whose owner is not the current run of the slot: superseded, or orphaned without an agent
 * record. An unreadable agent record makes no leftovers, since the owner is unknown. Instances of an
 * expired run are removed with it.
 */
export const leftoversOf = <I extends ViewInstance>(slot: AgentView<I>): readonly I[] =>
  [...slot.instances.values()].filter((read): read is I => isLeftover(slot, read));

/** Whether this instance of the slot is one of {@link leftoversOf}. */
export function isLeftover(
  { agent }: Pick<AgentView, 'agent'>,
  read: ViewInstance | Unreadable,
): boolean {
  if (agent?.kind === 'unreadable' || agent?.record.phase === 'expired') return false;
  return read.kind === 'stored' && read.record.run !== agent?.record.run;
}
