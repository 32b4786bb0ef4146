import { Fault, type FaultCode } from '../../domain/fault.ts';
import { agentKey } from '../../domain/identity/registry-keys.ts';
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
import { commitAndPrepare, type PartialCommit, takePrepared } from './prepared-commit.ts';

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
 * What must not be written now is left as it is (`OwnedRecords.pace`); call again when it may be.
 *
 * After a refused write it reads again, the record of the slot first: a run that lost its slot
 * notices it here. After a write of unknown outcome it rewrites the record of the slot before it
 * reads: instance writes are fenced on that record, so no write in progress can be stored later.
 * @throws {Fault} `store-unavailable`; call again
 */
export async function reconcile(
  records: OwnedRecords,
  desired: () => Desired,
  ports: Pick<Ports, 'clock' | 'entropy' | 'log' | 'metrics'>,
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
    const wanted = new Map(desired());
    const next = isSettled
      ? (preparedCommit(records, wanted) ?? nextCommit(records, wanted, own.record, ports))
      : confirmation(records, wanted);
    const { changes, ready } = next;
    const isEmpty = changes.length + ready.length === 0;
    if (isEmpty && own.record.phase !== 'registering') return 'reconciled';
    const outcome = await commitOrPutAside(records, next, ports, signal);
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
  next: PartialCommit,
  ports: Pick<Ports, 'clock' | 'log' | 'metrics'>,
  signal: AbortSignal,
): Promise<CommitOutcome['outcome']> {
  const { changes, ready, desired } = next;
  try {
    const outcome = await commitAndPrepare(records, next, ports, signal);
    if (outcome === 'committed') notePace(records, next, ports);
    return outcome;
  } catch (cause) {
    if (!(cause instanceof Fault) || !(cause.code in logNames)) throw cause;
    // Nothing of it was stored: all of it is built again, and then it is known which one it is.
    if (ready.length > 0) return 'committed';
    const [only, ...others] = changes;
    if (only === undefined) throw cause;
    if (others.length > 0) {
      const half = Math.ceil(changes.length / 2);
      const commit = (some: readonly Change[]) =>
        commitOrPutAside(records, { ...next, changes: some, isAll: true }, ports, signal);
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

/** Counts the instances that were written, and reports each that will be written less often. */
function notePace(
  { self, pace }: OwnedRecords,
  { changes, ready, desired }: PartialCommit,
  { clock, log, metrics }: Pick<Ports, 'clock' | 'log' | 'metrics'>,
): void {
  const now = clock.monotonic();
  const keys = [...changes, ...ready.map(({ write }) => write)].map(({ key }) => key);
  for (const key of keys) {
    const paused = key === agentKey(self) ? undefined : pace.written(key, desired.get(key), now);
    if (!paused) continue;
    log.warn('instance-written-again', { key, ...paused });
    metrics.writePaused?.();
  }
}

/** The rewrite of the record of the slot after a commit of unknown outcome. */
const confirmation = (records: OwnedRecords, desired: Desired): PartialCommit => ({
  ...{ ready: [], isAll: true, provenance: {}, desired },
  changes: ownTransition(records, 'confirmed'),
});

/** The commit that was prepared, and if it completes a registration, its announcement with it. */
function preparedCommit(records: OwnedRecords, desired: Desired): PartialCommit | undefined {
  const prepared = takePrepared(records, desired);
  if (!prepared) return undefined;
  const { ready, messages, isAll, provenance } = prepared;
  return {
    ready,
    isAll,
    provenance,
    desired,
    changes: isAll ? announcement(records, messages) : [],
  };
}

/** As many changes as a commit takes. The one that completes a registration also announces it. */
function nextCommit(
  records: OwnedRecords,
  desired: Desired,
  { phase, hash }: AgentRecord,
  { clock }: Pick<Ports, 'clock'>,
): PartialCommit {
  // Everything before the announcement is caused by the start of the run.
  const provenance = phase === 'registering' ? { cause: hash } : {};
  const now = clock.monotonic();
  const isPaused = (key: string) => records.pace.isPaused(key, desired.get(key), now);
  const next = desiredChanges(records, desired, messagesPerBatch, provenance, isPaused);
  const { changes, messages, isAll } = next;
  const announced = isAll ? announcement(records, messages) : [];
  return { ready: [], isAll, provenance, desired, changes: [...changes, ...announced] };
}

/** The announcement of a run that is registering, if a commit with so many messages has room for it. */
function announcement(records: OwnedRecords, messages: number): readonly Change[] {
  if (records.agent?.record.phase !== 'registering') return [];
  const announced = ownTransition(records, 'announced');
  return announced.every((change) => messages + messagesOf(change) <= messagesPerBatch)
    ? announced
    : [];
}

function ownTransition(records: OwnedRecords, type: 'announced' | 'confirmed'): readonly Change[] {
  if (!records.agent) return [];
  const change = transitionRun(records.author, records.agent, { type });
  return change === 'ignored' ? [] : [change];
}
