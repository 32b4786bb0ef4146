import type { AuditEntry } from '../../../../src/domain/events/audit-entry.ts';
import type { AuditEvent, ChainRef } from '../../../../src/domain/events/event-schema.ts';

/** A violation that a checker found: the event and the reason. */
export type Complaint = string;

export const complaint = ({ seq, event }: AuditEntry, what: string): Complaint =>
  `#${seq} ${event.event.type} of ${event.of.entity} ${event.of.run}, by ${event.actor.run}: ${what}`;

/** The run that owns a chain or is an actor. */
export const runId = (of: ChainRef | AuditEvent['actor']): string => of.run;

/** Events by which another process ends a run. */
const ends = ['expired', 'superseded', 'left', 'removed'];

/** Runs that are over in the history read so far, and how they ended. */
export class Runs {
  readonly #over = new Map<string, string>();

  take({ event }: AuditEntry): void {
    if (event.of.entity === 'run' && ends.includes(event.event.type)) {
      this.#over.set(runId(event.of), event.event.type);
    }
  }

  over(run: string): string | undefined {
    return this.#over.get(run);
  }
}
