import type { AuditEntry } from '../../../../src/domain/events/audit-entry.ts';
import { type Complaint, complaint, Runs } from './chains.ts';

/** G3: a run takes a slot at most once, and writes no record after it is over. */
export function g3(history: readonly AuditEntry[]): Complaint[] {
  const runs = new Runs();
  const started = new Set<string>();
  const complaints: Complaint[] = [];
  for (const recorded of history) {
    const { of, event, actor } = recorded.event;
    const ofRecord = of.entity === 'instance' || of.entity === 'run';
    const ended = runs.over(actor.run);
    // Removers are checked too: a collector is also a run, without a record.
    if (ofRecord && ended !== undefined)
      complaints.push(complaint(recorded, `its actor was ${ended}`));
    if (of.entity === 'run' && event.type === 'started') {
      if (started.has(of.run)) complaints.push(complaint(recorded, 'it took its slot before'));
      started.add(of.run);
    }
    runs.take(recorded);
  }
  return complaints;
}
