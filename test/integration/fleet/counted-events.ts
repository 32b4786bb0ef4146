import { systemHash } from '../../../src/adapters/system/hash.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import type { portsOf } from '../../../tools/bench/environment/access.ts';

type Ports = ReturnType<typeof portsOf>;

/** The events since it was reset. */
export class Counted {
  readonly #audit: Ports['audit'];
  readonly #signal: AbortSignal;
  #events: AuditEvent[] = [];
  #seq = 0;

  constructor(audit: Ports['audit'], signal: AbortSignal) {
    this.#audit = audit;
    this.#signal = signal;
  }

  async catchUp(): Promise<void> {
    for await (const stored of this.#audit.read(this.#seq + 1)) {
      this.#signal.throwIfAborted();
      this.#seq = stored.seq;
      const read = parseAuditEvent(stored, systemHash);
      if (read.kind === 'event') this.#events.push(read.event);
    }
  }

  reset(): void {
    this.#events = [];
  }

  of(type: string): readonly AuditEvent[] {
    return this.#events.filter(({ event }) => event.type === type);
  }
}
