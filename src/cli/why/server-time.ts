import { clocksAgree } from '../../domain/clock-difference.ts';
import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { chainSubject } from '../../domain/events/event-subjects.ts';
import type { AgentRecord, InstanceRecord } from '../../domain/records/schemas.ts';
import { type Millis, seconds, type WallTime } from '../../domain/time.ts';
import { formatElapsed } from '../terminal/format-time.ts';
import type { ExplanationContext } from './context.ts';
import type { RunLife } from './run-history.ts';

/**
 * The records of a run contain times of other clocks: of its own host, and of the collectors that judged it.
 * Texts show times of the server, when the audit stored the event that wrote the time. Where that event is no longer in
 * the history, a clock that agrees with the server's stays as it is.
 */
const shift = (time: WallTime, offset: Millis): WallTime =>
  clocksAgree(offset) ? time : time - offset;

/** The times of an agent's record, by the server's clock. */
export function agentInServerTime(record: AgentRecord, life: RunLife): AgentRecord {
  const own = (time: WallTime) => shift(time, life.clockOffset);
  const storedAt = (type: string) => life.last(type)?.storedAt;
  const { suspect, phase } = record;
  const isOwnChange = suspect === undefined && phase !== 'expired';
  return {
    ...record,
    startedAt: storedAt('started') ?? own(record.startedAt),
    since: isOwnChange
      ? own(record.since)
      : (storedAt(phase === 'expired' ? 'expired' : 'suspected') ?? record.since),
    ...(suspect && { suspect: { ...suspect, since: storedAt('suspected') ?? suspect.since } }),
  };
}

/** The times of an instance's record, which its own agent wrote, by the server's clock. */
export async function instanceInServerTime(
  record: InstanceRecord,
  life: RunLife,
  { history, until }: Pick<ExplanationContext, 'history' | 'until'>,
): Promise<InstanceRecord> {
  const fields = ['registeredAt', 'since'] as const;
  const stored = {
    registeredAt: shift(record.registeredAt, life.clockOffset),
    since: shift(record.since, life.clockOffset),
  };
  const found = new Set<string>();
  for await (const one of history.read(0, [
    `${chainSubject({ entity: 'instance', ...record })}.*`,
  ])) {
    if (one.seq > until || found.size === fields.length) break;
    const read = parseAuditEvent(one);
    if (read.kind !== 'event') continue;
    for (const field of fields) {
      if (found.has(field) || read.event.record?.[field] !== record[field]) continue;
      stored[field] = read.storedAt;
      found.add(field);
    }
  }
  return { ...record, ...stored };
}

/** Says that the clock of the host is wrong, and that the times are not; empty if it is right. */
export function clockWords(host: string, { clockOffset: offset }: RunLife): readonly string[] {
  if (clocksAgree(offset)) return [];
  const by = formatElapsed(seconds(Math.round(Math.abs(offset) / 1000)));
  return [
    `The clock of host ${host} was ${by} ${offset > 0 ? 'ahead of' : 'behind'} the server's; the times here are the server's.`,
  ];
}
