import type { AuditEntry } from '../../../../src/domain/events/audit-entry.ts';
import { type Complaint, complaint, Runs, runId } from './chains.ts';

/** G1: an instance that another run removes or adopts belonged to a run that was expired or superseded by then. */
export function g1(history: readonly AuditEntry[]): Complaint[] {
  const runs = new Runs();
  const complaints: Complaint[] = [];
  for (const recorded of history) {
    const { of, event, actor } = recorded.event;
    const taken = event.type === 'removed' || event.type === 'adopted';
    const owner = runId(of);
    if ((of.entity === 'instance' || of.entity === 'run') && taken && actor.run !== owner) {
      if (runs.over(owner) === undefined) complaints.push(complaint(recorded, 'its owner lives'));
    }
    runs.take(recorded);
  }
  return complaints;
}
