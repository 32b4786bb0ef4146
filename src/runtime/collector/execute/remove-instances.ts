import type { AgentView } from '../../../domain/fleet/fleet.ts';
import type { Slot } from '../../../domain/identity/names.ts';
import { agentKey, agentMapKey } from '../../../domain/identity/registry-keys.ts';
import { removalsPerBatch } from '../../../domain/policy/lease-policy.ts';
import type { StoredAgent, StoredInstance } from '../../../domain/records/stored-record.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Commit, Registry } from '../../../ports/registry.ts';
import type { RegistryCache } from '../../support/registry-cache.ts';
import { retryDelay } from '../../support/retry.ts';
import { removeInstance } from '../../transitions/instance-changes.ts';
import type { Author, Change, Provenance } from '../../transitions/record-change.ts';
import { removeRun } from '../../transitions/run-changes.ts';

/**
 * Removes everything under an expired run's slot, whoever owned it, and with the last batch its record.
 *
 * Each record goes at the revision that was judged, and each batch only while the slot's record stands
 * as it was judged: a new run that takes the slot ends this. There is no claim: whoever else does the
 * same costs a refused batch. A refused batch is halved and judged again.
 *
 * `commits`: where small slots share a batch.
 * @returns how many instances this collector removed
 * @throws {Fault} `store-unavailable`
 */
export async function removeExpired(
  expired: StoredAgent,
  author: Author,
  view: RegistryCache,
  ports: Pick<Ports, 'registry' | 'clock' | 'entropy' | 'metrics'>,
  commits: Pick<Registry, 'commit'>,
  signal: AbortSignal,
): Promise<number> {
  const slot = agentMapKey(expired.record);
  let removed = 0;
  let size = removalsPerBatch;
  let upTo = expired.revision;
  while (await view.waitForRevision(upTo, signal)) {
    const there = view.fleet.slot(slot);
    if (there?.agent?.kind !== 'stored' || there.agent.revision !== expired.revision)
      return removed;
    // All of it is known: whoever writes by the rules is fenced on the record as it stands.
    for (const { instances, last } of batchesOf(instancesOf(there), size)) {
      const changes = instances.map((stored) =>
        removeInstance(author, stored, 'owner-expired', evidence(expired)),
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

/** At least one: the last takes the record along. */
function* batchesOf(instances: readonly StoredInstance[], size: number): Generator<Batch> {
  let from = 0;
  for (; from + size < instances.length; from += size) {
    yield { instances: instances.slice(from, from + size), last: false };
  }
  yield { instances: instances.slice(from), last: true };
}

/**
 * Removes leftovers of one slot, only while the slot's record stands as it was judged, its absence
 * included.
 */
export async function removeLeftovers(
  leftovers: readonly StoredInstance[],
  slot: { readonly of: Slot; readonly revision: number },
  why: 'superseded' | 'orphan',
  because: Provenance,
  author: Author,
  { registry, metrics }: Pick<Ports, 'registry' | 'metrics'>,
): Promise<number> {
  const changes = leftovers.map((stored) => removeInstance(author, stored, why, because));
  const fences = [{ key: agentKey(slot.of), expectedRevision: slot.revision }];
  const { outcome } = await registry.commit({ ...commitOf(changes), fences });
  if (outcome === 'conflict') metrics.conflictAvoided('remove');
  if (outcome !== 'committed') return 0;
  metrics.removed(why, leftovers.length);
  return leftovers.length;
}

const instancesOf = (slot: AgentView): readonly StoredInstance[] =>
  [...slot.instances.values()].filter((read) => read.kind === 'stored');

const evidence = ({ record, revision }: StoredAgent): Provenance => ({
  cause: record.hash,
  evidence: { owner: record.run, expiredAt: revision, suspect: record.suspect },
});

function commitOf(changes: readonly Change[], fencedOn?: StoredAgent): Commit {
  return {
    writes: changes.map((change) => change.write),
    events: changes.flatMap((change) => change.events),
    ...(fencedOn && { fences: [{ key: fencedOn.key, expectedRevision: fencedOn.revision }] }),
  };
}
