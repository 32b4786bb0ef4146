import { type LeasePolicy, lateAfter } from '../policy/lease-policy.ts';
import type { AgentRecord, SuspectReason } from '../records/schemas.ts';
import type { Millis } from '../time.ts';

/**
 * A lease as an observer sees it. `unmoved`: it exists, but it was not renewed for two ttls under
 * the observer's watch; its holder no longer claims it. `unknown`: the leader did not answer.
 */
export type LeaseState = 'stands' | 'unmoved' | 'absent' | 'unknown';

/** Whether the lease is over: no process claims it. An unread lease is not known to be over. */
const isOver = (lease: 'unread' | LeaseState): boolean => lease === 'absent' || lease === 'unmoved';

/**
 * What one collector knows about a run when it judges it. Durations are on its own monotonic clock.
 *
 * The values are stored as evidence in the audit (docs/reference/protocol.md), so they keep their names.
 */
export interface RunEvidence {
  readonly phase: AgentRecord['phase'];
  readonly suspect: boolean;
  /** Time since the last observed renewal, or since this collector began to count if that is later. */
  readonly silentFor: Millis;
  /** Time since this collector saw the suspicion or began to count; 0 without a suspicion. */
  readonly suspectFor: Millis;
  /** The lease at the leader, read after the judged record. */
  readonly lease: 'unread' | LeaseState;
  readonly probe: 'unasked' | 'answered' | 'no-responders' | 'no-answer' | 'unknown';
  /**
   * Disconnect notifications about the run's process since its last renewal. `open`: none, or so many at
   * the same time that they say nothing about a single process.
   */
  readonly connection: 'open' | 'closed-by-client' | 'closed';
  /** A hold on the slot or its host. One that is in the view is not read again. */
  readonly hold: 'unread' | 'stands' | 'absent' | 'unknown';
  /** The zone's brake. `waits`: it is on and no expiry is permitted now. */
  readonly brake: 'off' | 'waits' | 'lets-through';
}

/** The verdict on a run. `read-lease` and `ping` request one more fact; then judge again. */
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
 * Judges one run. The same evidence gives the same verdict on every seat.
 *
 * - A run that is silent for its ttl becomes suspect only if its lease is absent at the leader, or exists but
 *   does not move.
 * - A late run, or one whose connection closed, becomes suspect as unreachable on `no-responders`. A closed
 *   connection removes its subscription, so `no-responders` is evidence; `no-answer` is not.
 * - A suspect run is expired only after its grace, with its lease absent or unmoved (G6), if it does not answer a ping
 *   and is not under a hold, and at the brake's pace while that is on.
 * - A fact that could not be read never leads to suspicion or expiry.
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
    return isOver(lease) ? { do: 'suspect', why: 'silent' } : { do: 'keep' };
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
  // A ping takes up to a second, so the lease is read after it, right before the write (G6).
  if (lease === 'unread' || hold === 'unread') return { do: 'read-lease' };
  if (lease === 'unknown' || hold === 'unknown') return { do: 'wait', why: 'not-known' };
  return isOver(lease) ? { do: 'expire' } : { do: 'wait', why: 'lease-stands' };
}

export interface LeftoverEvidence {
  /** How long this revision has been a leftover, on the collector's monotonic clock. */
  readonly leftoverFor: Millis;
  /** The owner's lease at the leader. */
  readonly lease: 'unread' | LeaseState;
}

export type LeftoverVerdict =
  | { readonly do: 'read-lease' }
  | { readonly do: 'wait'; readonly why: 'grace' | 'lease-stands' | 'not-known' }
  | { readonly do: 'remove' };

/** Judges an instance whose owner is not the current run of its slot. */
export function judgeLeftover(
  { leftoverFor, lease }: LeftoverEvidence,
  { ttl, grace }: LeasePolicy,
): LeftoverVerdict {
  if (leftoverFor < ttl + grace) return { do: 'wait', why: 'grace' };
  if (lease === 'unread') return { do: 'read-lease' };
  if (lease === 'unknown') return { do: 'wait', why: 'not-known' };
  return isOver(lease) ? { do: 'remove' } : { do: 'wait', why: 'lease-stands' };
}
