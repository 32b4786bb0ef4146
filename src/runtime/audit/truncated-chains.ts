import { allRunLeases, allSeats } from '../../domain/identity/registry-keys.ts';
import { SeatRecord } from '../../domain/records/schemas.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Verifier } from './verifier/verifier.ts';

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
  verifier: Verifier,
  leases: Leases | undefined,
): Promise<number> {
  const runs = new Set([...verifier.records.values()].map(({ run }) => run));
  const activeLeases = new Set((await leases?.list(allRunLeases))?.map(({ key }) => key));
  const seated = new Set((await leases?.list(allSeats))?.map(({ text }) => runOfSeat(text)));
  const { open, loose } = verifier.chains;
  let { lost } = verifier.chains;
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

/** The run in the value of a seat; undefined if it cannot be read (G12). */
function runOfSeat(text: string | undefined): string | undefined {
  try {
    return SeatRecord.parse(JSON.parse(text ?? 'null')).run;
  } catch {
    return undefined;
  }
}
