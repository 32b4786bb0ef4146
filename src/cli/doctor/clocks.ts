import { clocksAgree } from '../../domain/clock-difference.ts';
import { type AuditEntry, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import { readSeat } from '../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { formatElapsed } from '../terminal/format-time.ts';
import { type Finding, wrong } from './finding.ts';

/** The last events of the history, which every running process is likely to have written to. */
const recentEvents = 1000;
/** A commit is stored sooner than this after its events were made, or not at all. */
const storedWithin: Millis = seconds(10);
const mend = 'run NTP on that host and on the server';

/**
 * Reports hosts whose clock differs from the server's: of collectors, as each measures it and writes it into
 * its seat, and of all others by the times in their last events.
 */
export async function diagnoseClocks({
  leases,
  audit,
}: Pick<Ports, 'leases' | 'audit'>): Promise<readonly Finding[]> {
  const seats = (await leases.list(allSeats))
    .map(({ text }) => readSeat(text))
    .filter((seat) => seat !== undefined);
  const measured = new Set<string>(
    seats.filter(({ offset }) => offset !== undefined).map(({ host }) => host),
  );
  const ofCollectors = seats.flatMap(({ host, agent, offset }) =>
    offset === undefined || clocksAgree(offset)
      ? []
      : [
          wrong(
            'clocks',
            `the clock of host ${host} is ${difference(offset)}: its collector ${host}/${agent} ends no hold`,
            mend,
          ),
        ],
  );
  const ofOthers = [...clockOffsets(await readRecent(audit))].flatMap(([host, offset]) =>
    measured.has(host)
      ? []
      : [
          wrong(
            'clocks',
            `the clock of host ${host} is about ${difference(offset)}, by the times in its last events`,
            mend,
          ),
        ],
  );
  return [...ofCollectors, ...ofOthers];
}

function difference(offset: Millis): string {
  const rounded = seconds(Math.round(Math.abs(offset) / 1000));
  return `${formatElapsed(rounded)} ${offset > 0 ? 'ahead of' : 'behind'} the server's`;
}

async function readRecent(audit: Ports['audit']): Promise<readonly AuditEntry[]> {
  const { last } = await audit.range();
  const entries: AuditEntry[] = [];
  for await (const stored of audit.read(Math.max(0, last - recentEvents + 1))) {
    if (stored.seq > last) break;
    const read = parseAuditEvent(stored, () => '');
    if (read.kind === 'event') entries.push(read);
  }
  return entries;
}

/**
 * How far the clocks of hosts are ahead of the server's, by the own times of events and the times when they
 * were stored; only of hosts whose clock certainly differs. An event is never stored before it was made, and
 * an event of a record at most 10 s later; events of processes wait while the store does not answer.
 */
export function clockOffsets(
  entries: Iterable<Pick<AuditEntry, 'event' | 'storedAt'>>,
): ReadonlyMap<string, Millis> {
  const offsets = new Map<string, Millis>();
  for (const { event, storedAt } of entries) {
    const { entity } = event.of;
    if (entity === 'session' || entity === 'collector') continue;
    const { host } = event.actor;
    offsets.set(host, Math.max(offsets.get(host) ?? Number.NEGATIVE_INFINITY, event.at - storedAt));
  }
  const differs = (offset: Millis) =>
    offset > 0
      ? !clocksAgree(offset)
      : offset < -storedWithin && !clocksAgree(offset + storedWithin);
  return new Map([...offsets].filter(([, offset]) => differs(offset)));
}
