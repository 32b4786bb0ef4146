import { zoneOf } from '../../domain/collection/brake.ts';
import { leaseClearsSuspicion } from '../../domain/collection/gc-plan.ts';
import { graceEnd } from '../../domain/collection/grace-end.ts';
import type { AgentRecord, BrakeRecord } from '../../domain/records/schemas.ts';
import type { Millis, WallTime } from '../../domain/time.ts';
import { VerdictEvidence } from '../audit/evidence-text.ts';
import { untilWords } from '../tables/fleet-lines.ts';
import { formatRounded, when } from '../terminal/format-time.ts';
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
  const at = when(suspected.event.at, now);
  const found =
    suspect?.reason === 'unreachable'
      ? `which pinged it at ${at} and found that no process answers for it`
      : evidence.data.lease === 'unmoved'
        ? `which found at ${at} that its lease exists but is not renewed`
        : `which found at ${at} that its lease is gone`;
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
  const { hold, brake } = life.delays;
  const grace = `its grace of ${formatRounded(policy.grace)}`;
  const restarted = hold
    ? `, which began again after a hold on it ended at ${when(hold.event.at, now)} (${eventReference(hold)})`
    : '';
  const end = brake
    ? `${formatRounded(brake.by)} after the end of ${grace}${restarted}${hold ? ',' : ''} because the brake of zone ${brake.zone} was on (${eventReference(brake.start)})`
    : `at the end of ${grace}${restarted}`;
  return `was declared dead ${by}, after ${formatRounded(silentFor)} of silence, without a lease, ${end}`;
}

/** How a text names a suspect run, and what is removed after its death. */
interface Named {
  /** `It` in a text about the agent, `Its agent` in one about an instance. */
  readonly subject: string;
  /** As a repetition of the subject. */
  readonly it: string;
  readonly removed: string;
}
export const asAgent: Named = {
  subject: 'It',
  it: 'it',
  removed: 'it and its instances are removed',
};
export const asOwner: Named = {
  subject: 'Its agent',
  it: 'the agent',
  removed: 'the instance is removed',
};

/** That a hold keeps a live run from being declared dead; undefined: it has none. */
export function holdWordsOf(
  record: AgentRecord,
  { now, fleet }: Pick<ExplanationContext, 'now' | 'fleet'>,
  { subject, it }: Named,
): string | undefined {
  const hold = fleet.controls.holdOn(record);
  if (hold?.kind === 'unreadable')
    return `${subject} is on hold, but the record of the hold (${hold.key}) is unreadable: until that record is fixed or deleted, ${it} is not declared dead.`;
  if (!hold) return undefined;
  const { until, why, by } = hold.record;
  const reason = why === undefined ? '' : `"${why}", `;
  return `${subject} is on hold ${untilWords(until, now)} (${reason}by ${by.agent}): until then ${it} is not declared dead.`;
}

/** What happens next to a suspect run and its instances. */
export function suspectNext(
  record: AgentRecord,
  lease: string | undefined,
  {
    seats,
    now,
    fleet,
    brakes,
    watchedSince,
  }: Pick<ExplanationContext, 'seats' | 'now' | 'fleet' | 'brakes' | 'watchedSince'>,
  { subject, it, removed }: Named,
): { readonly what: string; readonly at: WallTime | null; readonly words: string } {
  const { ttl, grace } = record;
  const due = graceEnd(record, fleet, watchedSince) ?? now;
  if (lease === 'stands' && leaseClearsSuspicion(record, now)) {
    const words = `${subject} has a valid lease again, and is about to refute the suspicion.`;
    return { what: 'refute', at: null, words };
  }
  if (seats === 0) return { what: 'nothing', at: null, words: noActiveCollector };
  const hold = fleet.controls.holdOn(record);
  const onHold = holdWordsOf(record, { now, fleet }, { subject, it, removed });
  if (hold?.kind === 'unreadable') return { what: 'nothing', at: null, words: onHold ?? '' };
  if (hold) {
    const { until } = hold.record;
    const words = `${onHold} After that, its ttl of ${formatRounded(ttl)} and its grace of ${formatRounded(grace)} start again, before ${it} is declared dead and ${removed}.`;
    return { what: 'expire', at: until + ttl + grace, words };
  }
  const brake = fleet.controls.brakeOf(zoneOf(record));
  if (brake?.kind === 'unreadable') {
    const words = `The brake record of its zone (${brake.key}) is unreadable: until that record is fixed or deleted, no run of the zone is declared dead.`;
    return { what: 'nothing', at: null, words };
  }
  if (brake) {
    const forecast = brakes.find(({ zone }) => zone === brake.record.zone);
    const turn = forecast?.turns.get(record.run);
    const inTurn = turn
      ? `in turn ${turn.turn} of ${forecast?.turns.size}, ${turn.at > now ? `about ${when(turn.at, now)} (${formatIn(turn.at, now)})` : 'at any moment'}`
      : `in its turn${due > now ? `, not before its grace is over ${formatIn(due, now)}` : ''}`;
    const zone = brakeWords(forecast ?? brake.record, fleet.controls.policy.brake.pace);
    const words = `${zone} Unless the agent renews its lease, it is declared dead ${inTurn}, and ${removed} right after. \`rollcall gc plan\` shows the order.`;
    return { what: 'expire', at: turn?.at ?? null, words };
  }
  const words =
    due > now
      ? `Unless the agent renews its lease, it is declared dead ${formatIn(due, now)}, and ${removed} right after.`
      : `The grace of ${formatRounded(grace)} is over: unless the agent renews its lease, it is declared dead at any moment, and ${removed} right after.`;
  return { what: 'expire', at: due, words };
}

const brakeWords = (
  { zone, seen, suspect }: Pick<BrakeRecord, 'zone' | 'seen' | 'suspect'>,
  pace: Millis,
): string =>
  `Zone ${zone} is braked (${suspect} of ${seen} runs are suspect), so one run is declared dead every ${formatRounded(pace)}.`;

/** For texts that already mention that no collector is active. */
export const untilOneRuns =
  'Until a collector is started (rollcall collector), no run is declared dead and nothing is removed.';
export const noActiveCollector = `No collector is active. ${untilOneRuns}`;
