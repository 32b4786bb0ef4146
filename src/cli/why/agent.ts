import { toAgentRow } from '../../domain/fleet/directory-rows.ts';
import type { AgentView } from '../../domain/fleet/fleet.ts';
import { renewEvery } from '../../domain/policy/lease-policy.ts';
import type { StoredAgent } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import { evidenceWords } from '../audit/evidence-text.ts';
import { plural } from '../tables/footer.ts';
import { formatElapsed, formatRounded } from '../terminal/format-time.ts';
import { type Explanation, type ExplanationContext, observed } from './context.ts';
import { flapWords } from './doubts.ts';
import { formatAt, formatFor, formatSince, slotName } from './phrases.ts';
import { RunLife } from './run-history.ts';
import { agentInServerTime, clockWords } from './server-time.ts';
import {
  asAgent,
  expiryText,
  holdWordsOf,
  noActiveCollector,
  suspectNext,
  suspicionText,
  untilOneRuns,
} from './suspect-next.ts';

/** Explains the state of an agent and what happens next. */
export async function tellAgent(
  stored: StoredAgent,
  slot: AgentView,
  context: ExplanationContext,
): Promise<Explanation> {
  const { record } = stored;
  const life = await RunLife.read(context.history, record, context.until);
  const lease = await context.lease(record);
  const row = toAgentRow(slot, context.fleet, observed(context));
  const owns = plural(slot.instances.size, 'instance');
  const explained = explainPhase(agentInServerTime(record, life), { life, lease, context, owns });
  const { next } = explained;
  const flaps = life.flaps(context.now);
  const [what = '', before = '', ...more] = explained.sentences;
  const returns = flapWords(flaps, context.fleet.controls.policy.flaps);
  return {
    sentences: [what, `${before}${returns}`, ...more, ...clockWords(record.host, life)],
    facts: {
      kind: 'agent',
      ...row,
      grace: record.grace,
      suspect: record.suspect ?? null,
      lease: lease ?? null,
      flaps,
      next,
    },
  };
}

interface Known {
  readonly life: RunLife;
  readonly lease: string | undefined;
  readonly context: ExplanationContext;
  readonly owns: string;
}

interface PhaseExplanation {
  readonly sentences: readonly string[];
  readonly next: { readonly what: string; readonly at: WallTime | null };
}

function explainPhase(record: StoredAgent['record'], known: Known): PhaseExplanation {
  if (record.phase === 'expired') return dead(record, known);
  if (record.suspect) return suspect(record, known);
  return present(record, known);
}

function present(
  record: StoredAgent['record'],
  { life, lease, context, owns }: Known,
): PhaseExplanation {
  const { now, seats } = context;
  const name = slotName(record);
  const started = life.last('started');
  const why = started && evidenceWords(started.event);
  const renews = `renews its lease every ${formatElapsed(renewEvery(record))}`;
  const phases = {
    registering: 'is registering: it updates its records to match its instances',
    leaving: 'is leaving: it drains and removes its instances, then its own record',
    live:
      seats === 0
        ? 'reports that it is live, but no collector is active to detect a failure'
        : `is live: it ${renews}`,
    expired: '',
  };
  const lapsed = lease === 'absent' ? ', but its lease has just lapsed' : '';
  return {
    sentences: [
      `${name} ${phases[record.phase]}${lapsed}.`,
      `Run ${record.run} took the slot ${formatAt(record.startedAt, now)}${why ? ` (${why})` : ''} and owns ${owns}.${refuted(life, now)}`,
      presentNext(record, context, owns),
    ],
    next: { what: record.phase === 'leaving' ? 'leave' : 'nothing', at: null },
  };
}

function presentNext(record: StoredAgent['record'], context: ExplanationContext, owns: string) {
  if (record.phase === 'leaving') return `Its own record is removed last, after ${owns}.`;
  if (context.seats === 0) return untilOneRuns;
  const dubious = `If it becomes silent, its instances are dubious within ${formatRounded(record.ttl)}`;
  const onHold = holdWordsOf(record, context, asAgent);
  if (onHold !== undefined) return `${dubious}. ${onHold}`;
  return `${dubious}; ${formatRounded(record.grace)} later it is declared dead, and it and its instances are removed.`;
}

function refuted(life: RunLife, now: WallTime): string {
  const back = life.last('regranted');
  const doubted = life.last('suspected');
  if (!back) return '';
  return doubted && doubted.seq < back.seq
    ? ` It was suspect and refuted the suspicion ${formatAt(back.event.at, now)}.`
    : ` Its lease lapsed and was granted again ${formatAt(back.event.at, now)}.`;
}

function suspect(
  record: StoredAgent['record'],
  { life, lease, context, owns }: Known,
): PhaseExplanation {
  const { now } = context;
  const name = slotName(record);
  const doubt = suspicionText(record, life, now, 'it').replace(
    /^it has/,
    `${name} is suspect: it has`,
  );
  const until = record.suspect?.since ?? now;
  const next = suspectNext(record, lease, context, asAgent);
  return {
    sentences: [
      `${doubt}.`,
      `Run ${record.run} was live ${formatFor(Math.max(record.startedAt, life.last('regranted')?.event.at ?? 0), until)}; it owns ${owns}, now dubious too.`,
      next.words,
    ],
    next: { what: next.what, at: next.at },
  };
}

function dead(
  record: StoredAgent['record'],
  { life, context: { now, seats }, owns }: Known,
): PhaseExplanation {
  return {
    sentences: [
      `${slotName(record)} is expired: run ${record.run} ${expiryText(life, record, now)}.`,
      `It started ${formatAt(record.startedAt, now)}; it owns ${owns}, dubious ${formatSince(record.suspect?.since ?? record.since, now)}.`,
      seats === 0 ? noActiveCollector : 'Its instances are being removed, then its own record.',
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: seats === 0 ? null : now },
  };
}
