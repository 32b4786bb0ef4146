import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { type Observation, pastObservation } from '../../domain/fleet/observation.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import { readSeat } from '../../domain/records/stored-record.ts';
import type { History } from '../../ports/audit.ts';
import type { Leases } from '../../ports/leases.ts';
import type { ReplayResult } from './replay.ts';

/** How many events after the moment are searched for an act of a collector. */
const maxLaterEvents = 20_000;

/**
 * Whether a collector observed the fleet at the end of a replay.
 *
 * A collector that has a seat at that moment proves that it was not killed before by an event that it
 * writes later, or, where `leases` can be read, by the seat that it has now.
 * @throws {Fault} `store-unavailable`
 */
export async function observationAt(
  { seats, at, seq, hasAllCollectors }: ReplayResult,
  history: History,
  {
    signal,
    hash,
    leases,
  }: {
    readonly signal: AbortSignal;
    readonly hash?: Hash | undefined;
    readonly leases?: Pick<Leases, 'list'> | undefined;
  },
): Promise<Observation> {
  const isWhole = hasAllCollectors && (await history.range()).first <= 1;
  const current = () => pastObservation(seats.collectors(), at, isWhole);
  if (current() !== 'unknown' || seats.collectors().length === 0) return current();
  for (const { text } of (await leases?.list(allSeats)) ?? [])
    seats.see(readSeat(text)?.run ?? '', at);
  let remaining = maxLaterEvents;
  for await (const stored of history.read(seq + 1)) {
    if (signal.aborted || remaining === 0 || current() === 'observed') break;
    remaining -= 1;
    const recorded = parseAuditEvent(stored, hash);
    if (recorded.kind === 'event') seats.takeLater(recorded);
  }
  return current();
}
