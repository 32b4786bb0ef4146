import { type LeasePolicy, lateAfter } from '../policy/lease-policy.ts';
import type { AgentRecord, SuspectReason } from '../records/schemas.ts';
import type { Millis } from '../time.ts';

/** What one observer knows about a run when it judges it; all durations on its own clock. */
export interface RunEvidence {
  readonly phase: AgentRecord['phase'];
  readonly suspect: boolean;
  /** Since its last renewal was seen, or since this observer began to count, whichever is later. */
  readonly silentFor: Millis;
  /** Since this observer saw the suspicion, or began to count; 0 where there is none. */
  readonly suspectFor: Millis;
  /** The lease at the leader, read after the record that is judged. */
  readonly lease: 'unread' | 'stands' | 'absent' | 'unknown';
  readonly probe: 'unasked' | 'answered' | 'no-responders' | 'no-answer' | 'unknown';
  /**
   * What the server said of the connection of the run's process, since its last renewal. `open`: nothing,
   * or so many closed at once that it says nothing about one of them.
   */
  readonly connection: 'open' | 'closed-by-client' | 'closed';
  /** A hold on the slot or its host; one that stands in the view is not read again. */
  readonly hold: 'unread' | 'stands' | 'absent' | 'unknown';
  /** The zone's brake: `waits` while it is on and lets nobody through just now. */
  readonly brake: 'off' | 'waits' | 'lets-through';
}

/** What is decided about a run. `look` and `ask` want one more fact, and then judge again. */
export type RunVerdict =
  | { readonly do: 'keep' }
  | { readonly do: 'read-lease' }
  | { readonly do: 'ping' }
  | {
      readonly do: 'wait';
      readonly why: 'planned' | 'grace' | 'brake' | 'lease-stands' | 'answers' | 'not-known';
    }
  | { readonly do: 'suspect'; readonly why: SuspectReason }
  | { readonly do: 'expire' }
  | { readonly do: 'remove' };

/**
 * The verdict on one run. Total and pure: the same evidence gives the same verdict on every seat.
 *
 * - Silence past the ttl makes a run suspect only with its lease absent at the leader.
 * - A late run that nobody answers for, or one whose connection closed, is unreachable at once: a
 *   closed connection takes its subscription along, so `no-responders` is knowledge, while no answer is
 *   not.
 * - However it became suspect, it is expired only after the grace, with the lease absent (G6), not
 *   while it still answers, not under a hold, and at the brake's pace while that is on.
 * - What could not be read decides nothing: not knowing is not death.
 */
export function judgeRun(evidence: RunEvidence, policy: LeasePolicy): RunVerdict {
  if (evidence.phase === 'expired') return { do: 'remove' };
  return evidence.suspect ? judgeSuspect(evidence, policy) : judgeClear(evidence, policy);
}

function judgeClear(
  { silentFor, lease, probe, connection }: RunEvidence,
  policy: LeasePolicy,
): RunVerdict {
  if (silentFor >= policy.ttl) {
    if (lease === 'unread') return { do: 'read-lease' };
    return lease === 'absent' ? { do: 'suspect', why: 'silent' } : { do: 'keep' };
  }
  if (connection === 'open' && silentFor < lateAfter(policy)) return { do: 'keep' };
  if (probe === 'unasked') return { do: 'ping' };
  return probe === 'no-responders' ? { do: 'suspect', why: 'unreachable' } : { do: 'keep' };
}

function judgeSuspect(
  { suspectFor, lease, probe, hold, brake }: RunEvidence,
  policy: LeasePolicy,
): RunVerdict {
  if (hold === 'stands') return { do: 'wait', why: 'planned' };
  if (suspectFor < policy.grace) return { do: 'wait', why: 'grace' };
  if (brake === 'waits') return { do: 'wait', why: 'brake' };
  if (probe === 'unasked') return { do: 'ping' };
  if (probe === 'unknown') return { do: 'wait', why: 'not-known' };
  if (probe === 'answered') return { do: 'wait', why: 'answers' };
  // Asking takes up to a second: the lease is read after it, right before the write (G6).
  if (lease === 'unread' || hold === 'unread') return { do: 'read-lease' };
  if (lease === 'unknown' || hold === 'unknown') return { do: 'wait', why: 'not-known' };
  return lease === 'stands' ? { do: 'wait', why: 'lease-stands' } : { do: 'expire' };
}

export interface LeftoverEvidence {
  /** How long this very revision has been a leftover, on the observer's own clock. */
  readonly leftoverFor: Millis;
  /** Its owner's lease at the leader. */
  readonly lease: 'unread' | 'stands' | 'absent' | 'unknown';
}

export type LeftoverVerdict =
  | { readonly do: 'read-lease' }
  | { readonly do: 'wait'; readonly why: 'grace' | 'lease-stands' | 'not-known' }
  | { readonly do: 'remove' };

/** The verdict on an instance whose owner is not the run that its slot's record names. */
export function judgeLeftover(
  { leftoverFor, lease }: LeftoverEvidence,
  { ttl, grace }: LeasePolicy,
): LeftoverVerdict {
  if (leftoverFor < ttl + grace) return { do: 'wait', why: 'grace' };
  if (lease === 'unread') return { do: 'read-lease' };
  if (lease === 'unknown') return { do: 'wait', why: 'not-known' };
  return lease === 'stands' ? { do: 'wait', why: 'lease-stands' } : { do: 'remove' };
}
