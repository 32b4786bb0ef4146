import type { AuditEntry } from '../../../../src/domain/events/audit-entry.ts';
import { agentMapKey } from '../../../../src/domain/identity/registry-keys.ts';
import { type Complaint, complaint, Runs } from './chains.ts';

/** G10: a slot has one owner: a run takes it only when it is free or its owner is over. */
export function g10(history: readonly AuditEntry[]): Complaint[] {
  const runs = new Runs();
  const holders = new Map<string, string>();
  const complaints: Complaint[] = [];
  for (const recorded of history) {
    const { of, event } = recorded.event;
    runs.take(recorded);
    if (of.entity !== 'run' || event.type !== 'started') continue;
    const slot = agentMapKey(of);
    const holder = holders.get(slot);
    if (holder !== undefined && holder !== of.run && runs.over(holder) === undefined) {
      complaints.push(complaint(recorded, `${holder} holds the slot`));
    }
    holders.set(slot, of.run);
  }
  return complaints;
}
