import { type AuditEntry, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { agentMapKey } from '../../domain/identity/registry-keys.ts';
import type { Revision } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** What the history says of one run: the last transition of each type. */
export class RunLife {
  readonly #last = new Map<string, AuditEntry>();

  /** Up to and with this place of the history. */
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

  /** How it ended: superseded, left, or removed after it was declared dead. */
  get end(): AuditEntry | undefined {
    return this.last('left') ?? this.last('removed') ?? this.last('superseded');
  }
}
