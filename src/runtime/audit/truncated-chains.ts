import { allRunLeases, allSeats } from '../../domain/identity/registry-keys.ts';
import { SeatRecord } from '../../domain/records/schemas.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Verifier } from './verifier/verifier.ts';

/**
 * How many chains of processes that are over have no end: their last events died with them.
 *
 * A session is over when no record names its run and, where the leases can be asked, its lease is gone.
 * A collector that had a seat is when it has none; of one that slept nobody knows.
 * @throws {Fault} `store-unavailable`
 */
export async function countTruncatedChains(
  verifier: Verifier,
  leases: Leases | undefined,
): Promise<number> {
  const runs = new Set([...verifier.records.values()].map(({ run }) => run));
  const held = new Set((await leases?.list(allRunLeases))?.map(({ key }) => key));
  const seated = new Set((await leases?.list(allSeats))?.map(({ text }) => runIn(text)));
  const { open, loose } = verifier.chains;
  let { lost } = verifier.chains;
  for (const [name, { value }] of [...open, ...loose]) {
    const [host, agent, run, entity, ...rest] = name.split('.');
    if (run === undefined || rest.length > 0) continue;
    const lease = `run.${host}.${agent}.${run}`;
    if (entity === 'session' && !runs.has(run) && !held.has(lease)) lost += 1;
    if (entity !== 'collector' || leases === undefined || seated.has(run)) continue;
    if (typeof value === 'object') lost += 1;
  }
  return lost;
}

/** The run that a seat's value names; nobody's where it can't be read (G12). */
function runIn(text: string | undefined): string | undefined {
  try {
    return SeatRecord.parse(JSON.parse(text ?? 'null')).run;
  } catch {
    return undefined;
  }
}
