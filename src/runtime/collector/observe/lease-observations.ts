import { missedEntries } from '../../../domain/fleet/missed-entries.ts';
import { leaseKey, seatKey } from '../../../domain/identity/registry-keys.ts';
import { unmovedAfter } from '../../../domain/policy/lease-policy.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision, WallTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { WatchEvent } from '../../../ports/watch.ts';

/**
 * When this observer last saw each lease renewed, on its own monotonic clock; it never uses the
 * timestamp of another process. Silence counts from the last renewal or from `resetClocks`,
 * whichever is later.
 */
export class LeaseObservations {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { revision: Revision; seenAt: MonotonicTime }>();
  readonly #seats = new Set<number>();
  #startedAt: MonotonicTime;
  #upTo: Revision = 0;
  #trouble: string | undefined;
  /** The last revision of a lease that was forgotten. */
  #forgottenUpTo: Revision = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** All silences start at zero: time in which this observer was blind counts for no run (G6). */
  resetClocks(): void {
    this.#startedAt = this.#clock.monotonic();
  }

  /** Why the watch receives nothing; undefined while it receives. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get startedAt(): MonotonicTime {
    return this.#startedAt;
  }

  apply(event: WatchEvent): void {
    this.#trouble = event.kind === 'stale' ? event.why : undefined;
    if (event.kind !== 'snapshot' && event.kind !== 'changes') return;
    const seenAt = this.#clock.monotonic();
    if (event.kind === 'snapshot') this.#forgetRevisions(event.entries);
    for (const { key, revision, text } of event.entries) {
      if (text === undefined) this.#seen.delete(key);
      else this.#record(key, revision, seenAt);
    }
    this.#upTo = event.upTo;
  }

  /** The leases that this observer had wrong, according to a later snapshot. */
  missedIn(snapshot: WatchEvent & { readonly kind: 'snapshot' }): readonly string[] {
    const revisions = new Map([...this.#seen].map(([key, { revision }]) => [key, revision]));
    const entries = snapshot.entries.filter(({ revision }) => revision > this.#forgottenUpTo);
    return missedEntries({ revisions, upTo: this.#upTo }, { entries }, { lapses: true });
  }

  /**
   * A snapshot may be of another history, in which revisions are lower: every revision that differs from
   * the last one counts as a renewal. Silences go on.
   */
  #forgetRevisions(entries: readonly KeyValueEntry[]): void {
    const present = new Map(entries.map(({ key, revision }) => [key, revision]));
    for (const [key, seen] of this.#seen) {
      if (present.get(key) !== seen.revision) seen.revision = 0;
    }
  }

  #record(key: string, revision: Revision, seenAt: MonotonicTime): void {
    const seen = this.#seen.get(key);
    if (seen) {
      // Changed in place: with ten thousand runs, new objects would be two thousand a second.
      if (revision <= seen.revision) return;
      seen.revision = revision;
      seen.seenAt = seenAt;
      return;
    }
    this.#seen.set(key, { revision, seenAt });
    if (key.startsWith('seat.')) this.#seats.add(Number(key.slice(5)));
  }

  revisionOf(key: string): Revision {
    return this.#seen.get(key)?.revision ?? 0;
  }

  /**
   * Whether a lease that exists at the leader does not move: this observer has watched without interruption
   * for two ttls and saw no renewal. A revision that the watch has not delivered is recorded as seen now.
   * `asked`: when the read of the leader began; a process that stood still since learned nothing about the time after it.
   */
  isUnmoved(
    { key, revision }: Pick<KeyValueEntry, 'key' | 'revision'>,
    ttl: Millis,
    asked: MonotonicTime = this.#clock.monotonic(),
  ): boolean {
    if (revision > this.revisionOf(key)) this.#record(key, revision, this.#clock.monotonic());
    return this.timeSinceRenewal(key, asked) >= unmovedAfter(ttl);
  }

  /** When the last renewal was seen, on the monotonic clock of this observer. */
  seenAt(key: string): MonotonicTime | undefined {
    return this.#seen.get(key)?.seenAt;
  }

  /** The seats whose renewal was seen within this time. */
  activeSeats(within: Millis): readonly number[] {
    const after = this.#clock.monotonic() - within;
    const active: number[] = [];
    for (const seat of this.#seats) {
      if ((this.#seen.get(seatKey(seat))?.seenAt ?? Number.NEGATIVE_INFINITY) >= after)
        active.push(seat);
    }
    return active;
  }

  /** The last renewal that was seen, with its time by the wall clock of this observer. */
  lastRenewal(key: string): { readonly revision: Revision; readonly seenAt: WallTime } | undefined {
    const lastSeen = this.#seen.get(key);
    return lastSeen && { revision: lastSeen.revision, seenAt: this.#toWallTime(lastSeen.seenAt) };
  }

  /** When this observer started to count, by its wall clock. */
  get countingSince(): WallTime {
    return this.#toWallTime(this.#startedAt);
  }

  #toWallTime(seenAt: MonotonicTime): WallTime {
    return Math.round(this.#clock.wall() - (this.#clock.monotonic() - seenAt));
  }

  timeSinceRenewal(key: string, now: MonotonicTime = this.#clock.monotonic()): Millis {
    const lastSeen = this.#seen.get(key)?.seenAt ?? this.#startedAt;
    return now - Math.max(lastSeen, this.#startedAt);
  }

  /** Forgets leases that have been silent for this long. */
  forget(silentFor: Millis): void {
    const before = this.#clock.monotonic() - silentFor;
    for (const [key, { seenAt, revision }] of this.#seen) {
      if (seenAt >= before) continue;
      this.#seen.delete(key);
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, revision);
    }
  }
}

/** Kept with the record: a sweep needs the key of each run, and a new text would be hashed each time. */
const leaseKeys = new WeakMap<AgentRecord, string>();

/** The key of the lease of the run that a record names. */
export function leaseKeyOf(record: AgentRecord): string {
  const known = leaseKeys.get(record);
  if (known !== undefined) return known;
  const key = leaseKey(record);
  leaseKeys.set(record, key);
  return key;
}
