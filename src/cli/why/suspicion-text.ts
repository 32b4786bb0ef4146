import { zoneOf } from '../../domain/collection/brake.ts';
import { leaseClearsSuspicion } from '../../domain/collection/gc-plan.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { Millis, WallTime } from '../../domain/time.ts';
import { VerdictEvidence } from '../audit/evidence-text.ts';
import { untilWords } from '../tables/fleet-lines.ts';
import { formatRounded } from '../terminal/format-time.ts';
import type { ExplanationContext } from './context.ts';
import { actorName, eventReference, formatAt, formatIn, formatSince } from './phrases.ts';
import type { RunLife } from './run-history.ts';

/** Why a run is suspect: since when it is silent, which collector found that, and what it found. */
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
  const since = suspected.event.at - evidence.data.silentFor;
  const silent = `${whose} has been silent ${formatSince(since, now)}`;
  const found =
    suspect?.reason === 'unreachable'
      ? 'which probed it and found that no process answers for it'
      : evidence.data.lease === 'unmoved'
        ? 'which found that its lease exists but is not renewed'
        : 'which found that its lease is gone';
  return `${silent}, according to ${actorName(suspected.event)}, ${found} (${eventReference(suspected)})`;
}

/** How a run was declared dead: when, by which collector, on what evidence. */
export function expiryText(life: RunLife, record: AgentRecord | undefined, now: WallTime): string {
  const expired = life.last('expired');
  if (!expired) return `was declared dead ${formatAt(record?.since ?? now, now)}`;
  const by = `${formatAt(expired.event.at, now)} by ${actorName(expired.event)} (${eventReference(expired)})`;
  const evidence = VerdictEvidence.safeParse(expired.event.evidence);
  if (!evidence.success) return `was declared dead ${by}`;
  const { silentFor, policy } = evidence.data;
  return `was declared dead ${by}, after ${formatRounded(silentFor)} of silence, without a lease, at the end of its grace of ${formatRounded(policy.grace)}`;
}

/** What happens next to a suspect run and its instances. */
export function suspectNext(
  record: AgentRecord,
  lease: string | undefined,
  { seats, now, fleet }: Pick<ExplanationContext, 'seats' | 'now' | 'fleet'>,
  owned: string,
): { readonly what: string; readonly at: WallTime | null; readonly words: string } {
  const { suspect, ttl, grace } = record;
  const due = (suspect?.since ?? now) + grace;
  if (lease === 'stands' && leaseClearsSuspicion(record, now)) {
    const words = 'Its lease is valid again: the agent is about to refute the suspicion.';
    return { what: 'refute', at: null, words };
  }
  if (seats === 0) return { what: 'nothing', at: null, words: noActiveCollector };
  const hold = fleet.controls.holdOn(record);
  if (hold?.kind === 'unreadable') {
    const words = `It is on hold, but the record of the hold (${hold.key}) is unreadable: until that record is fixed or deleted, the run is not declared dead.`;
    return { what: 'nothing', at: null, words };
  }
  if (hold) {
    const { until, why } = hold.record;
    const words = `It is on hold ${untilWords(until, now)}${why === undefined ? '' : ` ("${why}")`}: until then it is not declared dead. After that, its ttl of ${formatRounded(ttl)} and its grace of ${formatRounded(grace)} start again, before it is declared dead and ${owned} removed.`;
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
      : `The grace of ${formatRounded(grace)} is over: unless the agent renews its lease, it is declared dead any moment, and ${owned} removed right after.`;
  return { what: 'expire', at: due, words };
}

/** The numbers are from the last write of the brake record. */
function brakeWords(
  brake: NonNullable<ReturnType<ExplanationContext['fleet']['controls']['brakeOf']>>,
  pace: Millis,
): string {
  if (brake.kind === 'unreadable') {
    return `The brake of its zone is on, but its record (${brake.key}) is unreadable, so no run of the zone is declared dead`;
  }
  const { zone, seen, suspect } = brake.record;
  return `Zone ${zone} is braked, with ${suspect} of ${seen} runs suspect, and one run is declared dead every ${formatRounded(pace)} (for its turn: rollcall gc plan)`;
}

/** For texts that already mention that no collector is active. */
export const untilOneRuns =
  'Until a collector is started (rollcall collector), no run is declared dead and nothing is removed.';
export const noActiveCollector = `No collector is active. ${untilOneRuns}`;
