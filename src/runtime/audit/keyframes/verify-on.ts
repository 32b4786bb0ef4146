import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../../domain/events/audit-entry.ts';
import type { LossTimeline } from '../../../domain/store-history/loss-timeline.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';
import { takeWithLosses } from '../verifier/take-with-losses.ts';
import type { Verifier } from '../verifier/verifier.ts';

/** How long a slice of this work may delay renewals and sweeps. */
const sliceLength: Millis = 5;

/** Verifies the rest of the history; `false` if it was stopped. `passed` is called for each event. */
export async function verifyOn(
  { audit, clock, hash }: Pick<Ports, 'audit' | 'clock' | 'hash'>,
  verifier: Verifier,
  losses: LossTimeline<Checkpoint>,
  isEnough: () => boolean,
  signal: AbortSignal,
  passed: (recorded: AuditEntry | UnreadableEvent) => void = () => {},
): Promise<boolean> {
  let began = clock.monotonic();
  for await (const stored of audit.read(verifier.position.seq + 1)) {
    const recorded = parseAuditEvent(stored, hash);
    takeWithLosses(verifier, losses, recorded);
    passed(recorded);
    if (isEnough()) return true;
    if (clock.monotonic() - began < sliceLength) continue;
    await clock.sleep(0, signal);
    began = clock.monotonic();
    if (signal.aborted) return false;
  }
  return true;
}
