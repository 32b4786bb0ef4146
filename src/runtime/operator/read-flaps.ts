import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { isSuspect } from '../../domain/events/owner-doubt.ts';
import {
  countFlaps,
  type FlapCounts,
  FlapTimes,
  flapsReadWithin,
} from '../../domain/policy/flaps.ts';
import type { WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import { firstStoredAfter } from './first-stored-after.ts';

/** The subjects of the events of runs: `host.agent.run.n`. */
const runs = ['*.*.*.*'];

/**
 * How often each agent, `host/agent`, flapped in the hour and in the 24 hours before `now`. Agents that did not are left
 * out. An event that cannot be read is skipped (G12).
 * @throws {Fault} `store-unavailable`; `store-refused` for a user who may not read the history
 */
export async function readFlaps(
  history: History,
  now: WallTime,
  signal: AbortSignal,
  hash?: Hash,
): Promise<ReadonlyMap<string, FlapCounts>> {
  const agents = new Map<string, FlapTimes>();
  for await (const stored of history.read(
    await firstStoredAfter(history, now - flapsReadWithin),
    runs,
  )) {
    signal.throwIfAborted();
    const read = parseAuditEvent(stored, hash);
    if (read.kind !== 'event' || read.event.of.entity !== 'run') continue;
    const { of, event, from } = read.event;
    const name = `${of.host}/${of.agent}`;
    const flaps = agents.get(name) ?? new FlapTimes();
    agents.set(name, flaps);
    flaps.take(event.type, isSuspect(from), read.storedAt);
  }
  return new Map(
    [...agents]
      .map(([name, { times }]) => [name, countFlaps(times, now)] as const)
      .filter(([, { day }]) => day > 0),
  );
}
