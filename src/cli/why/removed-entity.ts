import type { AuditEntry } from '../../domain/events/audit-entry.ts';
import { type AuditEvent, isOfSlot } from '../../domain/events/event-schema.ts';
import type { WallTime } from '../../domain/time.ts';
import { subjectOf } from '../audit/event-lines.ts';
import { evidenceWords } from '../audit/evidence-text.ts';
import type { Explanation, ExplanationContext } from './context.ts';
import { actorName, eventReference, formatAt, formatFor, slotName } from './phrases.ts';
import { RunLife } from './run-history.ts';
import { expiryText } from './suspect-next.ts';

/** Explains an entity without a record: who removed it, when and why. */
export async function explainRemoved(
  { first, last }: { readonly first: AuditEntry; readonly last: AuditEntry },
  context: ExplanationContext,
): Promise<Explanation> {
  const { event } = last;
  const { of } = event;
  if (!isOfSlot(of)) throw new TypeError('not an entity of an agent');
  const life = await RunLife.read(context.history, of, context.until);
  const { now } = context;
  const instance = of.entity === 'instance';
  const ended = endOf(last, life, now);
  return {
    sentences: [
      ended ??
        `${subjectOf(event)} has no record, and no event explains its removal; to check the history: rollcall audit verify.`,
      `Run ${of.run} of ${slotName(of)} ${instance ? 'registered it' : 'took the slot'} ${formatAt(first.event.at, now)}${ended ? `, and kept it ${formatFor(first.event.at, event.at)}` : `; its last event is '${event.event.type}' ${formatAt(event.at, now)} (${eventReference(last)})`}.`,
      instance
        ? 'It comes back when an agent registers it again.'
        : 'It comes back when an agent of that name starts again.',
    ],
    facts: {
      kind: instance ? 'instance' : 'agent',
      state: 'gone',
      reason: event.event.type,
      of: event.of,
      since: event.at,
      last: {
        seq: last.seq,
        event: event.event,
        actor: event.actor,
        evidence: event.evidence ?? null,
      },
      next: { what: 'nothing', at: null },
    },
  };
}

/** How it ended; undefined if its last event is not an end. */
function endOf(last: AuditEntry, life: RunLife, now: WallTime): string | undefined {
  const { event } = last;
  const name = subjectOf(event);
  const when = `${formatAt(event.at, now)} (${eventReference(last)})`;
  const by = slotName(event.actor);
  if (event.of.entity !== 'instance') return runEnd(event, life, name, when, now);
  if (event.event.type !== 'removed') return undefined;
  switch (event.event['why']) {
    case 'deregistered':
      return `${name} is not registered: its own agent ${by} deregistered it ${when}.`;
    case 'left':
      return `${name} is not registered: its agent ${by} stopped in an orderly way and removed it ${when}.`;
    case 'owner-expired':
      return `${name} is not registered: ${actorName(event)} removed it ${when}, because its owner, run ${event.of.run} of ${slotName(event.of)}, ${expiryText(life, undefined, now)}.`;
    default:
      return `${name} is not registered: ${actorName(event)} removed it ${when} as a leftover: ${evidenceWords(event) ?? event.event['why']}.`;
  }
}

function runEnd(
  event: AuditEvent,
  life: RunLife,
  name: string,
  when: string,
  now: WallTime,
): string | undefined {
  switch (event.event.type) {
    case 'left':
      return `${name} is not registered: it left in an orderly way ${when}.`;
    case 'removed':
      return `${name} is not registered: its last run ${expiryText(life, undefined, now)}, and ${actorName(event)} removed its records ${when}.`;
    case 'superseded':
      return `Run ${event.of.run} of ${name} is over: run ${event.actor.run} took the slot ${when}: ${evidenceWords(event) ?? 'no reason is recorded'}.`;
    default:
      return undefined;
  }
}
