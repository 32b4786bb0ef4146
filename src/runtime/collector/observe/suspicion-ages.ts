import { agentMapKey } from '../../../domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import type { Millis, MonotonicTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/** From when each run's suspicion counts, on one observer's own clock. */
export class SuspicionAges {
  readonly #clock: Clock;
  /** By slot: since when, and which suspicion that is. */
  readonly #since = new Map<string, { doubt: string; since: MonotonicTime }>();
  /** When each slot was last seen under a hold. */
  readonly #held = new Map<string, MonotonicTime>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long this observer has known of a run's suspicion, as far as that counts. */
  ageOf(record: AgentRecord, held: boolean): Millis {
    const now = this.#clock.monotonic();
    const slot = agentMapKey(record);
    if (held) this.#held.set(slot, now);
    if (!record.suspect) return 0;
    const known = this.#since.get(slot);
    // Each suspicion has a grace of its own, also where the view has missed what lay between two.
    const doubt = `${record.run} ${record.suspect.since}`;
    // Silence that was planned counts for nothing: when the hold is over, its ttl begins first.
    const heldAt = this.#held.get(slot) ?? Number.NEGATIVE_INFINITY;
    const since = Math.max(known?.doubt === doubt ? known.since : now, heldAt + record.ttl);
    this.#since.set(slot, { doubt, since });
    return Math.max(0, now - since);
  }

  /** It is not suspect any more, or its grace begins anew. */
  drop(slot: string): void {
    this.#since.delete(slot);
  }

  /** Its slot is gone. */
  forget(slot: string): void {
    this.#since.delete(slot);
    this.#held.delete(slot);
  }

  /** Every grace begins anew. */
  clear(): void {
    this.#since.clear();
  }
}
