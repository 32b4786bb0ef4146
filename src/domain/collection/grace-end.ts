import type { Fleet } from '../fleet/fleet.ts';
import type { AgentRecord } from '../records/schemas.ts';
import type { WallTime } from '../time.ts';

/**
 * When the grace of a suspect run is over, and a collector may expire it. An estimate: each collector counts on its own clock,
 * from when it saw the suspicion, or began to watch (`watchedSince`) if that is later. Silence under a hold does not count:
 * after the hold, first the ttl must pass, then the grace. Undefined: the run is not suspect.
 */
export function graceEnd(
  record: Pick<AgentRecord, 'host' | 'agent' | 'suspect' | 'ttl' | 'grace'>,
  { controls }: Pick<Fleet, 'controls'>,
  watchedSince: WallTime,
): WallTime | undefined {
  const { suspect, ttl, grace } = record;
  if (!suspect) return undefined;
  const holdEnded = controls.holdEndedAt(record);
  const counts = holdEnded === undefined ? 0 : holdEnded + ttl;
  return Math.max(suspect.since, watchedSince, counts) + grace;
}
