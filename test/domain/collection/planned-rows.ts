import { type PlanContext, planRemovals } from '../../../src/domain/collection/gc-plan.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { agentEntry, agentRecord, runId, slotOf } from '../support/sample-records.ts';

export const now = Date.UTC(2026, 5, 1);
export const ttl = seconds(15);
export const grace = seconds(30);

const around = (more: Partial<PlanContext> = {}): PlanContext => ({
  ...{ now, seats: 1, leases: new Set(), answering: new Set(), orphans: { ttl, grace } },
  ...more,
});
export const leaseOf = (target: string, run: string) =>
  leaseKey({ ...slotOf(target), run: runId(run) });
export function fleetOf(...entries: readonly KeyValueEntry[]): Fleet {
  const fleet = new Fleet();
  fleet.replace(entries, entries.length);
  return fleet;
}

export const suspectFor = (duration: number): Partial<AgentRecord> => ({
  suspect: { reason: 'silent', since: now - duration },
});
export const agent = (target: string, run: string, change: Partial<AgentRecord> = {}) =>
  agentEntry(1, agentRecord(target, run, change));
export const rows = (fleet: Fleet, more: Partial<PlanContext> = {}) =>
  planRemovals(fleet, around(more)).rows;
