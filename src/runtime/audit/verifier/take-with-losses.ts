import type { AuditEntry, UnreadableEvent } from '../../../domain/events/audit-entry.ts';
import type { LossTimeline } from '../../../domain/store-history/loss-timeline.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Verifier } from './verifier.ts';

/** Verifies one more event of a history whose store has lost something; as `Verifier.take`. */
export function takeWithLosses(
  verifier: Verifier,
  losses: LossTimeline<Checkpoint>,
  recorded: AuditEntry | UnreadableEvent,
): string | undefined {
  const { seq, origin } = recorded;
  losses.enter(origin, () => verifier.checkpoint());
  const changed = verifier.take(recorded);
  for (const turn of losses.leave(seq, origin)) {
    verifier.goBackTo(turn.kind === 'back' ? turn.to : undefined);
  }
  return changed;
}

/** Losses that come before the first event of a history. */
export function beginWithLosses(verifier: Verifier, losses: LossTimeline<Checkpoint>): void {
  const { seq, origin } = verifier.position;
  losses.beginAfter(verifier.position);
  for (const turn of losses.leave(seq, origin)) {
    verifier.goBackTo(turn.kind === 'back' ? turn.to : undefined);
  }
}
