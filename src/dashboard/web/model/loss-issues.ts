import { isAcknowledged } from '../../../domain/losses/acknowledged.ts';
import {
  type LostAgent,
  lossesByService,
  lossesByZone,
  type ServiceLoss,
  type ZoneLoss,
  zoneLossCounts,
} from '../../../domain/losses/losses.ts';
import { formatCount, formatSpan } from '../format/format-time.ts';
import type { AgentModel, InstanceNow } from './agent-model.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Issue } from './issues.ts';
import { isPresent } from './state-styles.ts';

/** The losses of zones and of services, as issues; `none`: of services of which no instance is live. */
export function lossIssues(
  lost: readonly AgentModel[],
  slots: readonly AgentModel[],
  fleet: FleetModel,
): readonly [none: readonly Issue[], others: readonly Issue[]] {
  if (lost.length === 0) return [[], []];
  const acknowledged = fleet.controls.policy?.note.acknowledged ?? [];
  const agents = lost
    .map((slot) => toLostAgent(slot, fleet))
    .filter((one) => !isAcknowledged(one, acknowledged));
  const inZone = new Map<string, number>();
  const back: AgentModel[] = [];
  for (const slot of slots) {
    if (!isPresent(slot.status)) continue;
    inZone.set(slot.zone, (inZone.get(slot.zone) ?? 0) + 1);
    if (slot.cameBack >= 0) back.push(slot);
  }
  const remaining = {
    agentsIn: (zone: string) => inZone.get(zone) ?? 0,
    backIn: (zone: string, since: number) =>
      back.filter((slot) => slot.zone === zone && slot.cameBack >= since).length,
    instancesOf: fleet.names.instancesOf,
  };
  const { isPart } = fleet;
  const none: Issue[] = [];
  const others = lossesByZone(agents, remaining).map((one) => zoneIssue(one, fleet));
  for (const one of lossesByService(agents, remaining)) {
    const isServed = isPart || slots.some(({ instances }) => instances.some(isLiveOf(one)));
    (isServed ? others : none).push(serviceIssue(one, fleet, isServed));
  }
  // What ends all of them is said once.
  const [first] = [...none, ...others];
  if (first)
    first.next = `${isPart ? 'what is left is unknown; ' : ''}losses end when they come back or leave`;
  return [none, others];
}

const toLostAgent = (slot: AgentModel, fleet: FleetModel): LostAgent => ({
  host: slot.host,
  agent: slot.agent,
  zone: slot.zone,
  run: slot.entityState.entity.run,
  since: slot.entityState.since,
  instances: fleet.lostWith(slot),
});

/** Whether an instance belongs to a service and may be live. */
const isLiveOf =
  (of: ServiceLoss) =>
  ({ service, status }: InstanceNow): boolean =>
    service === of.service && (status === 'live' || status === 'unverified');

/** Where it is not known how many there were, or not yet, the total is left out. */
function zoneIssue(of: ZoneLoss, { isPart, isLoading }: FleetModel): Issue {
  const { zone, instances, from, to } = of;
  const { lost, all, back } = zoneLossCounts(of);
  const isUnknown = isPart || isLoading;
  return {
    key: `lost zone ${zone}`,
    status: 'lost',
    title: zone === '' ? 'no zone' : `zone ${zone}`,
    reason: `${isUnknown ? '' : `${lost} of `}${formatCount(isUnknown ? lost : all, 'agent')}, ${formatCount(instances, 'instance')}, removed ${formatSpan(from, to)}, ${back}`,
    since: from,
    next: '',
    at: null,
    slots: [],
    filter: zone === '' ? 'state:gone' : `state:gone zone:${zone}`,
    acknowledge: { zone, until: to },
  };
}

function serviceIssue(
  { service, lost, left, from, to }: ServiceLoss,
  { isPart, isLoading }: FleetModel,
  isServed: boolean,
): Issue {
  const of = isLoading ? '' : ` of ${formatCount(left + lost, 'instance')}`;
  const live = isServed || left === 0 ? '' : ', none live';
  return {
    key: `lost service ${service}`,
    status: 'lost',
    title: `service ${service}`,
    reason: `${isPart ? '' : `${left || 'none'} left${of}${live}, `}${lost} removed ${formatSpan(from, to)}`,
    since: from,
    next: '',
    at: null,
    slots: [],
    filter: `service:${service}`,
  };
}
