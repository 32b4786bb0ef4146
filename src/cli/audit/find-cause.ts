import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../domain/events/audit-entry.ts';
import { type AuditEvent, isOfSlot } from '../../domain/events/event-schema.ts';
import { chainSubject, runSubject } from '../../domain/events/event-subjects.ts';
import type { History } from '../../ports/audit.ts';
import { subjectOf } from './event-lines.ts';

/** Number of runs whose events are cached; a history is read run by run. */
const keptRuns = 8;

/**
 * Finds the cause of an event by its hash.
 *
 * The cause of a transition of an instance is a transition of its run, so the events of that run are
 * searched. Each run is read once.
 */
export class Causes {
  readonly #history: History;
  readonly #runs = new Map<string, ReadonlyMap<string, AuditEntry>>();

  constructor(history: History) {
    this.#history = history;
  }

  /** The cause as text with its sequence; undefined if the event has none. */
  async of(read: AuditEntry | UnreadableEvent): Promise<string | undefined> {
    if (read.kind === 'illegible' || read.event.cause === undefined) return undefined;
    const { cause, of } = read.event;
    const found = (await this.#runEvents(of)).get(cause);
    if (!found) return `caused by event ${cause.slice(0, 12)}, which is not in this history`;
    return `caused by #${found.seq}: ${subjectOf(found.event)} ${found.event.event.type}`;
  }

  async #runEvents(of: AuditEvent['of']): Promise<ReadonlyMap<string, AuditEntry>> {
    const run = isOfSlot(of) ? runSubject(of) : chainSubject(of);
    const known = this.#runs.get(run);
    if (known) return known;
    const events = new Map<string, AuditEntry>();
    for await (const stored of this.#history.read(0, [`${run}.*`])) {
      const read = parseAuditEvent(stored);
      if (read.kind === 'event') events.set(read.hash, read);
    }
    this.#runs.set(run, events);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > keptRuns && oldest !== undefined) this.#runs.delete(oldest);
    return events;
  }
}
