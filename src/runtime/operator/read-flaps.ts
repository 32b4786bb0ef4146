import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { isSuspect } from '../../domain/events/owner-doubt.ts';
import { countFlaps, type FlapCounts, flapsWithin, isReturn } from '../../domain/policy/flaps.ts';
import type { WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import { firstStoredAfter } from './first-stored-after.ts';

/** The subjects of the events of runs: `host.agent.run.n`. */
const runs = ['*.*.*.*'];

/**
 * How often each agent, `host/agent`, returned from suspicion in the hour and in the 24 hours before `now`. Agents
 * without a return are left out. An event that cannot be read is skipped (G12).
 * @throws {Fault} `store-unavailable`; `store-refused` for a user who may not read the history
 */
export async function readFlaps(
  history: History,
  now: WallTime,
  signal: AbortSignal,
  hash?: Hash,
): Promise<ReadonlyMap<string, FlapCounts>> {
  const returns = new Map<string, WallTime[]>();
  for await (const stored of history.read(
    await firstStoredAfter(history, now - flapsWithin),
    runs,
  )) {
    signal.throwIfAborted();
    const read = parseAuditEvent(stored, hash);
    if (read.kind !== 'event' || read.event.of.entity !== 'run') continue;
    const { of, event, from } = read.event;
    if (!isReturn(event.type, isSuspect(from))) continue;
    const name = `${of.host}/${of.agent}`;
    const times = returns.get(name);
    if (times) times.push(read.storedAt);
    else returns.set(name, [read.storedAt]);
  }
  return new Map(
    [...returns]
      .map(([name, times]) => [name, countFlaps(times, now)] as const)
      .filter(([, { day }]) => day > 0),
  );
}
