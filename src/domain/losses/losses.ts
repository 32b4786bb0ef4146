import type { WallTime } from '../time.ts';

/** Why a collector removes an instance whose owner was declared dead. */
export const ownerExpired = 'owner-expired';

/** An instance whose record a collector removed because its owner was declared dead. */
export interface LostInstance {
  readonly service: string;
  readonly id: string;
}

/**
 * An agent that was declared dead and did not come back, with the instances that went with it.
 *
 * A loss ends when a run takes the slot again. That run then registers what it has, or leaves.
 */
export interface LostAgent {
  readonly host: string;
  readonly agent: string;
  /** Zone of its last run; empty: none. */
  readonly zone: string;
  /** Its last run. */
  readonly run: string;
  /** When that run was declared dead or its record was removed, whichever is known. */
  readonly since: WallTime;
  /** Its removed instances of which no agent has a registration now. */
  readonly instances: readonly LostInstance[];
}

/** The lost agents of a zone. */
export interface ZoneLoss {
  readonly zone: string;
  readonly agents: readonly LostAgent[];
  readonly instances: number;
  /** Agents that are in the zone now. */
  readonly left: number;
  /** Those of them that were lost and came back since the first loss. */
  readonly back: number;
  /** When the first and the last of them were lost. */
  readonly from: WallTime;
  readonly to: WallTime;
}

/** A service that has fewer instances than it had, because of losses. */
export interface ServiceLoss {
  readonly service: string;
  readonly lost: number;
  /** Instances that are registered now; 0: none is left. */
  readonly left: number;
  readonly from: WallTime;
  readonly to: WallTime;
}

/** How many agents and instances are there now. */
export interface Remaining {
  readonly agentsIn: (zone: string) => number;
  /** How many agents of a zone were lost and came back, at `since` or later. */
  readonly backIn: (zone: string, since: WallTime) => number;
  readonly instancesOf: (service: string) => number;
}

/** The losses of each zone, the latest first. */
export function lossesByZone(
  lost: readonly LostAgent[],
  { agentsIn, backIn }: Remaining,
): readonly ZoneLoss[] {
  return [...Map.groupBy(lost, ({ zone }) => zone)]
    .map(([zone, agents]) => {
      const span = spanOf(agents);
      return {
        zone,
        agents,
        instances: agents.reduce((sum, { instances }) => sum + instances.length, 0),
        left: agentsIn(zone),
        back: backIn(zone, span.from),
        ...span,
      };
    })
    .sort((a, b) => b.to - a.to);
}

/** The losses of each service: those of which nothing is left first, then by the number lost. */
export function lossesByService(
  lost: readonly LostAgent[],
  { instancesOf }: Remaining,
): readonly ServiceLoss[] {
  const pairs = lost.flatMap((agent) => agent.instances.map(({ service }) => ({ service, agent })));
  return [...Map.groupBy(pairs, ({ service }) => service)]
    .map(([service, all]) => ({
      service,
      lost: all.length,
      left: instancesOf(service),
      ...spanOf(all.map(({ agent }) => agent)),
    }))
    .sort((a, b) => Number(a.left > 0) - Number(b.left > 0) || b.lost - a.lost);
}

/** The number of lost agents of a zone, and of its lost instances by service. */
export interface LostCount {
  readonly zone: string;
  readonly agents: number;
  readonly services: ReadonlyMap<string, number>;
}

export const countLost = (lost: readonly LostAgent[]): readonly LostCount[] =>
  [...Map.groupBy(lost, ({ zone }) => zone)].map(([zone, agents]) => {
    const services = new Map<string, number>();
    for (const { service } of agents.flatMap(({ instances }) => instances))
      services.set(service, (services.get(service) ?? 0) + 1);
    return { zone, agents: agents.length, services };
  });

/** How many agents of a zone were lost, of all that were there, and how many of the lost ones are back. */
export const zoneLossCounts = ({ agents, left, back }: ZoneLoss) => ({
  lost: agents.length + back,
  all: agents.length + left,
  back: `${back || 'none'} back`,
});

const spanOf = (agents: readonly LostAgent[]): { from: WallTime; to: WallTime } => ({
  from: agents.reduce((least, { since }) => Math.min(least, since), Number.POSITIVE_INFINITY),
  to: agents.reduce((most, { since }) => Math.max(most, since), 0),
});
