import { describeChain } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import type { RunId } from '../../../domain/identity/names.ts';
import { allRunLeases, allSeats } from '../../../domain/identity/registry-keys.ts';
import { readSeat } from '../../../domain/records/stored-record.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { RecordUpdate } from '../../../domain/replay/fold.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Leases } from '../../../ports/leases.ts';
import type { ChainIndex } from './chain-index.ts';

/**
 * Every chain ends, or has a record: a run that takes the record of another run first ends that
 * run's chain, in the same commit. Without that end, the record was removed or made unreadable
 * without an event.
 *
 * `previous`: the record before this event. Undefined if no end is missing.
 */
export function missingEndDivergence(
  { of, record, event }: AuditEvent,
  seq: Revision,
  previous: Pick<RecordUpdate, 'run' | 'seq'> | undefined,
): Divergence | undefined {
  if (record === null || previous === undefined || previous.run === of.run) return undefined;
  return {
    seq: previous.seq,
    entity: describeChain({ ...of, run: previous.run as RunId }),
    check: 'end',
    expected: 'a final event, or its record',
    found: `neither: event ${seq}, '${event.type}', gave the record to run ${of.run}`,
  };
}

/** What a verification knows at the end of the history. */
interface VerifiedState {
  readonly records: ReadonlyMap<string, Pick<RecordUpdate, 'run'>>;
  readonly chains: Pick<ChainIndex, 'open' | 'loose' | 'lost'>;
}

/**
 * How many chains of ended processes have no final event: their last events were lost with the
 * process.
 *
 * A session has ended if no record names its run and, if leases can be read, its lease is gone. A
 * collector that had a seat has ended if it has none now; of a collector without a seat that is not
 * known.
 * @throws {Fault} `store-unavailable`
 */
export async function countTruncatedChains(
  { records, chains }: VerifiedState,
  leases: Leases | undefined,
): Promise<number> {
  const runs = new Set([...records.values()].map(({ run }) => run));
  const activeLeases = new Set((await leases?.list(allRunLeases))?.map(({ key }) => key));
  const seated = new Set<string | undefined>(
    (await leases?.list(allSeats))?.map(({ text }) => readSeat(text)?.run),
  );
  const { open, loose } = chains;
  let { lost } = chains;
  for (const [name, { value }] of [...open, ...loose]) {
    const [host, agent, run, entity, ...rest] = name.split('.');
    if (run === undefined || rest.length > 0) continue;
    const lease = `run.${host}.${agent}.${run}`;
    if (entity === 'session' && !runs.has(run) && !activeLeases.has(lease)) lost += 1;
    if (entity !== 'collector' || leases === undefined || seated.has(run)) continue;
    if (typeof value === 'object') lost += 1;
  }
  return lost;
}
