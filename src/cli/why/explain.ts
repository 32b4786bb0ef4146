import type { Entity } from '../../composition/entity-name.ts';
import { type AuditEntry, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { isOfSlot } from '../../domain/events/event-schema.ts';
import type { AgentView } from '../../domain/fleet/fleet.ts';
import { matchesSubject } from '../../domain/identity/subject-filter.ts';
import type { Unreadable } from '../../domain/records/stored-record.ts';
import { stateText, subjectOf } from '../audit/event-lines.ts';
import { tellAgent } from './agent.ts';
import type { Explanation, ExplanationContext } from './context.ts';
import { tellInstance } from './instance.ts';
import { eventReference, formatAt } from './phrases.ts';
import { explainRemoved } from './removed-entity.ts';

/** Whether a record of this entity stands. */
export function hasRecord({ kind, records }: Entity, { fleet }: ExplanationContext): boolean {
  const wants = matchesSubject(records);
  for (const { agent, instances } of fleet.slots()) {
    if (kind === 'agent' && agent && wants(agent.key)) return true;
    if (kind === 'instance' && [...instances.keys()].some(wants)) return true;
  }
  return false;
}

/**
 * The stories of what is named: one for each record that stands, the one that counts first; else how it
 * went. None: no event that can be read says that there ever was such a thing.
 */
export async function explain(
  entity: Entity,
  ground: ExplanationContext,
): Promise<readonly Explanation[]> {
  const standing =
    entity.kind === 'instance' ? await instances(entity, ground) : await agents(entity, ground);
  if (standing.length > 0) return standing;
  const { first, last } = await span(entity.chains, ground);
  if (first && last) return [await explainRemoved({ first, last }, ground)];
  return process(entity, ground);
}

async function instances(
  { records }: Entity,
  ground: ExplanationContext,
): Promise<readonly Explanation[]> {
  const wants = matchesSubject(records);
  const stories: Explanation[] = [];
  for (const slot of ground.fleet.slots()) {
    for (const [key, read] of slot.instances) {
      if (!wants(key)) continue;
      stories.push(
        read.kind === 'stored'
          ? await tellInstance(read, slot, ground)
          : unreadable(read, 'instance'),
      );
    }
  }
  return stories.toSorted((a, b) => rank(a) - rank(b));
}

/** What counts comes first, what lost the contest last. */
const rank = ({ facts }: Explanation): number =>
  facts['reason'] === 'contested' ? 2 : facts['state'] === 'dubious' ? 1 : 0;

async function agents(entity: Entity, ground: ExplanationContext): Promise<readonly Explanation[]> {
  const slot = await slotOf(entity, ground);
  if (!slot?.agent) return [];
  if (slot.agent.kind === 'unreadable') {
    return entity.kind === 'run' ? [] : [unreadable(slot.agent, 'agent')];
  }
  const { run } = slot.agent.record;
  if (entity.kind === 'run' && entity.exact !== `run:${run}`) return [];
  return [await tellAgent(slot.agent, slot, ground)];
}

async function slotOf(entity: Entity, ground: ExplanationContext): Promise<AgentView | undefined> {
  const wants = matchesSubject(entity.records);
  for (const slot of ground.fleet.slots()) if (slot.agent && wants(slot.agent.key)) return slot;
  return undefined;
}

function unreadable({ key, revision, why }: Unreadable, kind: string): Explanation {
  return {
    sentences: [
      `The record ${key} stands, and cannot be read: ${why}.`,
      'Somebody else wrote it, or newer software did; no event explains it.',
      'It is left alone until somebody mends or deletes it: `rollcall doctor` says how.',
    ],
    facts: {
      kind,
      state: 'unreadable',
      reason: why,
      key,
      revision,
      next: { what: 'nothing', at: null },
    },
  };
}

/** The last time that it began, and its last event. */
async function span(
  filters: readonly string[],
  { history, until }: ExplanationContext,
): Promise<{ readonly first?: AuditEntry; readonly last?: AuditEntry }> {
  let first: AuditEntry | undefined;
  let last: AuditEntry | undefined;
  for await (const stored of history.read(0, filters)) {
    if (stored.seq > until) break;
    const read = parseAuditEvent(stored);
    // Whoever puts an event there may let it speak of a hold, or of the fleet.
    if (read.kind !== 'event' || !isOfSlot(read.event.of)) continue;
    if (!first || read.event.from === null) first = read;
    last = read;
  }
  return { ...(first && { first }), ...(last && { last }) };
}

/** A process without a record: a collector, or an agent that never took its slot. */
async function process(
  entity: Entity,
  ground: ExplanationContext,
): Promise<readonly Explanation[]> {
  const { last } = await span(entity.own, ground);
  if (!last) return [];
  const { event } = last;
  return [
    {
      sentences: [
        `${subjectOf(event)} has no record: it is a process that ${event.of.entity === 'collector' ? 'watches' : 'asked for its slot'}, run ${event.of.run}.`,
        `The last it said was '${event.event.type}' ${formatAt(event.at, ground.now)} (${eventReference(last)}): ${stateText(event.to)}.`,
        'Whether it still runs, only its seat or its lease would say; a process that is killed says nothing.',
      ],
      facts: {
        kind: event.of.entity,
        state: stateText(event.to),
        reason: event.event.type,
        of: event.of,
        since: event.at,
        next: { what: 'nothing', at: null },
      },
    },
  ];
}
