import { removalsPerBatch } from '../../domain/policy/lease-policy.ts';
import type { StoredAgent, StoredInstance } from '../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { retryDelay, retryUntilAvailable } from '../support/retry.ts';
import { withTimeout } from '../support/with-timeout.ts';
import { removeInstance, transitionInstance } from '../transitions/instance-changes.ts';
import type { Change } from '../transitions/record-change.ts';
import { removeRun, transitionRun } from '../transitions/run-changes.ts';
import type { OwnedRecords, OwnershipLost } from './owned-records.ts';

export interface LeaveLimits {
  /** How long instances stay `draining` before they are removed. */
  readonly drainFor: Millis;
  /** How long a graceful leave may take while the store does not answer. */
  readonly leaveWithin: Millis;
}

/** Leaves gracefully, and tries again while the store does not answer. Undefined: it took too long. */
export const leaveInTime = (
  records: OwnedRecords,
  { drainFor, leaveWithin }: LeaveLimits,
  ports: Ports,
  signal: AbortSignal,
): Promise<'left' | OwnershipLost | undefined> =>
  withTimeout(leaveWithin + drainFor, ports.clock, signal, (timeout) =>
    retryUntilAvailable(
      ports,
      timeout,
      () => leaveGracefully(records, drainFor, ports, timeout),
      'short',
    ),
  );

/**
 * Announces that it leaves, lets the instances drain, removes them, and with the last batch the record of
 * the run.
 * @throws {Fault} `store-unavailable`; call again, it continues from the stored state
 */
async function leaveGracefully(
  records: OwnedRecords,
  drainFor: Millis,
  ports: Pick<Ports, 'clock' | 'entropy'>,
  signal: AbortSignal,
): Promise<'left' | OwnershipLost | undefined> {
  const { clock } = ports;
  let isListed = false;
  let drainedAt: MonotonicTime | undefined;
  while (!signal.aborted) {
    const own = records.agent ?? (await records.check());
    if ('ended' in own) return own;
    if (!isListed) await records.list();
    isListed = true;
    const next = nextChanges(records, own, drainFor > 0);
    if (next.step.startsWith('remove') && drainedAt !== undefined) {
      await clock.sleep(drainedAt + drainFor - clock.monotonic(), signal);
      drainedAt = undefined;
      continue;
    }
    const { outcome } = await records.commit(next.changes, signal);
    if (next.step === 'drain') drainedAt = clock.monotonic();
    if (outcome === 'committed') {
      if (next.step === 'remove-record') return 'left';
      // From here on no earlier write can be stored any more; the list from before may miss one.
      if (next.step === 'announce') isListed = false;
      continue;
    }
    isListed = false;
    const state = await records.check();
    if ('ended' in state) return state;
    await retryDelay(ports, signal);
  }
  return undefined;
}

interface Next {
  readonly step: 'announce' | 'drain' | 'remove' | 'remove-record';
  readonly changes: readonly Change[];
}

function nextChanges(
  { author, instances, self }: OwnedRecords,
  own: StoredAgent,
  shouldDrain: boolean,
): Next {
  const announcement = transitionRun(author, own, { type: 'withdrawn' });
  if (announcement !== 'ignored') return { step: 'announce', changes: [announcement] };
  const stored = [...instances.values()].filter((read) => read.kind === 'stored');
  const serving = stored.filter(
    ({ record }) => record.run === self.run && record.state !== 'draining',
  );
  if (shouldDrain && serving.length > 0) {
    return { step: 'drain', changes: drainChanges(author, serving.slice(0, removalsPerBatch)) };
  }
  const removals = stored
    .slice(0, removalsPerBatch)
    .map((instance) => removeInstance(author, instance, 'left', { cause: own.record.hash }));
  return stored.length > removalsPerBatch
    ? { step: 'remove', changes: removals }
    : { step: 'remove-record', changes: [...removals, removeRun(author, own, 'left')] };
}

const drainChanges = (
  author: OwnedRecords['author'],
  serving: readonly StoredInstance[],
): Change[] =>
  serving
    .map((stored) => transitionInstance(author, stored, { type: 'drained' }))
    .filter((change) => change !== 'ignored');
