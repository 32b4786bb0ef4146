import type { AgentRecord, InstanceRecord, SuspectReason } from '../records/schemas.ts';
import type { Revision, WallTime } from '../time.ts';
import type { StateValue } from './event-schema.ts';

/** Where the run machine stands, as its record says it. */
export const runMachineState = (record: AgentRecord): StateValue =>
  record.phase === 'expired'
    ? 'expired'
    : { present: { phase: record.phase, sight: record.suspect ? 'suspect' : 'clear' } };

/** A run's state in one word, as people are shown it: the flag while it is suspect, else its phase. */
export const runState = (record: AgentRecord): 'suspect' | AgentRecord['phase'] =>
  record.phase !== 'expired' && record.suspect ? 'suspect' : record.phase;

type Present = { phase: AgentRecord['phase']; sight: 'clear' | 'suspect' };

/**
 * The agent record after a transition to `to`; `revision` is that of the record before it.
 *
 * Every rewrite fills the term in, whoever writes: see `AgentRecord.term`. An expired run keeps the
 * suspicion it died of.
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
