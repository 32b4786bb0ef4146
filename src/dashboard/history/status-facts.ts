import type { AgentFacts, InstanceFacts } from '../../domain/fleet/instance-facts.ts';
import type { CollectorFacts, Observation } from '../../domain/fleet/observation.ts';
import type { ApiDetails, ApiEntity, ApiOrigin } from '../api-types.ts';

/** The state of an entity at a moment of the history. */
export interface NamedState {
  readonly entity: ApiEntity;
  readonly state: string;
  readonly since: number;
  readonly seq: number;
  readonly note: ApiDetails;
  /** The event that began an instance's registration or a run's suspicion. */
  readonly origin: ApiOrigin;
  /** When its chain began. */
  readonly startedAt: number;
}

/** The facts of an instance, with the state that they come from. */
export interface HistoryFacts<State extends NamedState = NamedState> extends InstanceFacts {
  readonly current: State;
}

type Phase = AgentFacts['phase'];
const phases: ReadonlySet<string> = new Set<Phase>(['registering', 'live', 'leaving', 'expired']);

const known = new Map<string, Phase | undefined>();

/** The phase in an agent's record while its run is in this state; undefined: it has no record. */
function phaseOf(state: string): Phase | undefined {
  if (known.has(state)) return known.get(state);
  const name = /phase\.(\w+)/.exec(state)?.[1] ?? state;
  const phase = phases.has(name) ? (name as Phase) : undefined;
  known.set(state, phase);
  return phase;
}

/** The facts of the agent's record that a run wrote; undefined: it has no record at this moment. */
export function agentFacts(run: NamedState, isHeld: boolean): AgentFacts | undefined {
  const { entity, state, since, startedAt, origin, note } = run;
  const phase = phaseOf(state);
  if (phase === undefined || entity.entity !== 'run') return undefined;
  const isSuspect = phase === 'expired' || state.includes('sight.suspect');
  const reason = note.why === 'unreachable' ? 'unreachable' : 'silent';
  return {
    ...{ run: entity.run, phase, since, startedAt, isHeld },
    suspect: isSuspect ? { reason, since: origin[1] } : undefined,
  };
}

export function instanceFacts<State extends NamedState>(
  current: State,
  agent: AgentFacts | undefined,
  drainedSince: number | undefined,
): HistoryFacts<State> | undefined {
  const { entity, state, since, origin } = current;
  if (entity.entity !== 'instance') return undefined;
  return {
    ...{ run: entity.run, since, current, drainedSince },
    state: state === 'failing' || state === 'draining' ? state : 'serving',
    token: origin[0],
    registeredAt: origin[1],
    agent: agent ?? 'absent',
  };
}

/** The states of a collector in which it watches. */
export const working = /watching|removing/;

/** Since when a collector watches, through all its removals; of one that does not: since when it is in its state. */
export const watchingSince = ({
  state,
  since,
  origin,
}: Pick<NamedState, 'state' | 'since' | 'origin'>): number =>
  working.test(state) ? origin[1] || since : since;

export const collectorFacts = (
  one: Pick<NamedState, 'state' | 'since' | 'origin'>,
  lastActAt: number,
): Required<CollectorFacts> => ({
  hasSeat: one.state.startsWith('seated'),
  lastActAt,
  watchingSince: watchingSince(one),
  isBlind: one.state === 'seated.blind',
});

/** `unverified` instead of live where it is not known whether a collector observed the instance or agent. */
export function verified<State extends string>(
  { state, reason }: { readonly state: State; readonly reason: string | null },
  observation: Observation,
): { readonly status: State | 'unverified'; readonly reason: string } {
  const isUnverified = state === 'live' && observation === 'unknown';
  return { status: isUnverified ? 'unverified' : state, reason: reason ?? '' };
}

/** The run in the agent's record: of those that have one, the latest. */
export function recordedRun<State extends NamedState>(runs: Iterable<State>): State | undefined {
  let best: State | undefined;
  for (const one of runs) {
    if (phaseOf(one.state) !== undefined && (!best || one.seq > best.seq)) best = one;
  }
  return best;
}
