import type { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import type { AgentProcess, FleetInMemory } from './fleet-in-memory.ts';

/** The faults of a slot with these live agents and their instances. */
export function disorderOf(
  place: string,
  alive: ReadonlyMap<AgentProcess, readonly InstanceSpec[]>,
  fleet: FleetInMemory,
): readonly string[] {
  const [one, ...others] = alive;
  if (others.length > 0) return [`${alive.size} agents in ${place}`];
  return one ? disorderOfAgent(place, ...one, fleet) : disorderOfNobody(place, fleet);
}

function disorderOfNobody(place: string, fleet: FleetInMemory): readonly string[] {
  const instances = Object.keys(fleet.instances(place));
  const gone = fleet.record(place).kind === 'absent' && instances.length === 0;
  return gone ? [] : [`${place} is ${fleet.phase(place)} with ${instances}, and nobody is there`];
}

function disorderOfAgent(
  place: string,
  { agent: { run, state } }: AgentProcess,
  runs: readonly InstanceSpec[],
  fleet: FleetInMemory,
): readonly string[] {
  const instances = Object.entries(fleet.instances(place)).map(([name, of]) => `${name} of ${of}`);
  const wanted = runs.map(({ service, id }) => `${service}/${id} of ${run}`).sort();
  return [
    ...(state === 'serving' ? [] : [`${run} in ${place} is ${state}`]),
    ...(fleet.holder(place) === run ? [] : [`${place} names ${fleet.holder(place)}, not ${run}`]),
    ...(fleet.phase(place) === 'live' ? [] : [`${place} is ${fleet.phase(place)}`]),
    ...(fleet.leaseStands(place, run) ? [] : [`${run} has no lease`]),
    ...(`${instances}` === `${wanted}` ? [] : [`${place} has ${instances}, wants ${wanted}`]),
  ];
}
