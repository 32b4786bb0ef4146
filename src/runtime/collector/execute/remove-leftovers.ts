import { judgeLeftover, type LeaseState } from '../../../domain/collection/judge.ts';
import type { AgentView } from '../../../domain/fleet/fleet.ts';
import { agentKey } from '../../../domain/identity/registry-keys.ts';
import { type LeasePolicy, removalsPerBatch } from '../../../domain/policy/lease-policy.ts';
import { readAgent, type StoredInstance } from '../../../domain/records/stored-record.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Fence } from '../../../ports/registry.ts';
import { removeInstance } from '../../transitions/instance-changes.ts';
import type { Author, Provenance } from '../../transitions/record-change.ts';
import { sealCommit } from '../../transitions/seal-changes.ts';
import { readMovingLease } from '../observe/gather-evidence.ts';
import type { LeaseObservations } from '../observe/lease-observations.ts';

/** The lease policy for the leftovers of a slot, and the reason recorded when they are removed. */
export interface LeftoverPolicy {
  readonly policy: LeasePolicy;
  readonly why: 'superseded' | 'orphan';
}

/** `fallback`: how long an instance may stay whose slot has no record. */
export const leftoverPolicyFor = ({ agent }: AgentView, fallback: LeasePolicy): LeftoverPolicy =>
  agent?.kind === 'stored'
    ? { policy: agent.record, why: 'superseded' }
    : { policy: fallback, why: 'orphan' };

/**
 * Removes the due leftovers of a slot, each given with its age. Judged by the record of the slot at
 * the leader, and each by the lease of its owner.
 */
export async function removeLeftovers(
  due: readonly (readonly [StoredInstance, Millis])[],
  { policy, why }: LeftoverPolicy,
  author: Author,
  observations: LeaseObservations,
  ports: Pick<Ports, 'registry' | 'leases' | 'metrics' | 'clock'>,
): Promise<void> {
  const [first] = due;
  if (!first) return;
  const { host, agent } = first[0].record;
  const key = agentKey({ host, agent });
  const slotRecord = readAgent(await ports.registry.read(key));
  if (slotRecord.kind === 'unreadable') return;
  const holder = slotRecord.kind === 'stored' ? slotRecord.record.run : undefined;
  const leases = new Map<string, LeaseState>();
  const judged: StoredInstance[] = [];
  let youngest = Number.POSITIVE_INFINITY;
  for (const [stored, leftoverFor] of due.slice(0, removalsPerBatch)) {
    const { run } = stored.record;
    if (run === holder) continue;
    const lease =
      leases.get(run) ?? (await readMovingLease({ host, agent, run }, observations, ports));
    leases.set(run, lease);
    if (judgeLeftover({ leftoverFor, lease }, policy).do !== 'remove') continue;
    judged.push(stored);
    youngest = Math.min(youngest, leftoverFor);
  }
  if (judged.length === 0) return;
  const leftoverFor = Math.round(youngest);
  const lease = judged.some(({ record }) => leases.get(record.run) === 'unmoved')
    ? 'unmoved'
    : 'absent';
  const evidence = { holder: holder ?? null, leftoverFor, lease };
  const fence = { key, expectedRevision: slotRecord.revision };
  await commitRemovals(judged, fence, why, { evidence }, author, ports);
}

/** `fence`: nothing is removed unless the record of the slot, or its absence, is unchanged. */
async function commitRemovals(
  leftovers: readonly StoredInstance[],
  fence: Fence,
  why: LeftoverPolicy['why'],
  provenance: Provenance,
  author: Author,
  { registry, metrics }: Pick<Ports, 'registry' | 'metrics'>,
): Promise<void> {
  const changes = leftovers.map((stored) => removeInstance(author, stored, why, provenance));
  const { outcome } = await registry.commit({
    ...sealCommit(changes),
    fences: [fence],
  });
  if (outcome === 'conflict') metrics.conflictAvoided('remove');
  if (outcome === 'committed') metrics.removed(why, leftovers.length);
}
