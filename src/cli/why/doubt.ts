import type { AgentRecord } from '../../domain/records.ts';
import type { Instant } from '../../domain/time.ts';
import { silentSince, VerdictEvidence } from '../evidence.ts';
import type { Ground } from './ground.ts';
import { at, long, ref, since, slotName, soon } from './phrases.ts';
import type { RunLife } from './run-life.ts';

/** Why a run is doubted: who says so, since when it was silent, what that one found. */
export function doubtWords(
  record: Pick<AgentRecord, 'suspect'>,
  life: RunLife,
  now: Instant,
  whose: string,
): string {
  const { suspect } = record;
  const suspected = life.last('suspected');
  const evidence = VerdictEvidence.safeParse(suspected?.event.evidence);
  if (!suspected || !evidence.success) {
    return `${whose} has been suspect (${suspect?.reason}) ${since(suspect?.since ?? now, now)}`;
  }
  const silent = `${whose} has been silent ${since(silentSince(evidence.data), now)}`;
  const found =
    suspect?.reason === 'unreachable'
      ? 'which asked and found that nobody listens for it any more'
      : 'which found its lease gone';
  return `${silent}, says ${slotName(suspected.event.actor)}, ${found} (${ref(suspected)})`;
}

/** How a run was declared dead: when, by whom, on what. */
export function deathWords(life: RunLife, record: AgentRecord | undefined, now: Instant): string {
  const expired = life.last('expired');
  if (!expired) return `was declared dead ${at(record?.since ?? now, now)}`;
  const by = `${at(expired.event.at, now)} by ${slotName(expired.event.actor)} (${ref(expired)})`;
  const evidence = VerdictEvidence.safeParse(expired.event.evidence);
  if (!evidence.success) return `was declared dead ${by}`;
  const { silentFor, policy } = evidence.data;
  return `was declared dead ${by}, silent for ${long(silentFor)}, its lease gone, its grace of ${long(policy.grace)} over`;
}

/** What becomes of a suspect run, and of what it owns. */
export function suspectNext(
  { suspect, grace }: AgentRecord,
  lease: string | undefined,
  { seats, now }: Pick<Ground, 'seats' | 'now'>,
  owned: string,
): { readonly what: string; readonly at: Instant | null; readonly words: string } {
  const due = (suspect?.since ?? now) + grace;
  if (lease === 'stands') {
    const words = 'Its lease stands again: the agent is about to refute the suspicion.';
    return { what: 'refute', at: null, words };
  }
  if (seats === 0) return { what: 'nothing', at: null, words: nobodyWatches };
  const words =
    due > now
      ? `Unless the agent renews its lease, it is declared dead ${soon(due, now)}, and ${owned} removed right after.`
      : `The grace of ${long(grace)} is over: unless the agent renews its lease, it is declared dead any moment, and ${owned} removed right after.`;
  return { what: 'expire', at: due, words };
}

/** Said where the lack of a collector is known already. */
export const untilOneRuns =
  'Until one runs (rollcall collector), nobody is declared dead and nothing is removed.';
export const nobodyWatches = `No collector holds a seat. ${untilOneRuns}`;
