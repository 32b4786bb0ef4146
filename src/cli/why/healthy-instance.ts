import { formatDrainTarget } from '../../composition/names/drain-target.ts';
import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import type { StoredInstance } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import { untilWords } from '../tables/fleet-lines.ts';
import { formatRounded } from '../terminal/format-time.ts';
import { shellWord } from '../terminal/shell-quoted.ts';
import {
  agentOf,
  type ExplanationContext,
  type InstanceContext,
  type Paragraph,
} from './context.ts';
import { formatAt, formatSince } from './phrases.ts';
import type { RunLife } from './run-history.ts';
import { asOwner, holdWordsOf } from './suspect-next.ts';

/** A live instance: its agent is live and reports it as serving. */
export async function live(one: InstanceContext): Promise<Paragraph> {
  const { context, name, row, slot, lease, stored, life } = one;
  const { now } = context;
  const rival = await rivalGone(stored, context);
  const agent = agentOf(slot)?.record;
  const doing =
    agent?.phase === 'leaving'
      ? 'its agent is leaving and will remove it'
      : lease === 'absent'
        ? 'its agent is not suspect, but its lease has just lapsed'
        : lease === 'stands'
          ? 'its agent has a valid lease and is not suspect'
          : 'its agent is not suspect';
  const dubious = `If its agent becomes silent, the instance is dubious within ${formatRounded(agent?.ttl ?? 0)}`;
  const onHold = agent && holdWordsOf(agent, context, asOwner);
  const next =
    agent?.phase === 'leaving'
      ? 'Its agent removes it as soon as it has drained.'
      : onHold === undefined
        ? `${dubious}; ${formatRounded(agent?.grace ?? 0)} later the agent is declared dead and the instance is removed.`
        : `${dubious}. ${onHold}`;
  return {
    sentences: [
      `${name} is live: ${doing}.`,
      `It has been live ${formatSince(Math.max(rival, liveSince(stored, life, now)), now)}; run ${row.run} registered it ${formatAt(stored.record.registeredAt, now)}.`,
      next,
    ],
    next: { what: agent?.phase === 'leaving' ? 'leave' : 'nothing', at: null },
  };
}

/** When the last later registration of the same name was removed; 0 if there was none. */
async function rivalGone(
  { record }: StoredInstance,
  context: ExplanationContext,
): Promise<WallTime> {
  const names = `${encodeSubjectToken(record.service)}.${encodeSubjectToken(record.id)}`;
  let gone = 0;
  let contested = false;
  for await (const stored of context.history.read(0, [`*.*.*.${names}.*`])) {
    if (stored.seq > context.until) break;
    const read = parseAuditEvent(stored);
    if (read.kind !== 'event') continue;
    const { of, event } = read.event;
    if (of.run === record.run) contested = false;
    else if (event.type === 'registered') contested = true;
    else if (event.type === 'removed' && contested) gone = read.storedAt;
  }
  return gone;
}

/** The latest of registration, recovery, and refutation by its agent. */
export function liveSince({ record }: StoredInstance, life: RunLife, until: WallTime): WallTime {
  const moments = [record.registeredAt, record.since, life.last('regranted')?.event.at ?? 0];
  return Math.max(...moments.filter((moment) => moment <= until));
}

export function failing({ context: { now }, name, stored, row }: InstanceContext): Paragraph {
  const { detail, since: failed, registeredAt } = stored.record;
  const reported = detail === undefined ? 'this' : `'${detail}'`;
  return {
    sentences: [
      `${name} is failing: its agent has reported ${reported} ${formatSince(failed, now)}.`,
      `Its agent is live; run ${row.run} registered it ${formatAt(registeredAt, now)}.`,
      'It is live again when its agent reports it as serving.',
    ],
    next: { what: 'nothing', at: null },
  };
}

export function draining(one: InstanceContext): Paragraph {
  const { name, stored, row } = one;
  const { now } = one.context;
  if (row.drain && stored.record.state === 'serving') return drainedByOperator(one, row.drain);
  const { since: drained, registeredAt } = stored.record;
  const isLeaving = agentOf(one.slot)?.record.phase === 'leaving';
  return {
    sentences: [
      `${name} has been draining ${formatSince(drained, now)}: it finishes current requests; send it no new ones.`,
      `Its agent ${isLeaving ? 'is leaving' : 'reports it as draining'}; run ${row.run} registered it ${formatAt(registeredAt, now)}.`,
      isLeaving
        ? 'Its agent removes it when the drain time is over.'
        : 'It is live again when its agent reports it as serving. It is removed when its agent deregisters it or leaves.',
    ],
    next: { what: isLeaving ? 'leave' : 'nothing', at: null },
  };
}

/** Its agent reports it as serving, and an operator turns traffic away. */
function drainedByOperator(
  { context: { fleet, now }, name, stored, row }: InstanceContext,
  { by, until, why }: NonNullable<InstanceRow['drain']>,
): Paragraph {
  const { record } = stored;
  const drain = fleet.controls.drainOf(record);
  const isOfHost = drain?.kind === 'stored' && 'host' in drain.record.target;
  const what = isOfHost ? `its host ${record.host}` : 'it';
  const reason =
    why === null ? '' : by === null ? `; the record cannot be read: ${why}` : `: ${why}`;
  const { host, service, id } = record;
  const target = formatDrainTarget(isOfHost ? { host } : { service, id });
  const end =
    until === null
      ? 'The drain lasts until an operator ends it'
      : `The drain ends ${untilWords(until, now)}`;
  return {
    sentences: [
      `${name} has been draining ${formatSince(row.since, now)}: ${by ?? 'an operator'} drains ${what}${reason}; send it no new requests.`,
      `Its agent reports it as serving; run ${row.run} registered it ${formatAt(record.registeredAt, now)}.`,
      `${end}; to end it: rollcall undrain ${shellWord(target)}.`,
    ],
    next: { what: until === null ? 'nothing' : 'undrain', at: until },
  };
}
