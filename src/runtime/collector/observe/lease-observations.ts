import { seatKey } from '../../../domain/identity/registry-keys.ts';
import type { Millis, MonotonicTime, Revision, WallTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { WatchEvent } from '../../../ports/watch.ts';

/**
 * When each lease was last seen renewed, on this observer's monotonic clock: never a timestamp of
 * somebody else's. Silence is counted from the later of that and `start`.
 */
export class LeaseObservations {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { revision: Revision; at: MonotonicTime }>();
  readonly #seats = new Set<number>();
  #started: MonotonicTime;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#started = clock.monotonic();
  }

  /** All silences begin anew: time in which this observer was blind counts for nobody's death (G6). */
  resetClocks(): void {
    this.#started = this.#clock.monotonic();
  }

  get startedAt(): MonotonicTime {
    return this.#started;
  }

  apply(feed: WatchEvent): void {
    if (feed.kind !== 'snapshot' && feed.kind !== 'changes') return;
    const at = this.#clock.monotonic();
    for (const { key, revision, text } of feed.entries) {
      if (text === undefined) this.#seen.delete(key);
      else this.#note(key, revision, at);
    }
  }

  #note(key: string, revision: Revision, at: MonotonicTime): void {
    const known = this.#seen.get(key);
    if (known) {
      // In place: with ten thousand runs, what is new each time is two thousand objects a second.
      if (revision <= known.revision) return;
      known.revision = revision;
      known.at = at;
      return;
    }
    this.#seen.set(key, { revision, at });
    if (key.startsWith('seat.')) this.#seats.add(Number(key.slice(5)));
  }

  revisionOf(key: string): Revision {
    return this.#seen.get(key)?.revision ?? 0;
  }

  /** When a renewal was last seen, on this observer's monotonic clock. */
  seenAt(key: string): MonotonicTime | undefined {
    return this.#seen.get(key)?.at;
  }

  /** The seats that were seen renewed within this time. */
  activeSeats(within: Millis): readonly number[] {
    const after = this.#clock.monotonic() - within;
    const held: number[] = [];
    for (const seat of this.#seats) {
      if ((this.#seen.get(seatKey(seat))?.at ?? Number.NEGATIVE_INFINITY) >= after) held.push(seat);
    }
    return held;
  }

  /** The last renewal that was seen, with the time by the wall clock of this observer. */
  lastRenewal(key: string): { readonly revision: Revision; readonly seenAt: WallTime } | undefined {
    const last = this.#seen.get(key);
    return last && { revision: last.revision, seenAt: this.#wallOf(last.at) };
  }

  /** Since when this observer counts, by its wall clock. */
  get countingSince(): WallTime {
    return this.#wallOf(this.#started);
  }

  #wallOf(at: MonotonicTime): WallTime {
    return Math.round(this.#clock.wall() - (this.#clock.monotonic() - at));
  }

  timeSinceRenewal(key: string): Millis {
    const last = this.#seen.get(key)?.at ?? this.#started;
    return this.#clock.monotonic() - Math.max(last, this.#started);
  }

  /** Forgets leases that have been silent for so long that nobody asks for them any more. */
  forget(silentFor: Millis): void {
    const before = this.#clock.monotonic() - silentFor;
    for (const [key, { at }] of this.#seen) if (at < before) this.#seen.delete(key);
  }
}
