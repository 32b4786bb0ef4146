import type { Slot } from '../identity/names.ts';
import { agentMapKey } from '../identity/registry-keys.ts';
import { type AgentRow, type InstanceRow, toAgentRow, toInstanceRow } from './directory-rows.ts';
import type { Fleet } from './fleet.ts';
import type { Observation } from './observation.ts';
import { compareAgents, compareInstances } from './row-order.ts';

/** The zone of an agent's run, or of the run that owns an instance; undefined if it has none, or if another run has its slot. */
export function zoneOfRow(
  { host, agent, run }: Pick<InstanceRow, 'host' | 'agent' | 'run'>,
  fleet: Fleet,
): string | undefined {
  const read = fleet.slot(agentMapKey({ host, agent } as Slot))?.agent;
  return read?.kind === 'stored' && read.record.run === run ? read.record.zone : undefined;
}

export interface FleetRows {
  readonly instances: readonly InstanceRow[];
  readonly agents: readonly AgentRow[];
}

/**
 * The rows of a fleet at a past moment, in a stable order.
 *
 * Rows are dubious as `unobserved` only if it is known that no collector observed the fleet.
 */
export function fleetRows(fleet: Fleet, observation: Observation): FleetRows {
  const isObserved = observation !== 'unobserved';
  const instances: InstanceRow[] = [];
  const agents: AgentRow[] = [];
  for (const slot of fleet.slots()) {
    const agent = toAgentRow(slot, fleet, isObserved);
    if (agent) agents.push(agent);
    for (const read of slot.instances.values()) {
      if (read.kind === 'stored') instances.push(toInstanceRow(read, slot, fleet, isObserved));
    }
  }
  return {
    instances: instances.toSorted(compareInstances),
    agents: agents.toSorted(compareAgents),
  };
}
