import { type AgentView, type Fleet, leftoversOf } from '../../../domain/fleet/fleet.ts';
import type { StoredInstance } from '../../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/**
 * For each leftover ({@link leftoversOf}), when this observer first saw it at its current revision.
 */
export class LeftoverAges {
  readonly #clock: Clock;
  readonly #firstSeen = new Map<
    string,
    Map<string, { revision: Revision; since: MonotonicTime }>
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The age of every leftover starts at zero. */
  restart(fleet: Fleet<StoredInstance>): void {
    this.#firstSeen.clear();
    for (const slot of fleet.slots()) this.#updateSlot(slot.slot, slot);
  }

  /** Updates the leftovers of slots that changed. */
  update(slots: ReadonlySet<string>, fleet: Fleet<StoredInstance>): void {
    for (const slot of slots) this.#updateSlot(slot, fleet.slot(slot));
  }

  /** Slots with leftovers, each leftover with its age. */
  *due(fleet: Fleet<StoredInstance>): Generator<{
    slot: AgentView<StoredInstance>;
    leftovers: readonly [StoredInstance, Millis][];
  }> {
    const now = this.#clock.monotonic();
    for (const [slotKey, firstSeen] of this.#firstSeen) {
      const slot = fleet.slot(slotKey);
      if (!slot) continue;
      const leftovers = leftoversOf(slot).flatMap((stored): [StoredInstance, Millis][] => {
        const seen = firstSeen.get(stored.key);
        return seen?.revision === stored.revision ? [[stored, now - seen.since]] : [];
      });
      if (leftovers.length > 0) yield { slot, leftovers };
    }
  }

  #updateSlot(slotKey: string, slot: AgentView<StoredInstance> | undefined): void {
    const before = this.#firstSeen.get(slotKey);
    const now = new Map<string, { revision: Revision; since: MonotonicTime }>();
    for (const { key, revision } of slot ? leftoversOf(slot) : []) {
      const seen = before?.get(key);
      now.set(
        key,
        seen?.revision === revision ? seen : { revision, since: this.#clock.monotonic() },
      );
    }
    if (now.size > 0) this.#firstSeen.set(slotKey, now);
    else this.#firstSeen.delete(slotKey);
  }
}
