import { runState } from '../events/apply-transition.ts';
import type { AgentRecord, InstanceRecord } from '../records/schemas.ts';
import {
  type StoredAgent,
  type StoredInstance,
  termOf,
  tokenOf,
} from '../records/stored-record.ts';
import type { Millis, Revision, WallTime } from '../time.ts';
import type { AgentView, Fleet } from './fleet.ts';

/** Why an instance's owner is not known to be live. */
export type DubiousReason =
  | 'silent'
  | 'unreachable'
  | 'planned'
  | 'superseded'
  | 'contested'
  | 'orphan'
  | 'unobserved';

export type InstanceState = 'live' | 'dubious' | 'failing' | 'draining';

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

/** Whether somebody watches: without a seat held, silence would go unnoticed. */
export type CollectorPresence = boolean;

/** The slot's agent as people are shown it; undefined where no readable record stands. */
export function toAgentRow(
  { agent, instances }: AgentView,
  fleet: Fleet,
  observed: CollectorPresence,
): AgentRow | undefined {
  if (agent?.kind !== 'stored') return undefined;
  const { record } = agent;
  const dead = record.phase === 'expired';
  return {
    host: record.host,
    agent: record.agent,
    run: record.run,
    term: termOf(agent),
    state: runState(record),
    reason: doubtedBy(record, fleet) ?? (observed || dead ? null : 'unobserved'),
    since: record.since,
    ttl: record.ttl,
    instances: instances.size,
    revision: agent.revision,
  };
}

/** Why the run is suspect, if it is: silence under a hold is planned. */
function doubtedBy(record: AgentRecord, fleet: Fleet): DubiousReason | undefined {
  const planned = record.phase !== 'expired' && fleet.state.holdOn(record) !== undefined;
  return record.suspect && (planned ? 'planned' : record.suspect.reason);
}

/** The instance joined with its run: what a consumer may think of it, and why. */
export function toInstanceRow(
  stored: StoredInstance,
  slot: AgentView,
  fleet: Fleet,
  observed: CollectorPresence,
): InstanceRow {
  const { record } = stored;
  const owner = ownerOf(stored, slot);
  const doubt = doubtOf(stored, slot, fleet, observed);
  return {
    service: record.service,
    id: record.id,
    host: record.host,
    agent: record.agent,
    run: record.run,
    token: tokenOf(stored),
    term: owner ? termOf(owner) : 0,
    state: doubt ? 'dubious' : record.state === 'serving' ? 'live' : record.state,
    reason: doubt?.reason ?? null,
    since: doubt?.since ?? record.since,
    address: record.address ?? null,
    port: record.port ?? null,
    labels: record.labels,
    health: { state: record.state, detail: record.detail ?? null },
    revision: stored.revision,
  };
}

/** The slot's record, where it names the run that owns this instance. */
const ownerOf = ({ record }: StoredInstance, { agent }: AgentView): StoredAgent | undefined =>
  agent?.kind === 'stored' && agent.record.run === record.run ? agent : undefined;

interface Doubt {
  readonly reason: DubiousReason;
  readonly since: WallTime;
}

function doubtOf(
  stored: StoredInstance,
  slot: AgentView,
  fleet: Fleet,
  observed: CollectorPresence,
): Doubt | undefined {
  const { agent } = slot;
  const { since } = stored.record;
  if (!agent) return { reason: 'orphan', since };
  if (agent.kind === 'unreadable') return { reason: 'unobserved', since };
  if (agent.record.run !== stored.record.run) {
    return { reason: 'superseded', since: agent.record.startedAt };
  }
  const { suspect, phase } = agent.record;
  const reason = doubtedBy(agent.record, fleet);
  const winner = winnerOf(stored, fleet);
  const contested = { reason: 'contested', since: winner.record.registeredAt } as const;
  // Else, once the one that counts again falls silent too, a consumer could not tell which may come back.
  if (phase === 'expired' && winner !== stored && !ownerIsOver(winner, fleet)) return contested;
  if (suspect && reason) return { reason, since: suspect.since };
  if (phase === 'expired') return { reason: 'silent', since: agent.record.since };
  if (winner !== stored) return contested;
  return observed ? undefined : { reason: 'unobserved', since };
}

/**
 * Which of the records of one `service/id` counts (G11): the latest registration, until its owner is
 * expired; where every owner is, the latest.
 */
function winnerOf(stored: StoredInstance, fleet: Fleet): StoredInstance {
  const { service, id } = stored.record;
  if (!fleet.isContested(service, id)) return stored;
  const rivals = fleet.named(service, id);
  const standing = [...rivals.values()].filter((rival) => !ownerIsOver(rival, fleet));
  const among = standing.length > 0 ? standing : [...rivals.values()];
  return among.reduce((latest, rival) => (tokenOf(rival) > tokenOf(latest) ? rival : latest));
}

function ownerIsOver(stored: StoredInstance, fleet: Fleet): boolean {
  const [, host, agent] = stored.key.split('.');
  const slot = fleet.slot(`${host}.${agent}`);
  const owner = slot && ownerOf(stored, slot);
  return owner === undefined
    ? slot?.agent?.kind !== 'unreadable'
    : owner.record.phase === 'expired';
}
