import type { ApiEntity } from '../../../api-types.ts';
import type { EntityState } from '../../model/agent-model.ts';
import type { FleetModel } from '../../model/fleet-model.ts';
import { isSeatless } from '../../model/gc-pipeline.ts';
import { isOf, type Subject, subjectOf, writeSubject } from '../../model/subject.ts';

/** The entities that use a machine at this moment: all, and those of the selection. */
export function machineStates(fleet: FleetModel, machine: string, subject: Subject | undefined) {
  const all = statesOf(fleet, machine);
  const mine = subject ? all.filter(({ entity }) => isOf(subject, entity)) : [];
  const choices = mine.length > 0 ? mine : all;
  return {
    all,
    mine,
    choices,
    /** The parameters that select an entity's agent or instance on the other screens. */
    select(number: string): Record<string, string> {
      const one = all.find((entityState) => String(entityState.number) === number);
      const chosen = one && subjectOf(one.entity);
      return chosen ? { sel: writeSubject(chosen) } : {};
    },
  };
}

function statesOf(fleet: FleetModel, machine: string): readonly EntityState[] {
  if (machine === 'run') return fleet.slots().map(({ entityState }) => entityState);
  if (machine === 'instance') {
    return fleet
      .slots()
      .flatMap(({ instances }) => instances.map(({ entityState }) => entityState));
  }
  return fleet.of(machine as ApiEntity['entity']).filter((one) => !isSeatless(one, fleet));
}
