import { Fault, type FaultCode } from '../../domain/fault.ts';
import { messagesPerBatch } from '../../domain/policy/lease-policy.ts';
import type { Desired } from '../../domain/records/desired-instances.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommitOutcome } from '../../ports/registry.ts';
import { retryDelay } from '../support/retry.ts';
import type { Change } from '../transitions/record-change.ts';
import { transitionRun } from '../transitions/run-changes.ts';
import { desiredChanges, messagesOf } from './desired-changes.ts';
import type { OwnedRecords, OwnershipLost } from './owned-records.ts';

/** What is logged about an instance that is put aside, by the code of the failure. */
const logNames: Partial<Record<FaultCode, string>> = {
  'record-too-large': 'instance-too-large',
  'record-unreadable': 'instance-not-valid',
};

export type ReconcileResult = 'reconciled' | 'suspected' | OwnershipLost;

/**
 * Makes the records under the prefix of the slot equal to the desired instances, with conditional
 * writes. The first time, the last commit also announces the run as active.
 *
 * After a refused write it reads again, the record of the slot first: a run that lost its slot
 * notices it here. After a write of unknown outcome it rewrites the record of the slot before it
 * reads: instance writes are fenced on that record, so no write in progress can be stored later.
 * @throws {Fault} `store-unavailable`; call again
 */
export async function reconcile(
  records: OwnedRecords,
  desired: () => Desired,
  ports: Pick<Ports, 'clock' | 'entropy' | 'log'>,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  let isListed = records.instances.size > 0;
  let failures = 0;
  while (!signal.aborted) {
    const own = records.agent ?? (await records.check());
    if ('ended' in own) return own;
    const isSettled = !records.hasUnknownCommit;
    if (isSettled && !isListed) await records.list(desired().keys());
    isListed = isSettled;
    const changes = isSettled
      ? nextChanges(records, desired(), own.record)
      : ownTransition(records, 'confirmed');
    if (changes.length === 0 && own.record.phase !== 'registering') return 'reconciled';
    const outcome = await commitOrPutAside(records, changes, desired(), ports, signal);
    if (outcome === 'committed') {
      failures = 0;
      continue;
    }
    failures += 1;
    isListed = false;
    const state = await records.check();
    if ('ended' in state) return state;
    if (state.record.suspect) return 'suspected';
    await retryDelay(ports, signal, failures);
  }
  return undefined;
}

/**
 * Commits the changes. If one of them is larger than the server accepts, or would be a record that nothing
 * can read, the others are committed without it, and it is put aside until it changes: one bad instance must
 * not end all others, and would be written again without end.
 */
async function commitOrPutAside(
  records: OwnedRecords,
  changes: readonly Change[],
  desired: Desired,
  ports: Pick<Ports, 'log'>,
  signal: AbortSignal,
): Promise<CommitOutcome['outcome']> {
  try {
    return (await records.commit(changes, signal)).outcome;
  } catch (cause) {
    if (!(cause instanceof Fault) || !(cause.code in logNames)) throw cause;
    const [only, ...others] = changes;
    if (only === undefined) throw cause;
    if (others.length > 0) {
      const half = Math.ceil(changes.length / 2);
      const commit = (some: readonly Change[]) =>
        commitOrPutAside(records, some, desired, ports, signal);
      const first = await commit(changes.slice(0, half));
      return first === 'committed' ? commit(changes.slice(half)) : first;
    }
    const { key } = only;
    const instance = desired.get(key);
    if (instance === undefined) throw cause;
    records.putAside(instance);
    ports.log.warn(logNames[cause.code] ?? cause.code, { key, why: cause.message });
    return 'committed';
  }
}

/** As many changes as a commit takes. The one that completes a registration also announces it. */
function nextChanges(
  records: OwnedRecords,
  desired: Desired,
  { phase, hash }: AgentRecord,
): readonly Change[] {
  const isStarting = phase === 'registering';
  // Everything before the announcement is caused by the start of the run.
  const provenance = isStarting ? { cause: hash } : {};
  const { changes, messages, isAll } = desiredChanges(
    records,
    desired,
    messagesPerBatch,
    provenance,
  );
  const announced = isStarting && isAll ? ownTransition(records, 'announced') : [];
  const fits = announced.every((change) => messages + messagesOf(change) <= messagesPerBatch);
  return fits ? [...changes, ...announced] : changes;
}

function ownTransition(records: OwnedRecords, type: 'announced' | 'confirmed'): readonly Change[] {
  if (!records.agent) return [];
  const change = transitionRun(records.author, records.agent, { type });
  return change === 'ignored' ? [] : [change];
}
