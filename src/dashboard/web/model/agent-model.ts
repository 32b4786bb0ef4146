import { activeRegistration } from '../../../domain/fleet/active-registration.ts';
import type { AgentFacts } from '../../../domain/fleet/instance-facts.ts';
import {
  agentStatus,
  type InstanceState,
  instanceStatus,
} from '../../../domain/fleet/instance-status.ts';
import type { Observation } from '../../../domain/fleet/observation.ts';
import type { LostInstance } from '../../../domain/losses/losses.ts';
import type { ApiEntity } from '../../api-types.ts';
import {
  agentFacts,
  type HistoryFacts,
  instanceFacts,
  type NamedState,
  recordedRun,
  verified,
} from '../../history/status-facts.ts';
import { isPresent, runStatus } from './state-styles.ts';

/** The state of an entity at the page's moment. */
export interface EntityState extends NamedState {
  readonly number: number;
  readonly chart: string;
}

/**
 * `unverified`: it would be live, but it is not known whether a collector observed it.
 */
type InstanceStatus = InstanceState | 'unverified';

export interface InstanceNow {
  readonly entityState: EntityState;
  readonly service: string;
  readonly id: string;
  readonly run: string;
  /** `lost`: it was removed with its agent and is not back. */
  readonly status: InstanceStatus | 'lost';
  /** Why it is dubious or failing; empty: it is not. */
  readonly reason: string;
  /** When its row in `ps` began this status. */
  readonly since: number;
  /** The same, or when the last suspicion of its agent ended: `why` says this time too. */
  readonly unbrokenSince: number;
  /** The active registration of its name, if that is another one. */
  readonly active: EntityState | undefined;
}

/** How many instances have each status; `contested` are also counted as dubious. */
export interface InstanceCounts extends Readonly<Record<InstanceStatus, number>> {
  readonly contested: number;
}

/** An agent: its current or last run, and its instances. */
export interface AgentModel {
  readonly key: string;
  readonly host: string;
  /** The same for all agents of a host: comparing names in a row of thousands is slow. */
  readonly hostNumber: number;
  readonly agent: string;
  readonly entityState: EntityState;
  readonly status: string;
  readonly reason: string;
  readonly zone: string;
  /** When it came back after it was lost; -1: it was not lost, or it left since. */
  readonly cameBack: number;
  readonly instances: readonly InstanceNow[];
  readonly counts: InstanceCounts;
}

/** The entities of one agent. */
export interface AgentEntities {
  readonly key: string;
  readonly host: string;
  readonly hostNumber: number;
  readonly agent: string;
  readonly runs: Map<string, EntityState>;
  readonly instances: Map<number, EntityState>;
  /** Its instances that were removed because their owner was declared dead. */
  readonly removed: Map<number, EntityState>;
  /** The instances by name; undefined: one was added or removed since. */
  order: readonly number[] | undefined;
  /** The last model that was built. */
  now: AgentModel | undefined;
  /** The index among all slots, sorted by name. */
  position: number;
}

export const emptySlot = (
  key: string,
  host: string,
  hostNumber: number,
  agent: string,
): AgentEntities => ({
  ...{ key, host, hostNumber, agent },
  runs: new Map(),
  instances: new Map(),
  removed: new Map(),
  order: undefined,
  now: undefined,
  position: 0,
});

/** What a slot's status depends on outside the slot. */
export interface SlotContext {
  readonly isHeld: boolean;
  readonly observation: Observation;
  /** Other registrations of an instance's name, with their agents. */
  rivals(number: number): readonly HistoryFacts<EntityState>[];
  /** Since when an operator drains an instance or its host; undefined: no operator does. */
  drainedSince(of: ApiEntity): number | undefined;
}

/** An agent as it is at the moment; undefined: it has no run. */
export function slotNow(slot: AgentEntities, context: SlotContext): AgentModel | undefined {
  const current = recordedRun(slot.runs.values());
  const entityState = current ?? lastRun(slot.runs);
  if (!entityState) return undefined;
  const { isHeld, observation } = context;
  const agent = current && agentFacts(current, isHeld);
  // A run that was suspect before is in its state since the suspicion ended.
  const refutedAt = current && current.origin[1] > 0 ? current.since : 0;
  slot.order ??= ordered(slot.instances);
  const counts = { live: 0, dubious: 0, failing: 0, draining: 0, unverified: 0, contested: 0 };
  const instances: InstanceNow[] = [];
  for (const number of slot.order) {
    const one = slot.instances.get(number);
    const now = one && instanceNow(one, agent, context, refutedAt);
    if (!now) continue;
    instances.push(now);
    counts[now.status] += 1;
    if (now.reason === 'contested') counts.contested += 1;
  }
  const { status, reason } = agent
    ? verified(agentStatus(agent, observation !== 'unobserved'), observation)
    : { status: runStatus(entityState.state), reason: '' };
  return {
    key: slot.key,
    host: slot.host,
    hostNumber: slot.hostNumber,
    agent: slot.agent,
    entityState,
    status,
    reason,
    zone: entityState.note.zone ?? '',
    cameBack: cameBack(slot.runs),
    instances,
    counts,
  };
}

/** Compares names: `h2` is before `h10`. */
export const names = new Intl.Collator('en', { numeric: true });
export const byName = (a: AgentEntities, b: AgentEntities): number =>
  names.compare(a.host, b.host) || names.compare(a.agent, b.agent);

function ordered(instances: ReadonlyMap<number, EntityState>): number[] {
  const named = [...instances].map(([number, { entity }]) =>
    entity.entity === 'instance'
      ? ([number, entity.service, entity.id] as const)
      : ([number, '', ''] as const),
  );
  named.sort(([, a, c], [, b, d]) => names.compare(a, b) || names.compare(c, d));
  return named.map(([number]) => number);
}

function instanceNow(
  entityState: EntityState,
  agent: AgentFacts | undefined,
  { observation, rivals, drainedSince }: SlotContext,
  refutedAt: number,
): (InstanceNow & { readonly status: InstanceStatus }) | undefined {
  const facts = instanceFacts(entityState, agent, drainedSince(entityState.entity));
  const { entity, number } = entityState;
  if (!facts || entity.entity !== 'instance') return undefined;
  const { service, id, run } = entity;
  const all = [facts, ...rivals(number)];
  const result = instanceStatus(facts, all, observation !== 'unobserved');
  const { status, reason } = verified(result, observation);
  const active = activeRegistration(facts, all).current;
  return {
    ...{ entityState, service, id, run, status },
    reason: status === 'failing' ? (entityState.note.why ?? '') : reason,
    since: result.since,
    unbrokenSince: status === 'live' ? Math.max(result.since, refutedAt) : result.since,
    active: active === entityState ? undefined : active,
  };
}

export const lostInstance = (
  entityState: EntityState,
  { service, id, run }: LostInstance & Pick<InstanceNow, 'run'>,
): InstanceNow => {
  const { since } = entityState;
  return {
    ...{ entityState, service, id, run, since },
    ...{ status: 'lost', reason: '', unbrokenSince: since, active: undefined },
  };
};

/** When an agent came back after a run was lost; -1: none was. A run that leaves ends that. */
function cameBack(runs: ReadonlyMap<string, EntityState>): number {
  let [back, wasLost] = [-1, false];
  if (runs.size < 2) return back;
  for (const { state, startedAt } of [...runs.values()].sort((a, b) => a.startedAt - b.startedAt)) {
    const status = runStatus(state);
    if (wasLost) back = startedAt;
    if (status === 'left') back = -1;
    wasLost = status === 'gone' || status === 'expired';
  }
  return back;
}

/** The run that ended last. */
function lastRun(runs: ReadonlyMap<string, EntityState>): EntityState | undefined {
  let best: EntityState | undefined;
  for (const one of runs.values()) {
    if (isPresent(runStatus(one.state))) return one;
    if (!best || one.since > best.since || (one.since === best.since && one.seq > best.seq)) {
      best = one;
    }
  }
  return best;
}
