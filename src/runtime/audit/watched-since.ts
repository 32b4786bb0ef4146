import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { chainSubject } from '../../domain/events/event-subjects.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { watchedSince } from '../../domain/fleet/observation.ts';
import { SeatHistory } from '../../domain/fleet/seat-history.ts';
import { type KeyValueEntry, readSeat } from '../../domain/records/stored-record.ts';
import { type Millis, minutes, type Revision, type WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** The clock of the author of a suspicion may be ahead of the server's. */
const clockMargin: Millis = minutes(1);
/** How far before the end of the history the search for a time begins; each next step is ten times as long. */
const firstStep = 1000;

/**
 * Since when the holders of these seats watch, by the history since the first suspicion of the fleet. 0: one of them watched
 * before it, or that is not known. Without a suspicion nothing is read.
 * @throws {Fault} `store-unavailable`
 */
export async function watchedNowSince(
  fleet: Fleet,
  seats: readonly KeyValueEntry[],
  now: WallTime,
  history: Pick<History, 'read' | 'range'>,
): Promise<WallTime> {
  const first = firstSuspicion(fleet);
  const holders = seats.flatMap(({ text }) => readSeat(text) ?? []);
  if (first === undefined || holders.length === 0 || holders.length < seats.length) return 0;
  const chains = holders.map((holder) => chainSubject({ entity: 'collector', ...holder }));
  const seen = new SeatHistory(chains.map((chain) => [chain, now]));
  const filters = chains.map((chain) => `${chain}.*`);
  for await (const stored of history.read(await before(first - clockMargin, history), filters)) {
    const read = parseAuditEvent(stored);
    if (read.kind === 'event') seen.take(read);
  }
  for (const { run } of holders) seen.see(run, now);
  return watchedSince(seen.collectors(), now);
}

function firstSuspicion(fleet: Fleet): WallTime | undefined {
  let first: WallTime | undefined;
  for (const { agent } of fleet.slots()) {
    const since = agent?.kind === 'stored' ? agent.record.suspect?.since : undefined;
    if (since !== undefined) first = Math.min(since, first ?? since);
  }
  return first;
}

/** An event that was stored before a time, or the first one. */
async function before(time: WallTime, history: Pick<History, 'read' | 'range'>): Promise<Revision> {
  const { first, last } = await history.range();
  for (let step = firstStep; last - step > first; step *= 10) {
    for await (const { storedAt } of history.read(last - step)) {
      if (storedAt < time) return last - step;
      break;
    }
  }
  return first;
}
