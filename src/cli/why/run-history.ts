import { type AuditEntry, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { agentMapKey } from '../../domain/identity/registry-keys.ts';
import type { Revision } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** The last transition of each type in the history of a run. */
export class RunLife {
  readonly #last = new Map<string, AuditEntry>();

  /** Reads the history up to and including `until`. */
  static async read(history: History, of: RunRef, until: Revision): Promise<RunLife> {
    const life = new RunLife();
    for await (const stored of history.read(0, [`${agentMapKey(of)}.${of.run}.*`])) {
      if (stored.seq > until) break;
      const read = parseAuditEvent(stored);
      if (read.kind === 'event') life.#last.set(read.event.event.type, read);
    }
    return life;
  }

  last(type: string): AuditEntry | undefined {
    return this.#last.get(type);
  }

  /** Its end: left, removed after expiry, or superseded. */
  get end(): AuditEntry | undefined {
    return this.last('left') ?? this.last('removed') ?? this.last('superseded');
  }
}
