import { runState } from '../events/apply-transition.ts';
import type { AgentRecord, InstanceRecord } from '../records/schemas.ts';
import { type StoredInstance, termOf, tokenOf } from '../records/stored-record.ts';
import type { Millis, Revision, WallTime } from '../time.ts';
import type { AgentView, Fleet } from './fleet.ts';
import {
  type AgentFacts,
  agentStatus,
  type DubiousReason,
  type InstanceFacts,
  type InstanceState,
  instanceStatus,
} from './instance-status.ts';

export type { DubiousReason, InstanceState } from './instance-status.ts';

/** An instance as a consumer sees it. */
export interface InstanceRow {
  readonly service: string;
  readonly id: string;
  readonly host: string;
  readonly agent: string;
  readonly run: string;
  /** The fencing token: runs backwards for no `service/id` (G11). */
  readonly token: Revision;
  /** The owner's term; 0 where the slot's record does not name the owner. */
  readonly term: Revision;
  readonly state: InstanceState;
  readonly reason: DubiousReason | null;
  /** Since when it is in this state, on the clock of whoever changed it. */
  readonly since: WallTime;
  readonly address: string | null;
  readonly port: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: { readonly state: InstanceRecord['state']; readonly detail: string | null };
  readonly revision: Revision;
}

export interface AgentRow {
  readonly host: string;
  readonly agent: string;
  readonly run: string;
  readonly term: Revision;
  readonly state: 'suspect' | AgentRecord['phase'];
  readonly reason: DubiousReason | null;
  readonly since: WallTime;
  readonly ttl: Millis;
  readonly instances: number;
  readonly revision: Revision;
}

/** Whether a collector has a seat. Without one, nobody would notice a silence. */
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

/** The instance's row: its record, its owner's, and the status that follows from both. */
export function toInstanceRow(
  stored: StoredInstance,
  slot: AgentView,
  fleet: Fleet,
  observed: CollectorPresence,
): InstanceRow {
  const { record } = stored;
  const owner =
    slot.agent?.kind === 'stored' && slot.agent.record.run === record.run ? slot.agent : undefined;
  const facts = instanceFacts(stored, slot, fleet);
  const { state, reason, since } = instanceStatus(facts, rivalsOf(facts, fleet), observed);
  return {
    service: record.service,
    id: record.id,
    host: record.host,
    agent: record.agent,
    run: record.run,
    token: tokenOf(stored),
    term: owner ? termOf(owner) : 0,
    state,
    reason,
    since,
    address: record.address ?? null,
    port: record.port ?? null,
    labels: record.labels,
    health: { state: record.state, detail: record.detail ?? null },
    revision: stored.revision,
  };
}

interface RecordFacts extends InstanceFacts {
  readonly stored: StoredInstance;
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
  stored: StoredInstance,
  slot: AgentView | undefined,
  fleet: Fleet,
): RecordFacts {
  const { run, state, since, registeredAt } = stored.record;
  const agent = slot?.agent;
  return {
    ...{ run, state, since, registeredAt, stored },
    token: tokenOf(stored),
    agent: !agent
      ? 'absent'
      : agent.kind === 'unreadable'
        ? 'unreadable'
        : agentFacts(agent.record, fleet),
  };
}

/** Every registration of the instance's name. Nearly always there is one. */
function rivalsOf(facts: RecordFacts, fleet: Fleet): readonly RecordFacts[] {
  const { service, id } = facts.stored.record;
  if (!fleet.isContested(service, id)) return [facts];
  return [...fleet.named(service, id).values()].map((rival) => {
    if (rival === facts.stored) return facts;
    const [, host, agent] = rival.key.split('.');
    return instanceFacts(rival, fleet.slot(`${host}.${agent}`), fleet);
  });
}
