import type { EntityState } from '../../model/agent-model.ts';
import type { FleetModel } from '../../model/fleet-model.ts';
import { isOf, type Subject, subjectOf, writeSubject } from '../../model/subject.ts';

/** The entities that use a machine at this moment: all, and those of the selection. */
export function machineStates(roll: FleetModel, machine: string, subject: Subject | undefined) {
  const all = statesOf(roll, machine);
  const mine = subject ? all.filter(({ entity }) => isOf(subject, entity)) : [];
  const choices = mine.length > 0 ? mine : all;
  return {
    all,
    mine,
    choices,
    /** The parameters that select an entity's agent or instance on the other screens. */
    select(number: string): Record<string, string> {
      const one = all.find((stands) => String(stands.number) === number);
      const chosen = one && subjectOf(one.entity);
      return chosen ? { sel: writeSubject(chosen) } : {};
    },
  };
}

function statesOf(roll: FleetModel, machine: string): readonly EntityState[] {
  if (machine === 'run') return roll.slots().map(({ stands }) => stands);
  if (machine === 'instance') {
    return roll.slots().flatMap(({ instances }) => instances.map(({ stands }) => stands));
  }
  if (machine === 'session') return [...roll.sessions.values()];
  return [...roll.others.values()].filter(({ entity }) => entity.entity === machine);
}
