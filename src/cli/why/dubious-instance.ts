import { activeInstance, toInstanceRow } from '../../domain/fleet/directory-rows.ts';
import { slotOfKey } from '../../domain/identity/registry-keys.ts';
import { defaultLease, leftoverAfter } from '../../domain/policy/lease-policy.ts';
import type { StoredInstance } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import { evidenceWords } from '../audit/evidence-text.ts';
import { formatRounded } from '../terminal/format-time.ts';
import { agentOf, type InstanceContext, observed, type Paragraph } from './context.ts';
import { liveSince } from './healthy-instance.ts';
import { eventReference, formatAt, formatFor, formatIn, formatSince, slotName } from './phrases.ts';
import type { RunLife } from './run-history.ts';
import {
  asOwner,
  expiryText,
  noActiveCollector,
  suspectNext,
  suspicionText,
  untilOneRuns,
} from './suspect-next.ts';

export function suspect({ context, name, stored, slot, life, lease }: InstanceContext): Paragraph {
  const { now } = context;
  const agent = agentOf(slot)?.record;
  if (!agent) throw new Error('a suspicion without a record');
  const next = suspectNext(agent, lease, context, asOwner);
  return {
    sentences: [
      `${name} is dubious: ${suspicionText(agent, life, now, 'its agent')}.`,
      beforeWords(stored, life, agent.suspect?.since ?? now),
      next.words,
    ],
    next: { what: next.what, at: next.at },
  };
}

function beforeWords(stored: StoredInstance, life: RunLife, until: WallTime): string {
  const { registeredAt, state } = stored.record;
  if (registeredAt >= until) return 'It was registered while its agent was already suspect.';
  const was = state === 'serving' ? 'live' : state;
  return `It was ${was} ${formatFor(liveSince(stored, life, until), until)} before that.`;
}

export function dead({
  context: { now, seats },
  name,
  stored,
  slot,
  life,
}: InstanceContext): Paragraph {
  const agent = agentOf(slot)?.record;
  return {
    sentences: [
      `${name} is dubious: its owner, run ${stored.record.run}, ${expiryText(life, agent, now)}.`,
      beforeWords(stored, life, agent?.suspect?.since ?? agent?.since ?? now),
      seats === 0
        ? noActiveCollector
        : 'It is being removed, together with the record of its agent.',
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: seats === 0 ? null : now },
  };
}

export function superseded({
  context: { now, seats, watchedSince },
  name,
  stored,
  slot,
  life,
  row,
}: InstanceContext): Paragraph {
  const holder = agentOf(slot)?.record;
  const lost = life.last('superseded') ?? life.last('removed');
  const why = lost && evidenceWords(lost.event);
  const took = lost
    ? `${formatAt(lost.event.at, now)} (${eventReference(lost)})`
    : formatAt(holder?.startedAt ?? now, now);
  const due = Math.max(row.since, watchedSince) + leftoverAfter(holder ?? { ttl: 0, grace: 0 });
  return {
    sentences: [
      `${name} is dubious: run ${stored.record.run}, which registered it, lost its slot to run ${holder?.run} ${took}${why ? `: ${why}` : ''}.`,
      `The new run is ${holder?.phase} and has not adopted the instance, which was registered ${formatAt(stored.record.registeredAt, now)}.`,
      seats === 0
        ? noActiveCollector
        : `Unless the new run adopts or removes it, a collector removes it ${formatIn(due, now)} as a leftover, after the ttl and grace of the new run.`,
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: seats === 0 ? null : due },
  };
}

export function orphan({
  context: { now, seats },
  name,
  stored,
  life,
  lease,
}: InstanceContext): Paragraph {
  const { end } = life;
  const gone = end
    ? `run ${stored.record.run} ${end.event.event.type} ${formatAt(end.event.at, now)} (${eventReference(end)})`
    : 'no event explains its removal, so it was deleted outside of Rollcall';
  const leaseWords =
    lease === 'stands'
      ? 'The lease of its run is valid: the run will notice within its ttl, start over as a new run and adopt the instance.'
      : `It was registered ${formatAt(stored.record.registeredAt, now)}.`;
  return {
    sentences: [
      `${name} is dubious: its agent has no record; ${gone}.`,
      leaseWords,
      seats === 0
        ? noActiveCollector
        : `Unless a new run of its agent adopts it, a collector removes it after the ttl and grace of the collector, ${formatRounded(leftoverAfter(defaultLease))} by default.`,
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: null },
  };
}

export function contested({ context, name, stored, slot }: InstanceContext): Paragraph {
  const { now, fleet } = context;
  const winner = activeInstance(stored, slot, fleet);
  const itsSlot = fleet.slot(slotOfKey(winner.key));
  const { state, reason } = itsSlot
    ? toInstanceRow(winner, itsSlot, fleet, observed(context))
    : { state: 'live', reason: null };
  const down = reason === null ? state : `${state} (${reason})`;
  const none = state === 'live' ? '' : ` That one is ${down}, so neither is live.`;
  return {
    sentences: [
      `${name} is dubious: ${slotName(winner.record)} registered the same name ${formatAt(winner.record.registeredAt, now)}, and only the latest registration of a name is active.${none}`,
      `This one has been registered ${formatSince(stored.record.registeredAt, now)}.`,
      `It becomes active again if ${slotName(winner.record)} deregisters the name or is declared dead; it is removed when its own agent deregisters it, leaves or is declared dead.`,
    ],
    next: { what: 'nothing', at: null },
  };
}

export function unobserved({ context: { now }, name, stored, lease }: InstanceContext): Paragraph {
  const leases: Readonly<Record<string, string>> = {
    stands: 'The lease of its owner is valid, so the instance is most likely live.',
    absent: 'The lease of its owner has lapsed, so the instance is most likely dead.',
    unknown: 'The lease of its owner could not be read.',
    unrecorded: 'The state of the lease of its owner at that moment is not recorded.',
  };
  return {
    sentences: [
      `${name} is dubious: no collector is active, so it is not known whether its agent is alive.`,
      `${leases[lease ?? 'unrecorded']} It was registered ${formatAt(stored.record.registeredAt, now)}.`,
      untilOneRuns,
    ],
    next: { what: 'nothing', at: null },
  };
}

export function unknownOwner({ context: { now }, name, stored, slot }: InstanceContext): Paragraph {
  const why = slot.agent?.kind === 'unreadable' ? slot.agent.why : '';
  return {
    sentences: [
      `${name} is dubious: the record of its agent cannot be read (${why}), so the state of its owner is unknown.`,
      `Run ${stored.record.run} registered it ${formatAt(stored.record.registeredAt, now)}.`,
      'Instances of an agent with an unreadable record are never removed: fix or delete the record, or restart the agent, which replaces it.',
    ],
    next: { what: 'nothing', at: null },
  };
}
