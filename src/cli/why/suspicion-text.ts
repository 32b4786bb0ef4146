import { zoneOf } from '../../domain/collection/brake.ts';
import { leaseClearsSuspicion } from '../../domain/collection/gc-plan.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { Millis, WallTime } from '../../domain/time.ts';
import { silentSince, VerdictEvidence } from '../audit/evidence-text.ts';
import { untilWords } from '../tables/fleet-lines.ts';
import type { ExplanationContext } from './context.ts';
import {
  eventReference,
  formatAt,
  formatDuration,
  formatIn,
  formatSince,
  slotName,
} from './phrases.ts';
import type { RunLife } from './run-history.ts';

/** Why a run is doubted: who says so, since when it was silent, what that one found. */
export function suspicionText(
  record: Pick<AgentRecord, 'suspect'>,
  life: RunLife,
  now: WallTime,
  whose: string,
): string {
  const { suspect } = record;
  const suspected = life.last('suspected');
  const evidence = VerdictEvidence.safeParse(suspected?.event.evidence);
  if (!suspected || !evidence.success) {
    return `${whose} has been suspect (${suspect?.reason}) ${formatSince(suspect?.since ?? now, now)}`;
  }
  const silent = `${whose} has been silent ${formatSince(silentSince(evidence.data), now)}`;
  const found =
    suspect?.reason === 'unreachable'
      ? 'which asked and found that nobody listens for it any more'
      : 'which found its lease gone';
  return `${silent}, says ${slotName(suspected.event.actor)}, ${found} (${eventReference(suspected)})`;
}

/** How a run was declared dead: when, by whom, on what. */
export function expiryText(life: RunLife, record: AgentRecord | undefined, now: WallTime): string {
  const expired = life.last('expired');
  if (!expired) return `was declared dead ${formatAt(record?.since ?? now, now)}`;
  const by = `${formatAt(expired.event.at, now)} by ${slotName(expired.event.actor)} (${eventReference(expired)})`;
  const evidence = VerdictEvidence.safeParse(expired.event.evidence);
  if (!evidence.success) return `was declared dead ${by}`;
  const { silentFor, policy } = evidence.data;
  return `was declared dead ${by}, silent for ${formatDuration(silentFor)}, its lease gone, its grace of ${formatDuration(policy.grace)} over`;
}

/** What becomes of a suspect run, and of what it owns. */
export function suspectNext(
  record: AgentRecord,
  lease: string | undefined,
  { seats, now, fleet }: Pick<ExplanationContext, 'seats' | 'now' | 'fleet'>,
  owned: string,
): { readonly what: string; readonly at: WallTime | null; readonly words: string } {
  const { suspect, ttl, grace } = record;
  const due = (suspect?.since ?? now) + grace;
  if (lease === 'stands' && leaseClearsSuspicion(record, now)) {
    const words = 'Its lease stands again: the agent is about to refute the suspicion.';
    return { what: 'refute', at: null, words };
  }
  if (seats === 0) return { what: 'nothing', at: null, words: nobodyWatches };
  const hold = fleet.controls.holdOn(record);
  if (hold?.kind === 'unreadable') {
    const words = `Its silence is planned, though nobody can read until when (${hold.key}): until that record is mended or deleted, it is not declared dead.`;
    return { what: 'nothing', at: null, words };
  }
  if (hold) {
    const { until, why } = hold.record;
    const words = `Its silence is planned ${untilWords(until, now)}${why === undefined ? '' : ` ("${why}")`}: until then it is not declared dead. After that it has its ttl of ${formatDuration(ttl)} and its grace of ${formatDuration(grace)} again to come back, before it is declared dead and ${owned} removed.`;
    return { what: 'expire', at: until + ttl + grace, words };
  }
  const brake = fleet.controls.brakeOf(zoneOf(record));
  if (brake) {
    const words = `${brakeWords(brake, fleet.controls.policy.brake.pace)}: unless the agent renews its lease, it is declared dead when its turn comes${due > now ? `, not before its grace is over ${formatIn(due, now)}` : ''}, and ${owned} removed right after.`;
    return { what: 'expire', at: null, words };
  }
  const words =
    due > now
      ? `Unless the agent renews its lease, it is declared dead ${formatIn(due, now)}, and ${owned} removed right after.`
      : `The grace of ${formatDuration(grace)} is over: unless the agent renews its lease, it is declared dead any moment, and ${owned} removed right after.`;
  return { what: 'expire', at: due, words };
}

/** The numbers are those of when somebody was last let through: of the others of the zone no more is read here. */
function brakeWords(
  brake: NonNullable<ReturnType<ExplanationContext['fleet']['controls']['brakeOf']>>,
  pace: Millis,
): string {
  if (brake.kind === 'unreadable') {
    return `The brake of its zone is on, though nobody can read it (${brake.key}), so nobody is let through`;
  }
  const { zone, seen, suspect } = brake.record;
  return `Zone ${zone} is braked, ${suspect} of ${seen} runs suspect, and one is let through every ${formatDuration(pace)} (rollcall gc plan tells its turn)`;
}

/** Said where the lack of a collector is known already. */
export const untilOneRuns =
  'Until one runs (rollcall collector), nobody is declared dead and nothing is removed.';
export const nobodyWatches = `No collector holds a seat. ${untilOneRuns}`;
