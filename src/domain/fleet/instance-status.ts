import type { AgentRecord } from '../records/schemas.ts';
import type { WallTime } from '../time.ts';
import { activeRegistration, isOwnerOver } from './active-registration.ts';
import type { AgentFacts, InstanceFacts } from './instance-facts.ts';

/**
 * Why it is not known that the owner of an instance is live.
 *
 * - `silent`: no renewal and no answer to a ping.
 * - `unreachable`: its connection closed, and it does not answer a ping.
 * - `planned`: silent under a maintenance hold; it does not expire.
 * - `superseded`: a newer run has the slot of its owner.
 * - `contested`: a later registration of the same `service/id` is active.
 * - `orphan`: the agent's record does not exist.
 * - `unobserved`: no collector is active, or the agent's record is unreadable.
 */
export type DubiousReason =
  | 'silent'
  | 'unreachable'
  | 'planned'
  | 'superseded'
  | 'contested'
  | 'orphan'
  | 'unobserved';

/**
 * State of an instance.
 *
 * - `live`: it reported `serving`, and its owner is live.
 * - `dubious`: it is not known that its owner is live; `reason` tells why.
 * - `failing`: its health check fails.
 * - `draining`: its agent is leaving, or an operator drains it or its host.
 */
export type InstanceState = 'live' | 'dubious' | 'failing' | 'draining';

interface Status<State extends string> {
  readonly state: State;
  readonly reason: DubiousReason | null;
  /** When this status began. */
  readonly since: WallTime;
}

/**
 * The status of an agent. `dubious`: no collector observes it, so its silence would go unnoticed.
 *
 * `isObserved` is whether a collector has a seat.
 */
export function agentStatus(
  agent: AgentFacts,
  isObserved: boolean,
): Status<'suspect' | 'dubious' | AgentRecord['phase']> {
  const { phase, suspect, since } = agent;
  const reason = suspicionOf(agent) ?? null;
  if (phase === 'expired') return { state: phase, reason, since };
  if (suspect) return { state: 'suspect', reason, since };
  return isObserved
    ? { state: phase, reason: null, since }
    : { state: 'dubious', reason: 'unobserved', since };
}

/**
 * The status of an instance: that of its own record, unless its owner or its name is in doubt.
 *
 * `rivals` are all registrations of its `service/id`, this one included; see {@link activeRegistration}.
 */
export function instanceStatus<Facts extends InstanceFacts>(
  instance: Facts,
  rivals: readonly Facts[],
  isObserved: boolean,
): Status<InstanceState> {
  const doubt = doubtOf(instance, rivals, isObserved);
  if (doubt) return { state: 'dubious', ...doubt };
  const { state, since, drainedSince } = instance;
  if (state === 'serving' && drainedSince !== undefined) {
    return { state: 'draining', reason: null, since: drainedSince };
  }
  return { state: state === 'serving' ? 'live' : state, reason: null, since };
}

/** Why a run is suspect, or was when it expired. A silence under a hold is planned. */
const suspicionOf = ({ phase, suspect, isHeld }: AgentFacts): DubiousReason | undefined =>
  suspect && (isHeld && phase !== 'expired' ? 'planned' : suspect.reason);

function doubtOf<Facts extends InstanceFacts>(
  instance: Facts,
  rivals: readonly Facts[],
  isObserved: boolean,
): { readonly reason: DubiousReason; readonly since: WallTime } | undefined {
  const { agent, since } = instance;
  if (agent === 'absent') return { reason: 'orphan', since };
  if (agent === 'unreadable') return { reason: 'unobserved', since };
  if (agent.run !== instance.run) return { reason: 'superseded', since: agent.startedAt };
  const { suspect, phase } = agent;
  const reason = suspicionOf(agent);
  const active = activeRegistration(instance, rivals);
  const contested = { reason: 'contested', since: active.registeredAt } as const;
  // An expired owner's instance stays contested: if the active one falls silent too, both would read
  // `silent`, and a consumer could not tell which may come back.
  if (phase === 'expired' && active !== instance && !isOwnerOver(active)) return contested;
  if (suspect && reason) return { reason, since: suspect.since };
  if (phase === 'expired') return { reason: 'silent', since: agent.since };
  if (active !== instance) return contested;
  return isObserved ? undefined : { reason: 'unobserved', since };
}
