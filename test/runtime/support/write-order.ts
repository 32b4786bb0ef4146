import type { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import type { AgentProcess, FleetInMemory } from './fleet-in-memory.ts';

/** What is not in order in a slot in which these agents are alive, with what each of them runs. */
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
  const stands = Object.keys(fleet.instances(place));
  const gone = fleet.record(place).kind === 'absent' && stands.length === 0;
  return gone ? [] : [`${place} is ${fleet.phase(place)} with ${stands}, and nobody is there`];
}

function disorderOfAgent(
  place: string,
  { agent: { run, state } }: AgentProcess,
  runs: readonly InstanceSpec[],
  fleet: FleetInMemory,
): readonly string[] {
  const stands = Object.entries(fleet.instances(place)).map(([name, of]) => `${name} of ${of}`);
  const wanted = runs.map(({ service, id }) => `${service}/${id} of ${run}`).sort();
  return [
    ...(state === 'serving' ? [] : [`${run} in ${place} is ${state}`]),
    ...(fleet.holder(place) === run ? [] : [`${place} names ${fleet.holder(place)}, not ${run}`]),
    ...(fleet.phase(place) === 'live' ? [] : [`${place} is ${fleet.phase(place)}`]),
    ...(fleet.leaseStands(place, run) ? [] : [`${run} has no lease`]),
    ...(`${stands}` === `${wanted}` ? [] : [`${place} has ${stands}, wants ${wanted}`]),
  ];
}
