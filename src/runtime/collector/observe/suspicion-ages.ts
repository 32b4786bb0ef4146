import { agentMapKey } from '../../../domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import type { Millis, MonotonicTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/** Since when the suspicion of each run counts, on the clock of one observer. */
export class SuspicionAges {
  readonly #clock: Clock;
  /** By slot: the suspicion and the time from which it counts. */
  readonly #since = new Map<string, { suspicion: string; since: MonotonicTime }>();
  /** When each slot was last seen under a hold. */
  readonly #lastOnHold = new Map<string, MonotonicTime>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the suspicion of a run counts; 0 if it has none. */
  ageOf(record: AgentRecord, onHold: boolean): Millis {
    if (!record.suspect && !onHold) return 0;
    const now = this.#clock.monotonic();
    const slot = agentMapKey(record);
    if (onHold) this.#lastOnHold.set(slot, now);
    if (!record.suspect) return 0;
    const known = this.#since.get(slot);
    // Each suspicion has its own grace, also if the cache missed the time between two of them.
    const suspicion = `${record.run} ${record.suspect.since}`;
    // Silence under a hold does not count: after the hold, first the ttl must pass.
    const lastOnHold = this.#lastOnHold.get(slot) ?? Number.NEGATIVE_INFINITY;
    const since = Math.max(
      known?.suspicion === suspicion ? known.since : now,
      lastOnHold + record.ttl,
    );
    this.#since.set(slot, { suspicion, since });
    return Math.max(0, now - since);
  }

  /** The run is no longer suspect, or its grace starts again. */
  drop(slot: string): void {
    this.#since.delete(slot);
  }

  /** The slot was removed. */
  forget(slot: string): void {
    this.#since.delete(slot);
    this.#lastOnHold.delete(slot);
  }

  /** The grace of every suspect starts again. */
  clear(): void {
    this.#since.clear();
  }
}
