import { clocksAgree } from '../../domain/clock-difference.ts';
import type { AgentRecord, InstanceRecord } from '../../domain/records/schemas.ts';
import { type Millis, seconds, type WallTime } from '../../domain/time.ts';
import { formatElapsed } from '../terminal/format-time.ts';
import type { RunLife } from './run-history.ts';

/**
 * The records of a run contain times of other clocks: of its own host, and of the collectors that judged it.
 * Texts show times of the server, when the audit stored the event. A clock that agrees with the server's
 * stays as it is, because its time is more exact than the time of storing.
 */
const shift = (time: WallTime, offset: Millis): WallTime =>
  clocksAgree(offset) ? time : time - offset;

/** The times of an agent's record, by the server's clock. */
export function agentInServerTime(record: AgentRecord, life: RunLife): AgentRecord {
  const own = (time: WallTime) => shift(time, life.clockOffset);
  const judged = (time: WallTime, type: string) => {
    const at = life.last(type)?.storedAt;
    return at === undefined ? time : shift(time, time - at);
  };
  const { suspect, phase } = record;
  const isOwnChange = suspect === undefined && phase !== 'expired';
  return {
    ...record,
    startedAt: own(record.startedAt),
    since: isOwnChange
      ? own(record.since)
      : judged(record.since, phase === 'expired' ? 'expired' : 'suspected'),
    ...(suspect && { suspect: { ...suspect, since: judged(suspect.since, 'suspected') } }),
  };
}

/** The times of an instance's record, which its own agent wrote, by the server's clock. */
export const instanceInServerTime = (record: InstanceRecord, life: RunLife): InstanceRecord => ({
  ...record,
  registeredAt: shift(record.registeredAt, life.clockOffset),
  since: shift(record.since, life.clockOffset),
});

/** Says that the clock of the host is wrong, and that the times are not; empty if it is right. */
export function clockWords(host: string, { clockOffset: offset }: RunLife): readonly string[] {
  if (clocksAgree(offset)) return [];
  const by = formatElapsed(seconds(Math.round(Math.abs(offset) / 1000)));
  return [
    `The clock of host ${host} was ${by} ${offset > 0 ? 'ahead of' : 'behind'} the server's; the times here are the server's.`,
  ];
}
