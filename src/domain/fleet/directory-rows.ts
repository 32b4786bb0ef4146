import { runState } from '../events/apply-transition.ts';
import { slotOfKey } from '../identity/registry-keys.ts';
import type { AgentRecord, InstanceRecord } from '../records/schemas.ts';
import {
  type InstanceFields,
  termOf,
  tokenOf,
  type ViewInstance,
} from '../records/stored-record.ts';
import type { Millis, Revision, WallTime } from '../time.ts';
import { activeRegistration } from './active-registration.ts';
import type { AgentView, Fleet } from './fleet.ts';
import type { AgentFacts, InstanceFacts } from './instance-facts.ts';
import {
  agentStatus,
  type DubiousReason,
  type InstanceState,
  instanceStatus,
} from './instance-status.ts';

export type { DubiousReason, InstanceState } from './instance-status.ts';

/** An instance as a consumer sees it: its record, joined with the record of its owner. */
export interface InstanceRow {
  /** Name of the service. */
  readonly service: string;
  /** Id of the instance within the service. */
  readonly id: string;
  /** Host of the agent that registered it. */
  readonly host: string;
  /** Name of that agent on its host. */
  readonly agent: string;
  /** Id of the run that owns it. */
  readonly run: string;
  /** Fencing token: never runs backwards for one `service/id` (guarantee G11 and its exception). */
  readonly token: Revision;
  /** Term of the owner; 0 if the agent's record is not that of the owner. */
  readonly term: Revision;
  /** Its state; `dubious` if it is not known that its owner is live. */
  readonly state: InstanceState;
  /** Why it is `dubious`; null for other states. */
  readonly reason: DubiousReason | null;
  /** When this state began, in milliseconds since 1970 on the clock of the process that changed it. */
  readonly since: WallTime;
  /** Address for consumers, as registered; null: none. */
  readonly address: string | null;
  /** Port for consumers, as registered; null: none. */
  readonly port: number | null;
  /** Labels, as registered. */
  readonly labels: Readonly<Record<string, string>>;
  /** Last reported health (`serving`, `failing` or `draining`), and the detail of a failure. */
  readonly health: { readonly state: InstanceRecord['state']; readonly detail: string | null };
  /** Revision of its record in the registry. */
  readonly revision: Revision;
  /**
   * Phase of the newer run that has the slot of its owner (`superseded`); null for other rows. While it
   * is `registering`, that run may still adopt the instance. Once it is `live`, it has not adopted it.
   */
  readonly successor: AgentRecord['phase'] | null;
  /**
   * Only while an operator drains it or its host: the operator as `HOST/NAME` (null: the record of the drain cannot
   * be read), the end in milliseconds since 1970 (null: until it is ended), and the reason.
   */
  readonly drain?: {
    readonly by: string | null;
    readonly until: WallTime | null;
    readonly why: string | null;
  };
  /**
   * Only for an instance that has no record any more and is kept: since when, in milliseconds since 1970 on
   * the clock of this process (guarantee G13).
   */
  readonly keptSince?: WallTime;
}

/** An agent as a consumer sees it. */
export interface AgentRow {
  /** Id of its host. */
  readonly host: string;
  /** Its name on that host. */
  readonly agent: string;
  /** Id of its current run. */
  readonly run: string;
  /** Fencing token of that run; it grows with each run of the slot. */
  readonly term: Revision;
  /** `registering`, `live`, `suspect`, `leaving` or `expired`. */
  readonly state: 'suspect' | AgentRecord['phase'];
  /** Why it is suspect or expired, or `unobserved` without a collector; otherwise null. */
  readonly reason: DubiousReason | null;
  /** When this state began, in milliseconds since 1970 on the clock of the process that changed it. */
  readonly since: WallTime;
  /** Time to live of its lease, in milliseconds. */
  readonly ttl: Millis;
  /** Number of its instance records, those of earlier runs included. */
  readonly instances: number;
  /** Revision of its record in the registry. */
  readonly revision: Revision;
}

/** Whether a collector has a seat. Without one, no process would notice a silence. */
export type CollectorPresence = boolean;

/** The agent's row; undefined where its record is absent or unreadable. */
export function toAgentRow(
  { agent, instances }: AgentView,
  fleet: Fleet,
  observed: CollectorPresence,
): AgentRow | undefined {
  if (agent?.kind !== 'stored') return undefined;
  const { record } = agent;
  return {
    host: record.host,
    agent: record.agent,
    run: record.run,
    term: termOf(agent),
    state: runState(record),
    reason: agentStatus(agentFacts(record, fleet), observed).reason,
    since: record.since,
    ttl: record.ttl,
    instances: instances.size,
    revision: agent.revision,
  };
}

/**
 * The instance's row: its record, its owner's, and the status that follows from both. Many callers share it, so none
 * can write into it.
 */
export function toInstanceRow(
  instance: ViewInstance,
  slot: AgentView,
  fleet: Fleet,
  observed: CollectorPresence,
): InstanceRow {
  const { record } = instance;
  const { agent } = slot;
  const owner = agent?.kind === 'stored' && agent.record.run === record.run ? agent : undefined;
  const facts = instanceFacts(instance, slot, fleet);
  const { state, reason, since } = instanceStatus(facts, rivalsOf(facts, fleet), observed);
  const row = {
    service: record.service,
    id: record.id,
    host: record.host,
    agent: record.agent,
    run: record.run,
    token: facts.token,
    term: owner ? termOf(owner) : 0,
    state,
    reason,
    since,
    address: record.address ?? null,
    port: record.port ?? null,
    labels: Object.freeze(record.labels),
    health: healthOf(record),
    revision: instance.revision,
    successor: reason === 'superseded' && agent?.kind === 'stored' ? agent.record.phase : null,
  };
  const drain = fleet.controls.drainOf(record);
  return Object.freeze(drain ? { ...row, drain: Object.freeze(drainFields(drain)) } : row);
}

/** The active registration of an instance's name (G11): its own, or that of another owner. */
export const activeInstance = (
  instance: ViewInstance,
  slot: AgentView,
  fleet: Fleet,
): ViewInstance => {
  const facts = instanceFacts(instance, slot, fleet);
  return activeRegistration(facts, rivalsOf(facts, fleet)).instance;
};

/** Nearly all rows have no detail, so they share one object for each state. */
const healthOf = ({ state, detail }: InstanceFields): InstanceRow['health'] =>
  detail === undefined ? healthWithoutDetail[state] : Object.freeze({ state, detail });

const healthWithoutDetail = {
  serving: Object.freeze({ state: 'serving', detail: null }),
  failing: Object.freeze({ state: 'failing', detail: null }),
  draining: Object.freeze({ state: 'draining', detail: null }),
} as const;

function drainFields(drain: Drain): InstanceRow['drain'] & object {
  if (drain.kind === 'unreadable') return { by: null, until: null, why: drain.why };
  const { by, until = null, why = null } = drain.record;
  return { by: `${by.host}/${by.agent}`, until, why };
}

type Drain = NonNullable<ReturnType<Fleet['controls']['drainOf']>>;

interface RecordFacts extends InstanceFacts {
  readonly instance: ViewInstance;
}

const agentFacts = (record: AgentRecord, fleet: Fleet): AgentFacts => ({
  run: record.run,
  phase: record.phase,
  suspect: record.suspect,
  since: record.since,
  startedAt: record.startedAt,
  isHeld: fleet.controls.holdOn(record) !== undefined,
});

function instanceFacts(
  instance: ViewInstance,
  slot: AgentView | undefined,
  fleet: Fleet,
): RecordFacts {
  const { run, state, since, registeredAt } = instance.record;
  const agent = slot?.agent;
  const drain = fleet.controls.drainOf(instance.record);
  return {
    run,
    state,
    since,
    registeredAt,
    instance,
    drainedSince: drain && (drain.kind === 'stored' ? drain.record.since : since),
    token: tokenOf(instance),
    agent: !agent
      ? 'absent'
      : agent.kind === 'unreadable'
        ? 'unreadable'
        : agentFacts(agent.record, fleet),
  };
}

/** Every registration of the instance's name. Nearly always there is one. */
function rivalsOf(facts: RecordFacts, fleet: Fleet): readonly RecordFacts[] {
  const { service, id } = facts.instance.record;
  if (!fleet.isContested(service, id)) return [facts];
  return [...fleet.named(service, id).values()].map((rival) => {
    if (rival === facts.instance) return facts;
    return instanceFacts(rival, fleet.slot(slotOfKey(rival.key)), fleet);
  });
}
