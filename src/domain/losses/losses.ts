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
  /** Its other lost agents, which an operator has acknowledged. */
  readonly acknowledged: number;
  /** Agents that are in the zone now. */
  readonly left: number;
  /** Those of them that were lost and came back since the first loss, as `host/agent`. */
  readonly back: readonly string[];
  /** When the first and the last of them were lost. */
  readonly from: WallTime;
  readonly to: WallTime;
}

/** A service that has fewer instances than it had, because of losses, or of which no instance is live. */
export interface ServiceLoss {
  readonly service: string;
  readonly lost: number;
  /** Its other lost instances, which an operator has acknowledged. */
  readonly acknowledged: number;
  /** Instances that are registered now; 0: none is left. */
  readonly left: number;
  /** Whether none of them is live. */
  readonly isDown: boolean;
  /** When the first and the last of them were lost; without losses, since when none is live. */
  readonly from: WallTime;
  readonly to: WallTime;
}

/** How many agents and instances are there now. */
export interface Remaining {
  readonly agentsIn: (zone: string) => number;
  /** The agents of a zone that were lost and came back, at `since` or later, as `host/agent`. */
  readonly backIn: (zone: string, since: WallTime) => readonly string[];
  readonly instancesOf: (service: string) => number;
  /** The services with instances of which none is live and one is dubious or failing, each since when. */
  readonly down: () => ReadonlyMap<string, WallTime>;
}

/** The losses that need attention, those that an operator has acknowledged, and what is there. */
export interface OpenLosses {
  readonly lost: readonly LostAgent[];
  readonly acknowledged: readonly LostAgent[];
  readonly remaining: Remaining;
}

/** The losses of each zone, the latest first. */
export function lossesByZone({
  lost,
  acknowledged,
  remaining: { agentsIn, backIn },
}: OpenLosses): readonly ZoneLoss[] {
  return [...Map.groupBy(lost, ({ zone }) => zone)]
    .map(([zone, agents]) => {
      const span = spanOf(agents);
      return {
        zone,
        agents,
        instances: agents.reduce((sum, { instances }) => sum + instances.length, 0),
        acknowledged: acknowledged.filter((one) => one.zone === zone).length,
        left: agentsIn(zone),
        back: backIn(zone, span.from),
        ...span,
      };
    })
    .sort((a, b) => b.to - a.to);
}

/**
 * The losses of each service, and the services of which no instance is live. Those are first; then by the number
 * lost.
 */
export function lossesByService({
  lost,
  acknowledged,
  remaining,
}: OpenLosses): readonly ServiceLoss[] {
  const open = timesByService(lost);
  const known = timesByService(acknowledged);
  const down = remaining.down();
  return [...new Set([...down.keys(), ...open.keys()])]
    .map((service) => {
      const times = open.get(service) ?? [];
      const since = down.get(service);
      return {
        service,
        lost: times.length,
        acknowledged: known.get(service)?.length ?? 0,
        left: remaining.instancesOf(service),
        isDown: since !== undefined,
        ...spanOf(times.length > 0 ? times : [{ since: since ?? 0 }]),
      };
    })
    .sort((a, b) => Number(isServed(a)) - Number(isServed(b)) || b.lost - a.lost);
}

/** Whether an instance of the service may be live. */
export const isServed = ({ left, isDown }: ServiceLoss): boolean => left > 0 && !isDown;

/** The times of the losses of instances, by service. */
const timesByService = (lost: readonly LostAgent[]) =>
  Map.groupBy(
    lost.flatMap(({ since, instances }) => instances.map(({ service }) => ({ service, since }))),
    ({ service }) => service,
  );

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

/** Which agents came back, for people: `none back`, or `2 back: h1/a, h2/a`, with three names at most. */
export const backWords = ({ back }: Pick<ZoneLoss, 'back'>): string =>
  back.length === 0 ? 'none back' : `${back.length} back: ${back.slice(0, 3).join(', ')}`;

/** `, 2 more acknowledged`; empty without any. */
export const acknowledgedWords = (count: number): string =>
  count > 0 ? `, ${count} more acknowledged` : '';

const spanOf = (all: readonly { readonly since: WallTime }[]) => ({
  from: all.reduce((least, { since }) => Math.min(least, since), Infinity),
  to: all.reduce((most, { since }) => Math.max(most, since), 0),
});
