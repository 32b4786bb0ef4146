import {
  type AgentRow,
  type InstanceRow,
  toAgentRow,
  toInstanceRow,
} from '../../domain/fleet/directory-rows.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { bySlot } from '../tables/agent-table.ts';
import { byName } from '../tables/instance-table.ts';

export interface FleetRows {
  readonly instances: readonly InstanceRow[];
  readonly agents: readonly AgentRow[];
}

/** A fleet of the past as it is shown; whether somebody watched is in no record, so it is not doubted. */
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
  return { instances: instances.toSorted(byName), agents: agents.toSorted(bySlot) };
}
