import { leftoverAfter } from '../../domain/policy/lease-policy.ts';
import { type StoredInstance, tokenOf } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import { evidenceWords } from '../audit/evidence-text.ts';
import { liveSince } from './healthy-instance.ts';
import { agentOf, type InstanceContext, type Paragraph } from './instance-context.ts';
import { eventReference, formatAt, formatFor, formatIn, formatSince, slotName } from './phrases.ts';
import type { RunLife } from './run-history.ts';
import {
  expiryText,
  nobodyWatches,
  suspectNext,
  suspicionText,
  untilOneRuns,
} from './suspicion-text.ts';

export function suspect({ ground, name, stored, slot, life, lease }: InstanceContext): Paragraph {
  const { now } = ground;
  const agent = agentOf(slot)?.record;
  if (!agent) throw new Error('a suspicion without a record');
  const next = suspectNext(agent, lease, ground, 'the instance is');
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
  ground: { now, seats },
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
      seats === 0 ? nobodyWatches : 'It is being removed, and the record of its agent with it.',
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: seats === 0 ? null : now },
  };
}

export function superseded({
  ground: { now, seats },
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
  const due = row.since + leftoverAfter(holder ?? { ttl: 0, grace: 0 });
  return {
    sentences: [
      `${name} is dubious: run ${stored.record.run} that registered it lost its slot to run ${holder?.run} ${took}${why ? `: ${why}` : ''}.`,
      `That run is ${holder?.phase}, and has not adopted it; it was registered ${formatAt(stored.record.registeredAt, now)}.`,
      seats === 0
        ? nobodyWatches
        : `Unless that run adopts or removes it, a collector removes it ${formatIn(due, now)}, after ttl and grace as a leftover.`,
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: seats === 0 ? null : due },
  };
}

export function orphan({
  ground: { now, seats },
  name,
  stored,
  life,
  lease,
}: InstanceContext): Paragraph {
  const { end } = life;
  const gone = end
    ? `run ${stored.record.run} ${end.event.event.type} ${formatAt(end.event.at, now)} (${eventReference(end)})`
    : 'no event says where that went: somebody deleted it';
  const leaseWords =
    lease === 'stands'
      ? "Its run's lease stands: it notices within its ttl, starts over, and adopts it."
      : `It was registered ${formatAt(stored.record.registeredAt, now)}.`;
  return {
    sentences: [
      `${name} is dubious: its agent has no record; ${gone}.`,
      leaseWords,
      seats === 0
        ? nobodyWatches
        : 'Unless a new run of its agent adopts it, a collector removes it after its own ttl and grace, 45 s unless set otherwise.',
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: null },
  };
}

export function contested({ ground: { now, fleet }, name, stored }: InstanceContext): Paragraph {
  const { service, id } = stored.record;
  const rivals = [...fleet.named(service, id).values()];
  const winner = rivals.reduce((best, one) => (tokenOf(one) > tokenOf(best) ? one : best), stored);
  return {
    sentences: [
      `${name} is dubious: ${slotName(winner.record)} registered it too, ${formatAt(winner.record.registeredAt, now)}, and the latest registration counts.`,
      `Here it has been registered ${formatSince(stored.record.registeredAt, now)}.`,
      `It counts again if ${slotName(winner.record)} gives it up or is declared dead; it goes when its own agent takes it away, leaves, or dies.`,
    ],
    next: { what: 'nothing', at: null },
  };
}

export function unobserved({ ground: { now }, name, stored, lease }: InstanceContext): Paragraph {
  const leases: Readonly<Record<string, string>> = {
    stands: 'Its lease stands, so it is most likely as live as it says.',
    absent: 'Its lease has lapsed, so it is most likely dead.',
    unknown: 'Its lease could not be read.',
  };
  return {
    sentences: [
      `${name} is dubious: no collector holds a seat, so nobody would notice if its agent fell silent.`,
      `${leases[lease ?? 'unknown']} It was registered ${formatAt(stored.record.registeredAt, now)}.`,
      untilOneRuns,
    ],
    next: { what: 'nothing', at: null },
  };
}

export function unknownOwner({ ground: { now }, name, stored, slot }: InstanceContext): Paragraph {
  const why = slot.agent?.kind === 'unreadable' ? slot.agent.why : '';
  return {
    sentences: [
      `${name} is dubious: the record of its agent cannot be read (${why}), so nobody knows whether its owner still is.`,
      `Run ${stored.record.run} registered it ${formatAt(stored.record.registeredAt, now)}.`,
      'Nothing under that record is removed: mend or delete it, or start the agent anew, which takes the slot.',
    ],
    next: { what: 'nothing', at: null },
  };
}
