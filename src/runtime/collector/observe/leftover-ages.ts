import { type AgentView, type Fleet, leftoversOf } from '../../../domain/fleet/fleet.ts';
import type { StoredInstance } from '../../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/**
 * Since when this observer has seen each leftover ({@link leftoversOf}) at this very revision.
 */
export class LeftoverAges {
  readonly #clock: Clock;
  readonly #slots = new Map<string, Map<string, { revision: Revision; since: MonotonicTime }>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every leftover begins its time anew. */
  restart(fleet: Fleet): void {
    this.#slots.clear();
    for (const slot of fleet.slots()) this.#look(slot.slot, slot);
  }

  /** Looks again at slots that changed. */
  update(slots: ReadonlySet<string>, fleet: Fleet): void {
    for (const slot of slots) this.#look(slot, fleet.slot(slot));
  }

  /** Slots that have leftovers, and which, with how long each has been one. */
  *due(
    fleet: Fleet,
  ): Generator<{ slot: AgentView; leftovers: readonly [StoredInstance, Millis][] }> {
    const now = this.#clock.monotonic();
    for (const [tokens, known] of this.#slots) {
      const slot = fleet.slot(tokens);
      if (!slot) continue;
      const leftovers = leftoversOf(slot).flatMap((stored): [StoredInstance, Millis][] => {
        const seen = known.get(stored.key);
        return seen?.revision === stored.revision ? [[stored, now - seen.since]] : [];
      });
      if (leftovers.length > 0) yield { slot, leftovers };
    }
  }

  #look(tokens: string, slot: AgentView | undefined): void {
    const before = this.#slots.get(tokens);
    const now = new Map<string, { revision: Revision; since: MonotonicTime }>();
    for (const { key, revision } of slot ? leftoversOf(slot) : []) {
      const seen = before?.get(key);
      now.set(
        key,
        seen?.revision === revision ? seen : { revision, since: this.#clock.monotonic() },
      );
    }
    if (now.size > 0) this.#slots.set(tokens, now);
    else this.#slots.delete(tokens);
  }
}
