import type { AgentFacts, InstanceFacts } from '../../../domain/fleet/instance-status.ts';
import type { EntityState } from './agent-model.ts';

/** An instance's facts, with the state in the history that they are from. */
export interface HistoryFacts extends InstanceFacts {
  readonly current: EntityState;
}

type Phase = AgentFacts['phase'];
const phases: ReadonlySet<string> = new Set<Phase>(['registering', 'live', 'leaving', 'expired']);

const known = new Map<string, Phase | undefined>();

/** The phase in an agent's record while its run is in this state; undefined: it has no record. */
export function phaseOf(state: string): Phase | undefined {
  if (known.has(state)) return known.get(state);
  const name = /phase\.(\w+)/.exec(state)?.[1] ?? state;
  const phase = phases.has(name) ? (name as Phase) : undefined;
  known.set(state, phase);
  return phase;
}

/** The facts of the agent's record that a run wrote; undefined: it has no record at this moment. */
export function agentFacts(run: EntityState, isHeld: boolean): AgentFacts | undefined {
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

export function instanceFacts(
  current: EntityState,
  agent: AgentFacts | undefined,
): HistoryFacts | undefined {
  const { entity, state, since, origin } = current;
  if (entity.entity !== 'instance') return undefined;
  return {
    ...{ run: entity.run, since, current },
    state: state === 'failing' || state === 'draining' ? state : 'serving',
    token: origin[0],
    registeredAt: origin[1],
    agent: agent ?? 'absent',
  };
}
