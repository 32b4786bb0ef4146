import type { AgentView } from '../../../domain/fleet/fleet.ts';
import { agentMapKey } from '../../../domain/identity/registry-keys.ts';
import { removalsPerBatch } from '../../../domain/policy/lease-policy.ts';
import type { StoredAgent, StoredInstance } from '../../../domain/records/stored-record.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { RegistryCache } from '../../support/registry-cache.ts';
import { retryDelay } from '../../support/retry.ts';
import { removeInstance } from '../../transitions/instance-changes.ts';
import type { Author, Change, Provenance } from '../../transitions/record-change.ts';
import { removeRun } from '../../transitions/run-changes.ts';
import type { BatchableCommit, CommitBatcher } from './commit-batcher.ts';

/**
 * Removes all instances of an expired run's slot, also those of its earlier runs, and with the last
 * batch the record of the run.
 *
 * Each record is removed at the judged revision, and each batch only while the record of the slot
 * is unchanged: a new run that takes the slot ends this. No collector claims the work: a second one
 * that does the same costs one refused batch. A refused batch is halved and judged again.
 *
 * `commits`: lets small slots share a batch.
 * @returns how many instances this collector removed
 * @throws {Fault} `store-unavailable`
 */
export async function removeExpired(
  expired: StoredAgent,
  author: Author,
  view: RegistryCache,
  ports: Pick<Ports, 'registry' | 'clock' | 'entropy' | 'metrics'>,
  commits: Pick<CommitBatcher, 'commit'>,
  signal: AbortSignal,
): Promise<number> {
  const slot = agentMapKey(expired.record);
  let removed = 0;
  let size = removalsPerBatch;
  let upTo = expired.revision;
  while (await view.waitForRevision(upTo, signal)) {
    const current = view.fleet.slot(slot);
    if (current?.agent?.kind !== 'stored' || current.agent.revision !== expired.revision)
      return removed;
    // The cache has all of it: every writer that follows the protocol is fenced on the record as it
    // is.
    for (const { instances, last } of batchesOf(instancesOf(current), size)) {
      const changes = instances.map((stored) =>
        removeInstance(author, stored, 'owner-expired', provenanceOf(expired)),
      );
      if (last) changes.push(removeRun(author, expired, 'removed', { cause: expired.record.hash }));
      const result = await commits.commit(commitOf(changes, last ? undefined : expired));
      if (result.outcome !== 'committed') {
        if (result.outcome === 'conflict') ports.metrics.conflictAvoided('remove');
        size = Math.max(1, Math.floor(size / 2));
        await retryDelay(ports, signal);
        break;
      }
      removed += instances.length;
      ports.metrics.removed('owner-expired', instances.length);
      if (last) return removed;
      upTo = Math.max(...result.revisions.values());
      if (signal.aborted) return removed;
    }
  }
  return removed;
}

interface Batch {
  readonly instances: readonly StoredInstance[];
  readonly last: boolean;
}

/** At least one batch; the last one also removes the record. */
function* batchesOf(instances: readonly StoredInstance[], size: number): Generator<Batch> {
  let from = 0;
  for (; from + size < instances.length; from += size) {
    yield { instances: instances.slice(from, from + size), last: false };
  }
  yield { instances: instances.slice(from), last: true };
}

const instancesOf = (slot: AgentView<StoredInstance>): readonly StoredInstance[] =>
  [...slot.instances.values()].filter((read) => read.kind === 'stored');

const provenanceOf = ({ record, revision }: StoredAgent): Provenance => ({
  cause: record.hash,
  evidence: { owner: record.run, expiredAt: revision, suspect: record.suspect },
});

function commitOf(changes: readonly Change[], slotRecord?: StoredAgent): BatchableCommit {
  return {
    changes,
    ...(slotRecord && { fences: [{ key: slotRecord.key, expectedRevision: slotRecord.revision }] }),
  };
}
