import { Fault } from '../../domain/fault.ts';
import { agentKey } from '../../domain/identity/registry-keys.ts';
import { messagesPerBatch } from '../../domain/policy/lease-policy.ts';
import type { Desired } from '../../domain/records/desired-instances.ts';
import type { Millis } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommitOutcome } from '../../ports/registry.ts';
import type { Change, Provenance } from '../transitions/record-change.ts';
import { desiredChanges } from './desired-changes.ts';
import type { OwnedRecords } from './owned-records.ts';
import { type PreparedCommit, type ReadyChange, readyChanges } from './ready-changes.ts';

/** A commit, and whether it leaves changes to the next one. */
export interface PartialCommit {
  readonly changes: readonly Change[];
  readonly ready: readonly ReadyChange[];
  readonly isAll: boolean;
  /** Of registrations and removals, also of the next commit. */
  readonly provenance: Provenance;
  /** A copy of the desired instances, as it was built for them. */
  readonly desired: Desired;
}

/** To build the next commit occupies the process, so this one is sent first. */
const sendWithin: Millis = 2;

/**
 * Commits, and if changes are left, prepares the next commit meanwhile. It is for the state after this one, so it is
 * dropped unless this one is stored. It has no revision of this one: its fence is added when it is sent.
 * @throws {Fault} as `OwnedRecords.commit`
 */
export async function commitAndPrepare(
  records: OwnedRecords,
  { changes, ready, isAll, provenance, desired }: PartialCommit,
  { clock }: Pick<Ports, 'clock'>,
  signal: AbortSignal,
): Promise<CommitOutcome['outcome']> {
  const committing = records.commit(changes, signal, ready);
  if (isAll) return (await committing).outcome;
  const ended = () => true;
  const sent = clock.sleep(sendWithin, signal).then(() => signal.aborted);
  const isOver = await Promise.race([committing.then(ended, ended), sent]);
  const written = new Set([...changes, ...ready.map(({ write }) => write)].map(({ key }) => key));
  const now = clock.monotonic();
  const isLeftOut = (key: string) =>
    written.has(key) || records.pace.isPaused(key, desired.get(key), now);
  const prepared = isOver ? undefined : prepare(records, desired, isLeftOut, provenance);
  const { outcome } = await committing;
  records.prepared = outcome === 'committed' ? prepared : undefined;
  return outcome;
}

function prepare(
  records: OwnedRecords,
  desired: Desired,
  isLeftOut: (key: string) => boolean,
  provenance: Provenance,
): PreparedCommit | undefined {
  const next = desiredChanges(records, desired, messagesPerBatch, provenance, isLeftOut);
  try {
    const ready = readyChanges(next.changes, agentKey(records.self));
    return { ...next, ready, provenance, desired };
  } catch (fault) {
    if (fault instanceof Fault) return undefined;
    throw fault;
  }
}

/** The prepared commit, if the same instances are still desired. It is returned once. */
export function takePrepared(records: OwnedRecords, desired: Desired): PreparedCommit | undefined {
  const { prepared } = records;
  records.prepared = undefined;
  if (prepared?.desired.size !== desired.size) return undefined;
  for (const [key, wanted] of desired) if (prepared.desired.get(key) !== wanted) return undefined;
  return prepared;
}
