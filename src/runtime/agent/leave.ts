import { removalsPerBatch } from '../../domain/policy/lease-policy.ts';
import type { StoredAgent, StoredInstance } from '../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { retryDelay } from '../support/retry.ts';
import { removeInstance, transitionInstance } from '../transitions/instance-changes.ts';
import type { Change } from '../transitions/record-change.ts';
import { removeRun, transitionRun } from '../transitions/run-changes.ts';
import type { OwnedRecords, OwnershipLost } from './owned-records.ts';

/**
 * Leaves politely: says so, lets the instances drain, removes them, and with the last batch its own
 * record.
 * @throws {Fault} `store-unavailable`; withdraw again, it goes on from what is there
 */
export async function leaveGracefully(
  holding: OwnedRecords,
  drainFor: Millis,
  ports: Pick<Ports, 'clock' | 'entropy'>,
  signal: AbortSignal,
): Promise<'left' | OwnershipLost | undefined> {
  const { clock } = ports;
  let listed = false;
  let drainedAt: MonotonicTime | undefined;
  while (!signal.aborted) {
    const mine = holding.agent ?? (await holding.check());
    if ('ended' in mine) return mine;
    if (!listed) await holding.list();
    listed = true;
    const next = nextChanges(holding, mine, drainFor > 0);
    if (next.step.startsWith('remove') && drainedAt !== undefined) {
      await clock.sleep(drainedAt + drainFor - clock.monotonic(), signal);
      drainedAt = undefined;
      continue;
    }
    const { outcome } = await holding.commit(next.changes);
    if (next.step === 'drain') drainedAt = clock.monotonic();
    if (outcome === 'committed') {
      if (next.step === 'remove-record') return 'left';
      // Only now can nothing land any more that was under way: what was listed before may lack it.
      if (next.step === 'say') listed = false;
      continue;
    }
    listed = false;
    const after = await holding.check();
    if ('ended' in after) return after;
    await retryDelay(ports, signal);
  }
  return undefined;
}

interface Next {
  readonly step: 'say' | 'drain' | 'remove' | 'remove-record';
  readonly changes: readonly Change[];
}

function nextChanges(
  { author, instances, me }: OwnedRecords,
  mine: StoredAgent,
  drains: boolean,
): Next {
  const saying = transitionRun(author, mine, { type: 'withdrawn' });
  if (saying !== 'ignored') return { step: 'say', changes: [saying] };
  const stored = [...instances.values()].filter((read) => read.kind === 'stored');
  const serving = stored.filter(
    ({ record }) => record.run === me.run && record.state !== 'draining',
  );
  if (drains && serving.length > 0) {
    return { step: 'drain', changes: draining(author, serving.slice(0, removalsPerBatch)) };
  }
  const removals = stored
    .slice(0, removalsPerBatch)
    .map((instance) => removeInstance(author, instance, 'left', { cause: mine.record.hash }));
  return stored.length > removalsPerBatch
    ? { step: 'remove', changes: removals }
    : { step: 'remove-record', changes: [...removals, removeRun(author, mine, 'left')] };
}

const draining = (author: OwnedRecords['author'], serving: readonly StoredInstance[]): Change[] =>
  serving
    .map((stored) => transitionInstance(author, stored, { type: 'drained' }))
    .filter((change) => change !== 'ignored');
