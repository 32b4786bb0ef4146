import { type StoredAgent, type StoredInstance, tokenOf } from '../../domain/entry.ts';
import type { SlotView } from '../../domain/fleet.ts';
import { type InstanceRow, instanceRow } from '../../domain/join.ts';
import { leftoverAfter } from '../../domain/policy.ts';
import { readEvent } from '../../domain/recorded.ts';
import type { Instant } from '../../domain/time.ts';
import { encodeToken } from '../../domain/token.ts';
import { evidenceWords } from '../evidence.ts';
import { deathWords, doubtWords, nobodyWatches, suspectNext, untilOneRuns } from './doubt.ts';
import { type Ground, observed, type Story } from './ground.ts';
import { at, during, long, ref, since, slotName, soon } from './phrases.ts';
import { RunLife } from './run-life.ts';

/** What an instance's story is told from. */
interface Case {
  readonly ground: Ground;
  readonly stored: StoredInstance;
  readonly slot: SlotView;
  readonly row: InstanceRow;
  readonly name: string;
  /** The life of its owner. */
  readonly life: RunLife;
  readonly lease: string | undefined;
}

interface Next {
  readonly what: string;
  readonly at: Instant | null;
}

interface Told {
  readonly sentences: readonly [what: string, before: string, next: string];
  readonly next: Next;
}

/** Why an instance is as it is, and what becomes of it. */
export async function tellInstance(
  stored: StoredInstance,
  slot: SlotView,
  ground: Ground,
): Promise<Story> {
  const { record } = stored;
  const row = instanceRow(stored, slot, ground.fleet, observed(ground));
  const life = await RunLife.read(ground.history, record, ground.until);
  const lease = await ground.lease(record);
  const name = `${record.service}/${record.id} on ${slotName(record)}`;
  const one: Case = { ground, stored, slot, row, name, life, lease };
  const told = await tellerOf(one)(one);
  const agent = slot.agent?.kind === 'stored' ? slot.agent.record : undefined;
  return {
    sentences: told.sentences,
    facts: {
      kind: 'instance',
      ...row,
      lease: lease ?? null,
      holder: agent
        ? {
            run: agent.run,
            phase: agent.phase,
            suspect: agent.suspect ?? null,
            ttl: agent.ttl,
            grace: agent.grace,
          }
        : null,
      next: told.next,
    },
  };
}

type Teller = (one: Case) => Told | Promise<Told>;

function tellerOf({ row, slot }: Case): Teller {
  if (row.state !== 'dubious') return { live, failing, draining }[row.state];
  switch (row.reason) {
    case 'superseded':
      return superseded;
    case 'orphan':
      return orphan;
    case 'contested':
      return contested;
    case 'unobserved':
      return slot.agent?.kind === 'unreadable' ? unknownOwner : unobserved;
    default:
      return agentOf(slot)?.record.phase === 'expired' ? dead : suspect;
  }
}

const agentOf = ({ agent }: SlotView): StoredAgent | undefined =>
  agent?.kind === 'stored' ? agent : undefined;

async function live(one: Case): Promise<Told> {
  const { ground, name, row, slot, lease, stored, life } = one;
  const { now } = ground;
  const rival = await rivalGone(stored, ground);
  const agent = agentOf(slot)?.record;
  const doing =
    agent?.phase === 'leaving'
      ? 'its agent is leaving, and takes it along'
      : lease === 'absent'
        ? 'nobody doubts its agent, though its lease has just lapsed'
        : lease === 'stands'
          ? 'its agent holds its lease, and nobody doubts it'
          : 'nobody doubts its agent';
  const next =
    agent?.phase === 'leaving'
      ? 'It is removed by its own agent as soon as that has drained.'
      : `Should its agent fall silent, it is dubious within ${long(agent?.ttl ?? 0)}, declared dead ${long(agent?.grace ?? 0)} after that, and removed right then.`;
  return {
    sentences: [
      `${name} is live: ${doing}.`,
      `It has been so ${since(Math.max(rival, liveSince(stored, life, now)), now)}; run ${row.run} registered it ${at(stored.record.registeredAt, now)}.`,
      next,
    ],
    next: { what: agent?.phase === 'leaving' ? 'leave' : 'nothing', at: null },
  };
}

/** When the last one went that had been registered later under the same name; 0: there was none. */
async function rivalGone({ record }: StoredInstance, ground: Ground): Promise<Instant> {
  const names = `${encodeToken(record.service)}.${encodeToken(record.id)}`;
  let gone = 0;
  let contested = false;
  for await (const stored of ground.history.read(0, [`*.*.*.${names}.*`])) {
    if (stored.seq > ground.until) break;
    const read = readEvent(stored);
    if (read.kind !== 'event') continue;
    const { of, at: then, event } = read.event;
    if (of.run === record.run) contested = false;
    else if (event.type === 'registered') contested = true;
    else if (event.type === 'removed' && contested) gone = then;
  }
  return gone;
}

/** The latest of what made it live: its registration, its recovery, its agent's refutation. */
function liveSince({ record }: StoredInstance, life: RunLife, until: Instant): Instant {
  const moments = [record.registeredAt, record.since, life.last('regranted')?.event.at ?? 0];
  return Math.max(...moments.filter((moment) => moment <= until));
}

function failing({ ground: { now }, name, stored, row }: Case): Told {
  const { detail, since: failed, registeredAt } = stored.record;
  const said = detail === undefined ? 'its check fails' : `its check says '${detail}'`;
  return {
    sentences: [
      `${name} is failing: ${said}, ${since(failed, now)}.`,
      `Its agent is live and runs the check; run ${row.run} registered it ${at(registeredAt, now)}.`,
      'It stays registered, and is live again with the first check that passes.',
    ],
    next: { what: 'nothing', at: null },
  };
}

function draining({ ground: { now }, name, stored, row }: Case): Told {
  const { since: drained, registeredAt } = stored.record;
  return {
    sentences: [
      `${name} is draining ${since(drained, now)}: it finishes what is under way, send it nothing new.`,
      `Its agent is about to leave; run ${row.run} registered it ${at(registeredAt, now)}.`,
      'It is removed by its own agent when the time to drain is over.',
    ],
    next: { what: 'leave', at: null },
  };
}

function suspect({ ground, name, stored, slot, life, lease }: Case): Told {
  const { now } = ground;
  const agent = agentOf(slot)?.record;
  if (!agent) throw new Error('a suspicion without a record');
  const next = suspectNext(agent, lease, ground, 'the instance is');
  return {
    sentences: [
      `${name} is dubious: ${doubtWords(agent, life, now, 'its agent')}.`,
      beforeWords(stored, life, agent.suspect?.since ?? now),
      next.words,
    ],
    next: { what: next.what, at: next.at },
  };
}

function beforeWords(stored: StoredInstance, life: RunLife, until: Instant): string {
  const { registeredAt, state } = stored.record;
  if (registeredAt >= until) return 'It was registered while its agent was already suspect.';
  const was = state === 'serving' ? 'live' : state;
  return `It was ${was} ${during(liveSince(stored, life, until), until)} before that.`;
}

function dead({ ground: { now, seats }, name, stored, slot, life }: Case): Told {
  const agent = agentOf(slot)?.record;
  return {
    sentences: [
      `${name} is dubious: its owner, run ${stored.record.run}, ${deathWords(life, agent, now)}.`,
      beforeWords(stored, life, agent?.suspect?.since ?? agent?.since ?? now),
      seats === 0 ? nobodyWatches : 'It is being removed, and the record of its agent with it.',
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: seats === 0 ? null : now },
  };
}

function superseded({ ground: { now, seats }, name, stored, slot, life, row }: Case): Told {
  const holder = agentOf(slot)?.record;
  const lost = life.last('superseded') ?? life.last('removed');
  const why = lost && evidenceWords(lost.event);
  const took = lost
    ? `${at(lost.event.at, now)} (${ref(lost)})`
    : at(holder?.startedAt ?? now, now);
  const due = row.since + leftoverAfter(holder ?? { ttl: 0, grace: 0 });
  return {
    sentences: [
      `${name} is dubious: run ${stored.record.run} that registered it lost its slot to run ${holder?.run} ${took}${why ? `: ${why}` : ''}.`,
      `That run is ${holder?.phase}, and has not adopted it; it was registered ${at(stored.record.registeredAt, now)}.`,
      seats === 0
        ? nobodyWatches
        : `Unless that run adopts or removes it, a collector removes it ${soon(due, now)}, after ttl and grace as a leftover.`,
    ],
    next: { what: seats === 0 ? 'nothing' : 'remove', at: seats === 0 ? null : due },
  };
}

function orphan({ ground: { now, seats }, name, stored, life, lease }: Case): Told {
  const { end } = life;
  const gone = end
    ? `run ${stored.record.run} ${end.event.event.type} ${at(end.event.at, now)} (${ref(end)})`
    : 'no event says where that went: somebody deleted it';
  const leaseWords =
    lease === 'stands'
      ? "Its run's lease stands: it notices within its ttl, starts over, and adopts it."
      : `It was registered ${at(stored.record.registeredAt, now)}.`;
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

function contested({ ground: { now, fleet }, name, stored }: Case): Told {
  const { service, id } = stored.record;
  const rivals = [...fleet.named(service, id).values()];
  const winner = rivals.reduce((best, one) => (tokenOf(one) > tokenOf(best) ? one : best), stored);
  return {
    sentences: [
      `${name} is dubious: ${slotName(winner.record)} registered it too, ${at(winner.record.registeredAt, now)}, and the latest registration counts.`,
      `Here it has been registered ${since(stored.record.registeredAt, now)}.`,
      `It counts again if ${slotName(winner.record)} gives it up or is declared dead; it goes when its own agent takes it away, leaves, or dies.`,
    ],
    next: { what: 'nothing', at: null },
  };
}

function unobserved({ ground: { now }, name, stored, lease }: Case): Told {
  const leases: Readonly<Record<string, string>> = {
    stands: 'Its lease stands, so it is most likely as live as it says.',
    absent: 'Its lease has lapsed, so it is most likely dead.',
    unknown: 'Its lease could not be read.',
  };
  return {
    sentences: [
      `${name} is dubious: no collector holds a seat, so nobody would notice if its agent fell silent.`,
      `${leases[lease ?? 'unknown']} It was registered ${at(stored.record.registeredAt, now)}.`,
      untilOneRuns,
    ],
    next: { what: 'nothing', at: null },
  };
}

function unknownOwner({ ground: { now }, name, stored, slot }: Case): Told {
  const why = slot.agent?.kind === 'unreadable' ? slot.agent.why : '';
  return {
    sentences: [
      `${name} is dubious: the record of its agent cannot be read (${why}), so nobody knows whether its owner still is.`,
      `Run ${stored.record.run} registered it ${at(stored.record.registeredAt, now)}.`,
      'Nothing under that record is removed: mend or delete it, or start the agent anew, which takes the slot.',
    ],
    next: { what: 'nothing', at: null },
  };
}
