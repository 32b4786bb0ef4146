import { judgeLeftover } from '../../../domain/collection/judge.ts';
import type { AgentView } from '../../../domain/fleet/fleet.ts';
import { agentKey } from '../../../domain/identity/registry-keys.ts';
import { type LeasePolicy, removalsPerBatch } from '../../../domain/policy/lease-policy.ts';
import { readAgent, type StoredInstance } from '../../../domain/records/stored-record.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Author } from '../../transitions/record-change.ts';
import { readLease } from '../observe/gather-evidence.ts';
import { removeLeftovers } from './remove-instances.ts';

/** By which policy a slot's leftovers are judged, and what they are called. */
export interface LeftoverRule {
  readonly policy: LeasePolicy;
  readonly why: 'superseded' | 'orphan';
}

/** `fallback`: how long an instance may stay whose slot has no record. */
export const leftoverPolicyFor = ({ agent }: AgentView, fallback: LeasePolicy): LeftoverRule =>
  agent?.kind === 'stored'
    ? { policy: agent.record, why: 'superseded' }
    : { policy: fallback, why: 'orphan' };

/**
 * Removes the leftovers of a slot that are due, each with how long it has been one: judged by the slot's record at the leader, and each by
 * its owner's lease.
 */
export async function clearLeftovers(
  due: readonly (readonly [StoredInstance, Millis])[],
  { policy, why }: LeftoverRule,
  author: Author,
  ports: Pick<Ports, 'registry' | 'leases' | 'metrics'>,
): Promise<void> {
  const [first] = due;
  if (!first) return;
  const { host, agent } = first[0].record;
  const of = { host, agent };
  const record = readAgent(await ports.registry.read(agentKey(of)));
  if (record.kind === 'unreadable') return;
  const holder = record.kind === 'stored' ? record.record.run : undefined;
  const leases = new Map<string, 'stands' | 'absent' | 'unknown'>();
  const judged: StoredInstance[] = [];
  let youngest = Number.POSITIVE_INFINITY;
  for (const [stored, leftoverFor] of due.slice(0, removalsPerBatch)) {
    const { run } = stored.record;
    if (run === holder) continue;
    const lease = leases.get(run) ?? (await readLease({ ...of, run }, ports));
    leases.set(run, lease);
    if (judgeLeftover({ leftoverFor, lease }, policy).do !== 'remove') continue;
    judged.push(stored);
    youngest = Math.min(youngest, leftoverFor);
  }
  if (judged.length === 0) return;
  const leftoverFor = Math.round(youngest);
  const evidence = { holder: holder ?? null, leftoverFor, lease: 'absent' };
  const at = { of, revision: record.revision };
  await removeLeftovers(judged, at, why, { evidence }, author, ports);
}
