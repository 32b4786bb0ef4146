import { clocksAgree } from '../../domain/clock-difference.ts';
import { type AuditEntry, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { agentMapKey } from '../../domain/identity/registry-keys.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** The last transition of each type in the history of a run. */
export class RunLife {
  readonly #last = new Map<string, AuditEntry>();
  #offset: Millis | undefined;

  /** Reads the history up to and including `until`. */
  static async read(history: History, of: RunRef, until: Revision): Promise<RunLife> {
    const life = new RunLife();
    for await (const stored of history.read(0, [`${agentMapKey(of)}.${of.run}.*`])) {
      if (stored.seq > until) break;
      const read = parseAuditEvent(stored);
      if (read.kind !== 'event') continue;
      const offset = read.event.at - read.storedAt;
      if (read.event.actor.run === of.run) life.#offset = Math.max(life.#offset ?? offset, offset);
      life.#last.set(read.event.event.type, clocksAgree(offset) ? read : atStoredTime(read));
    }
    return life;
  }

  /**
   * How far the clock of the run's host was ahead of the server's, by the events that the run wrote itself. The
   * audit stores an event after it was written, so the largest difference is the best.
   */
  get clockOffset(): Millis {
    return this.#offset ?? 0;
  }

  last(type: string): AuditEntry | undefined {
    return this.#last.get(type);
  }

  /** Its end: left, removed after expiry, or superseded. */
  get end(): AuditEntry | undefined {
    return this.last('left') ?? this.last('removed') ?? this.last('superseded');
  }
}

/** The event with the time of the server, in place of that of an actor whose clock differs. */
const atStoredTime = (entry: AuditEntry): AuditEntry => ({
  ...entry,
  event: { ...entry.event, at: entry.storedAt },
});
