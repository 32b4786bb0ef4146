import { isLeftover, leftoversOf } from '../../../domain/collection/leftovers.ts';
import type { AgentView, Fleet } from '../../../domain/fleet/fleet.ts';
import { slotOfKey } from '../../../domain/identity/registry-keys.ts';
import type { KeyValueEntry, StoredInstance } from '../../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

interface Seen {
  readonly revision: Revision;
  readonly since: MonotonicTime;
}

type FirstSeen = Map<string, Seen>;

/**
 * For each leftover ({@link leftoversOf}), when this observer first saw it at its current revision.
 */
export class LeftoverAges {
  readonly #clock: Clock;
  readonly #firstSeen = new Map<string, FirstSeen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The age of every leftover starts at zero. */
  restart(fleet: Fleet<StoredInstance>): void {
    this.#firstSeen.clear();
    for (const slot of fleet.slots()) this.#updateSlot(slot.slot, slot);
  }

  /**
   * Updates the leftovers of slots that changed. `entries`: by these entries alone; then only they are looked at, unless
   * the record of the slot is one of them.
   */
  update(
    slots: ReadonlySet<string>,
    fleet: Fleet<StoredInstance>,
    entries?: readonly KeyValueEntry[],
  ): void {
    const keys = entries?.map(({ key }) => key);
    const whole = keys
      ? new Set(keys.filter((key) => key.startsWith('agent.')).map(slotOfKey))
      : slots;
    for (const slot of whole) this.#updateSlot(slot, fleet.slot(slot));
    for (const key of keys ?? []) {
      const slot = slotOfKey(key);
      if (key.startsWith('instance.') && !whole.has(slot))
        this.#updateOne(slot, key, fleet.slot(slot));
    }
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
    const now: FirstSeen = new Map();
    for (const read of slot ? leftoversOf(slot) : []) {
      now.set(read.key, this.#seen(before?.get(read.key), read.revision));
    }
    this.#set(slotKey, now);
  }

  #updateOne(slotKey: string, key: string, slot: AgentView<StoredInstance> | undefined): void {
    const read = slot?.instances.get(key);
    const seen: FirstSeen = this.#firstSeen.get(slotKey) ?? new Map();
    if (slot && read && isLeftover(slot, read)) {
      seen.set(key, this.#seen(seen.get(key), read.revision));
    } else seen.delete(key);
    this.#set(slotKey, seen);
  }

  #seen(before: Seen | undefined, revision: Revision): Seen {
    return before?.revision === revision ? before : { revision, since: this.#clock.monotonic() };
  }

  #set(slotKey: string, seen: FirstSeen): void {
    if (seen.size > 0) this.#firstSeen.set(slotKey, seen);
    else this.#firstSeen.delete(slotKey);
  }
}
