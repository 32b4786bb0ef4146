import { matchesRow, parseRowFilter } from '../../../domain/filter/row-filter.ts';
import {
  type PickPolicy,
  pickPolicies,
  selectUsable,
  type Usable,
} from '../../../domain/fleet/pick.ts';
import { type AgentModel, type InstanceNow, names } from './agent-model.ts';
import type { FleetModel } from './fleet-model.ts';
import { filterable, type InstancesFound } from './group-agents.ts';

/** A registration of a service, with its agent. */
export interface ServiceMember {
  readonly instance: InstanceNow;
  readonly slot: AgentModel;
}

/** A service: its registrations by status, by zone, and what consumers are given. */
export interface ServiceSummary {
  readonly name: string;
  /** Also the instances that were lost with an agent and are not back. */
  readonly members: readonly ServiceMember[];
  /** The number of members by status. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many of the dubious ones are contested. */
  readonly contested: number;
  /** Of each zone, the live ones of all, with the lost ones. */
  readonly zones: readonly { readonly zone: string; readonly live: number; readonly all: number }[];
  readonly agents: number;
  /** How many instances a consumer with each policy is given. */
  readonly handed: Readonly<Record<PickPolicy, number>>;
}

/** The status of an instance where it stands alone: a contested one differs from other dubious ones. */
export const statusIn = ({ status, reason }: InstanceNow): string =>
  reason === 'contested' ? reason : status;

/** The services of these agents: those with nothing to hand out first, then those with the least live share. */
export function servicesOf(
  slots: readonly AgentModel[],
  fleet: Pick<FleetModel, 'lostWith'>,
): readonly ServiceSummary[] {
  const members = new Map<string, ServiceMember[]>();
  for (const slot of slots) {
    for (const instance of [...slot.instances, ...fleet.lostWith(slot)]) {
      const known = members.get(instance.service);
      if (known) known.push({ instance, slot });
      else members.set(instance.service, [{ instance, slot }]);
    }
  }
  return [...members]
    .map(([name, all]) => summaryOf(name, all))
    .sort((a, b) => gravity(a) - gravity(b) || names.compare(a.name, b.name));
}

/** A service, and those of its registrations that match a filter. */
export interface MatchingService {
  readonly of: ServiceSummary;
  readonly matching: readonly ServiceMember[];
}

/** The services with a registration that matches a filter. */
export function matchingServices(
  all: readonly ServiceSummary[],
  text: string,
): readonly MatchingService[] {
  const filter = parseRowFilter(text);
  return all
    .map((of) => ({
      of,
      matching: of.members.filter(({ slot, instance }) =>
        matchesRow(filter, filterable(slot, instance)),
      ),
    }))
    .filter(({ matching }) => matching.length > 0);
}

/** How many instances match, of all. */
export function foundIn(
  all: readonly ServiceSummary[],
  matching: readonly MatchingService[],
): InstancesFound {
  const members = matching.flatMap((one) => one.matching);
  const found = members.filter(isRegistered).length;
  const registered = all.flatMap((one) => one.members).filter(isRegistered);
  return { found, lost: members.length - found, all: registered.length };
}

const isRegistered = ({ instance }: ServiceMember): boolean => instance.status !== 'lost';

/** The share of live instances; below 0 if consumers are given none. */
const gravity = ({ counts, members, handed }: ServiceSummary): number =>
  handed['prefer-live'] === 0 ? -1 : (counts.get('live') ?? 0) / members.length;

function summaryOf(name: string, members: readonly ServiceMember[]): ServiceSummary {
  const counts = new Map<string, number>();
  const zones = new Map<string, { zone: string; live: number; all: number }>();
  const inZone = (name: string) => {
    const zone = zones.get(name) ?? { zone: name, live: 0, all: 0 };
    zones.set(name, zone);
    return zone;
  };
  for (const { instance, slot } of members) {
    const { status } = instance;
    counts.set(status, (counts.get(status) ?? 0) + 1);
    const zone = inZone(slot.zone);
    zone.all += 1;
    if (status === 'live') zone.live += 1;
  }
  const registered = members.filter(isRegistered);
  const rows = registered.map(usableRow);
  const handed = Object.fromEntries(
    pickPolicies.map((policy) => [policy, selectUsable(rows, policy).length]),
  ) as Record<PickPolicy, number>;
  return {
    ...{ name, members, counts, handed },
    contested: members.filter(({ instance }) => statusIn(instance) === 'contested').length,
    zones: [...zones.values()].sort((a, b) => names.compare(a.zone, b.zone)),
    agents: new Set(registered.map(({ slot }) => slot.key)).size,
  };
}

/** An instance as the rule of the policies reads it. What may be live in the past counts as live. */
function usableRow({ instance, slot }: ServiceMember): Usable {
  const { service, id, status, reason, entityState } = instance;
  const { state, origin } = entityState;
  const isRegistering = slot.status === 'registering';
  return {
    ...{ service, id, token: origin[0] },
    reason: reason === '' ? null : (reason as Usable['reason']),
    state: status === 'unverified' ? 'live' : (status as Usable['state']),
    successor: reason === 'superseded' ? (isRegistering ? 'registering' : 'live') : null,
    health: { state: state === 'failing' || state === 'draining' ? state : 'serving' },
  };
}
