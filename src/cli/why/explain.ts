import type { Entity } from '../../composition/names/entity-name.ts';
import { type AuditEntry, atStoredTime, parseAuditEvent } from '../../domain/events/audit-entry.ts';
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

/** Whether the registry has a record of this entity. */
export function hasRecord({ kind, records }: Entity, { fleet }: ExplanationContext): boolean {
  const wants = matchesSubject(records);
  for (const { agent, instances } of fleet.slots()) {
    if (kind === 'agent' && agent && wants(agent.key)) return true;
    if (kind === 'instance' && [...instances.keys()].some(wants)) return true;
  }
  return false;
}

/**
 * Explains an entity: one explanation per record, the valid registration first. Without a record it
 * explains the removal. Empty if there is no record and no readable event.
 */
export async function explain(
  entity: Entity,
  context: ExplanationContext,
): Promise<readonly Explanation[]> {
  const standing =
    entity.kind === 'instance' ? await instances(entity, context) : await agents(entity, context);
  if (standing.length > 0) return standing;
  const { first, last } = await span(entity.chains, context);
  if (first && last) return [await explainRemoved({ first, last }, context)];
  return process(entity, context);
}

async function instances(
  { records }: Entity,
  context: ExplanationContext,
): Promise<readonly Explanation[]> {
  const wants = matchesSubject(records);
  const stories: Explanation[] = [];
  for (const slot of context.fleet.slots()) {
    for (const [key, read] of slot.instances) {
      if (!wants(key)) continue;
      stories.push(
        read.kind === 'stored'
          ? await tellInstance(read, slot, context)
          : unreadable(read, 'instance'),
      );
    }
  }
  return stories.toSorted((a, b) => rank(a) - rank(b));
}

/** The valid registration first, contested ones last. */
const rank = ({ facts }: Explanation): number =>
  facts['reason'] === 'contested' ? 2 : facts['state'] === 'dubious' ? 1 : 0;

async function agents(
  entity: Entity,
  context: ExplanationContext,
): Promise<readonly Explanation[]> {
  const slot = await slotOf(entity, context);
  if (!slot?.agent) return [];
  if (slot.agent.kind === 'unreadable') {
    return entity.kind === 'run' ? [] : [unreadable(slot.agent, 'agent')];
  }
  const { run } = slot.agent.record;
  if (entity.kind === 'run' && entity.exact !== `run:${run}`) return [];
  return [await tellAgent(slot.agent, slot, context)];
}

async function slotOf(entity: Entity, context: ExplanationContext): Promise<AgentView | undefined> {
  const wants = matchesSubject(entity.records);
  for (const slot of context.fleet.slots()) if (slot.agent && wants(slot.agent.key)) return slot;
  return undefined;
}

function unreadable({ key, revision, why }: Unreadable, kind: string): Explanation {
  return {
    sentences: [
      `The record ${key} is unreadable: ${why}.`,
      'It was written by other software or by a newer version; no event explains it.',
      'It is not changed until it is fixed or deleted; for the commands: rollcall doctor.',
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

/** Its latest first event, and its last event. */
async function span(
  filters: readonly string[],
  { history, until }: ExplanationContext,
): Promise<{ readonly first?: AuditEntry; readonly last?: AuditEntry }> {
  let first: AuditEntry | undefined;
  let last: AuditEntry | undefined;
  for await (const stored of history.read(0, filters)) {
    if (stored.seq > until) break;
    const read = parseAuditEvent(stored);
    // A forged event may be about a hold or the fleet.
    if (read.kind !== 'event' || !isOfSlot(read.event.of)) continue;
    last = atStoredTime(read);
    if (!first || read.event.from === null) first = last;
  }
  return { ...(first && { first }), ...(last && { last }) };
}

/** A process without a record: a collector, or an agent that never took its slot. */
async function process(
  entity: Entity,
  context: ExplanationContext,
): Promise<readonly Explanation[]> {
  const { last } = await span(entity.own, context);
  if (!last) return [];
  const { event } = last;
  return [
    {
      sentences: [
        `${subjectOf(event)} has no record: it is a ${event.of.entity === 'collector' ? 'collector' : 'process that tried to take the slot'}, run ${event.of.run}.`,
        `Its last event is '${event.event.type}' ${formatAt(event.at, context.now)} (${eventReference(last)}): state ${stateText(event.to)}.`,
        'The history cannot tell whether it still runs: a killed process writes no event.',
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
