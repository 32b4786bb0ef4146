import { Fault } from '../../domain/fault.ts';
import { messagesPerBatch } from '../../domain/policy/lease-policy.ts';
import type { Desired } from '../../domain/records/desired-instances.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { RecordRead } from '../../domain/records/stored-record.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommitOutcome } from '../../ports/registry.ts';
import type { Provenance } from '../transitions/record-change.ts';
import { announceClaim, buildClaim, type Claim } from '../transitions/run-changes.ts';
import { sealChange } from '../transitions/seal-changes.ts';
import { desiredChanges, messagesOf } from './desired-changes.ts';
import type { OwnedRecords } from './owned-records.ts';
import { commitAndPrepare } from './prepared-commit.ts';

/**
 * Takes the slot, and with the same commit registers the instances as far as they fit; if all of them do,
 * it announces the run too.
 *
 * The record of the slot and the instances are as they were read in one view. If another write came between, the commit
 * is refused, but for an instance that the run of an active record registered since: the caller lists again.
 * @throws {Fault} `store-unavailable`: nothing was written
 */
export async function takeSlotAtOnce(
  records: OwnedRecords,
  over: RecordRead<AgentRecord>,
  { claim, desired }: { readonly claim: Claim; readonly desired: () => Desired },
  provenance: Provenance,
  ports: Pick<Ports, 'clock'>,
  signal: AbortSignal,
): Promise<CommitOutcome['outcome']> {
  const { author } = records;
  const started = buildClaim(author, over, claim, provenance);
  const sealed = sealChange(started);
  // Instances are caused by the start of the run, also if its announcement is in the same commit.
  const cause = sealed.head.hash;
  const room = messagesPerBatch - messagesOf(sealed);
  const wanted = new Map(desired());
  const { changes, messages, isAll } = desiredChanges(records, wanted, room, { cause });
  // The announcement needs no record of its own.
  const isComplete = isAll && messages < room;
  try {
    const claimed = isComplete ? announceClaim(started, sealed) : sealed;
    const first = { changes, ready: [claimed], isAll, provenance: { cause }, desired: wanted };
    return await commitAndPrepare(records, first, ports, signal);
  } catch (fault) {
    if (!(fault instanceof Fault) || !isOfInstance(fault)) throw fault;
    // Which instance it is, is found out when the slot is taken (reconcile.ts).
    return (await records.commit([], signal, [sealed])).outcome;
  }
}

/** Whether an instance cannot be stored. Nothing of the commit was sent. */
const isOfInstance = ({ code }: Fault): boolean =>
  code === 'record-too-large' || code === 'record-unreadable';
