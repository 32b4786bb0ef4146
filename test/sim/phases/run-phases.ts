import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';

/** The phase of each run, by the events about it. */
export class Lives {
  readonly #ends = new Map<string, string>();
  readonly #started = new Set<string>();

  /** Adds the events of one request. Returns the runs that were started before. */
  take(events: readonly AuditEvent[]): readonly string[] {
    const again: string[] = [];
    for (const { of, event } of events) {
      if (of.entity !== 'run') continue;
      if (event.type === 'started') {
        if (this.#started.has(of.run)) again.push(of.run);
        this.#started.add(of.run);
      }
      if (ends.has(event.type)) this.#ends.set(of.run, event.type);
    }
    return again;
  }

  /** The event type that ended it; undefined while it is not over. */
  endOf(run: string): string | undefined {
    return this.#ends.get(run);
  }
}

const ends: ReadonlySet<string> = new Set(['expired', 'superseded', 'removed', 'left']);
