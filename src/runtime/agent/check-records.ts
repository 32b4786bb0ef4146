import type { Ports } from '../../ports/ports.ts';
import { retryUntilAvailable } from '../support/retry.ts';
import type { OwnedRecords, OwnershipLost } from './owned-records.ts';

/** What a run finds in its own records and has to act on. `lost-writes`: the store has forgotten some. */
type Finding = OwnershipLost | 'suspected' | 'lost-writes';

/** The session of the run, read again after each wait. */
interface CheckedSession {
  readonly state: string;
  readonly hasLease: boolean;
  /** Aborts when the session leaves its state. */
  readonly signal: AbortSignal;
}

/**
 * Reads the records of a run, because a run does not watch them. Only while it serves or reconciles; only a
 * serving run looks for lost writes. Undefined: nothing to do, or the session left its state.
 */
export async function checkRecords(
  records: OwnedRecords,
  session: CheckedSession,
  ports: Ports,
): Promise<Finding | undefined> {
  if (session.state !== 'serving' && session.state !== 'reconciling') return undefined;
  const result = await retryUntilAvailable(ports, session.signal, () => records.check());
  if (!result || 'ended' in result) return result;
  if (result.record.suspect && session.hasLease) return 'suspected';
  if (session.state !== 'serving') return undefined;
  const { signal } = session;
  const isLost = await retryUntilAvailable(ports, signal, () => records.hasLostWrites());
  return isLost && !signal.aborted ? 'lost-writes' : undefined;
}
