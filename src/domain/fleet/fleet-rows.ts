import { type AgentRow, type InstanceRow, toAgentRow, toInstanceRow } from './directory-rows.ts';
import type { Fleet } from './fleet.ts';
import { compareAgents, compareInstances } from './row-order.ts';

export interface FleetRows {
  readonly instances: readonly InstanceRow[];
  readonly agents: readonly AgentRow[];
}

/**
 * The rows of a fleet at a past moment, in a stable order.
 *
 * No record tells whether a collector watched at that moment, so no row is dubious as `unobserved`.
 */
export function fleetRows(fleet: Fleet): FleetRows {
  const instances: InstanceRow[] = [];
  const agents: AgentRow[] = [];
  for (const slot of fleet.slots()) {
    const agent = toAgentRow(slot, fleet, true);
    if (agent) agents.push(agent);
    for (const read of slot.instances.values()) {
      if (read.kind === 'stored') instances.push(toInstanceRow(read, slot, fleet, true));
    }
  }
  return {
    instances: instances.toSorted(compareInstances),
    agents: agents.toSorted(compareAgents),
  };
}
