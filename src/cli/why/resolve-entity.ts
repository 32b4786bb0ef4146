import type { Entity } from '../../composition/names/entity-name.ts';
import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { isOfSlot } from '../../domain/events/event-schema.ts';
import { Fault } from '../../domain/fault.ts';
import { agentMapKey } from '../../domain/identity/registry-keys.ts';
import { expectOne, hasEvents } from '../audit/find-entity.ts';
import { locateMoment } from '../audit/locate-moment.ts';
import { nowOf, type OpenHistory } from '../audit/open-history.ts';
import type { Terminal } from '../terminal/io.ts';
import { shellWord } from '../terminal/shell-quoted.ts';
import type { ExplanationContext } from './context.ts';
import { hasRecord } from './explain.ts';
import { past, present } from './load-context.ts';

/** The records of a run are those of its agent, which its events name. */
export async function withRecords(
  entity: Entity,
  { history }: Pick<OpenHistory, 'history'>,
): Promise<Entity> {
  if (entity.kind !== 'run') return entity;
  for await (const stored of history.read(0, entity.own)) {
    const read = parseAuditEvent(stored);
    if (read.kind !== 'event' || !isOfSlot(read.event.of)) continue;
    const slot = agentMapKey(read.event.of);
    return { ...entity, records: [`agent.${slot}`, `instance.${slot}.>`] };
  }
  return entity;
}

export async function contextOf(
  candidates: readonly Entity[],
  at: string | undefined,
  opened: OpenHistory,
  io: Terminal,
): Promise<ExplanationContext> {
  const { history, connected } = opened;
  if (connected && at === undefined) {
    return present(
      candidates.flatMap(({ records }) => records),
      connected.ports,
      history,
    );
  }
  const now = await nowOf(opened);
  const moment = await locateMoment('at', at ?? 'now', history, io, now);
  return past(moment, { ...opened, leases: connected?.ports.leases }, io.signal);
}

export async function selectEntity(
  name: string,
  candidates: readonly Entity[],
  context: ExplanationContext,
  opened: Pick<OpenHistory, 'history' | 'name'>,
): Promise<Entity> {
  const found: Entity[] = [];
  for (const one of candidates) {
    if (hasRecord(one, context) || (await hasEvents(opened.history, one.own, context.until)))
      found.push(one);
  }
  const [one] = found;
  if (one) return expectOne(one, name, found);
  const then = context.until === Number.POSITIVE_INFINITY ? '' : ' at that moment';
  throw new Fault('not-found', `'${name}' has no record and no event in ${opened.name}${then}`, {
    hint: 'an instance is SERVICE/ID, an agent is HOST/AGENT; to list them: rollcall ps, rollcall agents',
  });
}

/** The entity has events, but none of them can be read. */
export const unreadableEvents = (name: string, { exact }: Entity): Fault =>
  new Fault('event-unreadable', `no event of '${name}' can be read`, {
    hint: `to see them and why: rollcall audit tail ${shellWord(exact)}; to list all unreadable events: rollcall audit verify`,
  });
