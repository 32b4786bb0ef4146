import { isAcknowledged } from '../../../domain/losses/acknowledged.ts';
import {
  acknowledgedWords,
  backWords,
  isServed,
  lossesByService,
  lossesByZone,
  type ServiceLoss,
  type ZoneLoss,
} from '../../../domain/losses/losses.ts';
import { formatCount, formatSpan } from '../format/format-time.ts';
import type { AgentModel } from './agent-model.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Issue } from './issues.ts';
import { isPresent } from './state-styles.ts';

/**
 * The losses of zones and of services, as issues, and services of which no instance is live: `urgent` are those, and
 * zones that lost more agents than they have. `doubtful`: the agents with instances that are not live.
 */
export function lossIssues(
  gone: readonly AgentModel[],
  doubtful: readonly AgentModel[],
  slots: readonly AgentModel[],
  fleet: FleetModel,
): readonly [urgent: readonly Issue[], others: readonly Issue[]] {
  const known = fleet.controls.policy?.note.acknowledged ?? [];
  const { yes: acknowledged = [], no: lost = [] } = Object.groupBy(
    gone.map((slot) => ({
      ...slot,
      ...{ run: slot.entityState.entity.run, since: slot.entityState.since },
      instances: fleet.lostWith(slot),
    })),
    (one) => (isAcknowledged(one, known) ? 'yes' : 'no'),
  );
  const inZone = Map.groupBy(
    lost.length > 0 ? slots.filter(({ status }) => isPresent(status)) : [],
    ({ zone }) => zone,
  );
  const losses = {
    ...{ lost, acknowledged },
    remaining: {
      agentsIn: (zone: string) => inZone.get(zone)?.length ?? 0,
      backIn: (zone: string, since: number) =>
        (inZone.get(zone) ?? [])
          .filter(({ cameBack }) => cameBack >= since)
          .map(({ host, agent }) => `${host}/${agent}`),
      instancesOf: fleet.names.instancesOf,
      down: () => downServices(fleet.isPart ? [] : doubtful, slots),
    },
  };
  const { no: none = [], yes: some = [] } = Object.groupBy(lossesByService(losses), (one) =>
    fleet.isPart || isServed(one) ? 'yes' : 'no',
  );
  const { yes: fallen = [], no: other = [] } = Object.groupBy(
    lossesByZone(losses),
    ({ agents, left }) => (agents.length > left ? 'yes' : 'no'),
  );
  const issuesOf = (services: readonly ServiceLoss[], zones: readonly ZoneLoss[]) => [
    ...services.map((one) => serviceIssue(one, fleet)),
    ...zones.map((one) => zoneIssue(one, fleet)),
  ];
  return [issuesOf(none, fallen), issuesOf(some, other)];
}

/** The services of which no instance is live and one is dubious or failing, each since when. */
function downServices(
  doubtful: readonly AgentModel[],
  slots: readonly AgentModel[],
): ReadonlyMap<string, number> {
  const down = new Map<string, number>();
  for (const { instances } of doubtful)
    for (const { service, status, since } of instances)
      if (status !== 'draining') down.set(service, Math.max(since, down.get(service) ?? since));
  for (const { instances } of slots) {
    if (down.size === 0) break;
    for (const { service, status, reason } of instances)
      if (status === 'live' || status === 'unverified' || reason === 'unobserved')
        down.delete(service);
  }
  return down;
}

/** Where it is not known how many there were, or not yet, the total is left out. */
function zoneIssue(of: ZoneLoss, { isPart, isLoading }: FleetModel): Issue {
  const { zone, agents, instances, acknowledged, left, from, to } = of;
  const lost = agents.length;
  const isUnknown = isPart || isLoading;
  return {
    ...lossIssue(zone === '' ? 'no zone' : `zone ${zone}`, from, isPart),
    reason: `${isUnknown ? '' : `${lost} of `}${formatCount(lost + (isUnknown ? 0 : acknowledged + left), 'agent')}, ${formatCount(instances, 'instance')}, removed ${formatSpan(from, to)}, ${backWords(of)}${acknowledgedWords(acknowledged)}`,
    filter: zone === '' ? 'state:gone' : `state:gone zone:${zone}`,
    acknowledge: { zone, until: to },
  };
}

function serviceIssue(
  { service, lost, acknowledged, left, isDown, from, to }: ServiceLoss,
  { isPart, isLoading }: FleetModel,
): Issue {
  const all = left + lost + acknowledged;
  const of = formatCount(all, 'instance');
  const there = left === all ? of : `${left || 'none'} left${isLoading ? '' : ` of ${of}`}`;
  const now = isPart ? '' : `${there}${isDown ? ', none live' : ''}${lost > 0 ? ', ' : ''}`;
  return {
    ...lossIssue(`service ${service}`, from, isPart),
    ...(lost === 0 && { status: 'dubious' }),
    reason: `${now}${lost > 0 ? `${lost} removed ${formatSpan(from, to)}` : ''}${acknowledgedWords(acknowledged)}`,
    filter: `service:${service}`,
  };
}

const lossIssue = (title: string, since: number, isPart: boolean) => ({
  ...{ key: `lost ${title}`, status: 'lost', title, since },
  next: isPart ? 'what is left is unknown' : '',
});
