import type { AgentRecord, InstanceRecord, SuspectReason } from '../records/schemas.ts';
import type { Revision, WallTime } from '../time.ts';
import type { StateValue } from './event-schema.ts';

/** The state of the run machine that a record contains. */
export const runMachineState = (record: AgentRecord): StateValue =>
  record.phase === 'expired'
    ? 'expired'
    : { present: { phase: record.phase, sight: record.suspect ? 'suspect' : 'clear' } };

/** A run's displayed state: `suspect` while it is suspect, otherwise its phase. */
export const runState = (record: AgentRecord): 'suspect' | AgentRecord['phase'] =>
  record.phase !== 'expired' && record.suspect ? 'suspect' : record.phase;

type Present = { phase: AgentRecord['phase']; sight: 'clear' | 'suspect' };

/**
 * The agent record after a transition to `to`. `revision` is the revision of `before`.
 *
 * Each rewrite fills in the term (see `AgentRecord.term`). An expired run keeps its last suspicion.
 */
export function withRunTransition(
  before: AgentRecord,
  revision: Revision,
  to: StateValue,
  at: WallTime,
  reason?: SuspectReason,
): AgentRecord {
  const { suspect, ...rest } = before;
  const present: Present | undefined =
    typeof to === 'object' ? (to['present'] as unknown as Present) : undefined;
  const phase = present?.phase ?? 'expired';
  const doubt =
    present?.sight === 'clear' ? undefined : (suspect ?? (reason && { reason, since: at }));
  const moved = phase !== before.phase || doubt !== suspect;
  return {
    ...rest,
    term: before.term || revision,
    phase,
    ...(doubt && { suspect: doubt }),
    since: moved ? at : before.since,
  };
}

/** The instance record after a transition to `to`, with its token filled in. */
export function withInstanceTransition(
  before: InstanceRecord,
  revision: Revision,
  to: StateValue,
  at: WallTime,
): InstanceRecord {
  const state = to as InstanceRecord['state'];
  return {
    ...before,
    token: before.token || revision,
    state,
    since: state === before.state ? before.since : at,
  };
}
