import type { RunId, RunRef, Slot, ZoneName } from '../../../domain/identity/names.ts';
import { agentMapKey } from '../../../domain/identity/registry-keys.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Disconnect } from '../../../ports/disconnects.ts';

/** Disconnects within this time count as simultaneous: a server, a switch or a zone failed. */
const simultaneousWithin: Millis = seconds(2);
/** A crowd is counted again after this. A whole fleet may disconnect, so it is not counted at each disconnect. */
const countAgainAfter: Millis = 100;

/** A disconnect that may be one of many at the same time. */
export interface CountedDisconnect {
  /** The slot, as a map key. */
  readonly slot: string;
  /** The run that the slot had then. */
  readonly run: RunId;
  readonly at: MonotonicTime;
}

/** The disconnects of one zone. */
interface ZoneDisconnects {
  /** The last one of each slot within {@link simultaneousWithin}, in the order in which they closed. */
  readonly recent: Map<string, CountedDisconnect>;
  /** Slots of those that are recorded. */
  readonly recorded: Set<string>;
  /** When they were last counted and found too many. */
  crowdAt: MonotonicTime;
}

/** A closed connection, with the time on the clock of this observer. */
export interface RecentDisconnect {
  readonly how: Disconnect['how'];
  readonly at: MonotonicTime;
}

/** How many disconnects of a zone are too many, and whether one of them still counts. */
export interface CrowdRule {
  readonly most: number;
  /** False for a run that came back, ended or is under a hold: the brake does not count it either. */
  counts(disconnect: CountedDisconnect): boolean;
}

/**
 * Recently closed connections, by slot. A hint to check the run. Worth nothing when too many of a
 * zone close at the same time: then the network failed, and only silence counts.
 */
export class RecentDisconnects {
  readonly #clock: Clock;
  readonly #closed = new Map<string, RecentDisconnect>();
  readonly #byZone = new Map<ZoneName, ZoneDisconnects>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Records a disconnect. Returns `false` if it tells nothing, because more than `most` runs of the zone
   * lost their connections at the same time.
   */
  add(of: RunRef, zone: ZoneName, how: Disconnect['how'], rule: CrowdRule): boolean {
    const at = this.#clock.monotonic();
    const slot = agentMapKey(of);
    const there = this.#recentIn(zone, at);
    there.recent.delete(slot);
    there.recent.set(slot, { slot, run: of.run, at });
    this.#closed.delete(slot);
    there.recorded.delete(slot);
    if (!isCrowd(there, at, rule)) {
      this.#closed.set(slot, { how, at });
      there.recorded.add(slot);
      return true;
    }
    for (const other of there.recorded) this.#closed.delete(other);
    there.recorded.clear();
    return false;
  }

  /** The recent disconnects of a zone. Each is removed once. */
  #recentIn(zone: ZoneName, now: MonotonicTime): ZoneDisconnects {
    const there = this.#byZone.get(zone) ?? {
      recent: new Map<string, CountedDisconnect>(),
      recorded: new Set<string>(),
      crowdAt: Number.NEGATIVE_INFINITY,
    };
    this.#byZone.set(zone, there);
    for (const [slot, { at }] of there.recent) {
      if (now - at < simultaneousWithin) break; // in the order in which they closed
      there.recent.delete(slot);
      there.recorded.delete(slot);
    }
    return there;
  }

  /** Whether none is recorded. Then a sweep need not look for each run. */
  get isEmpty(): boolean {
    return this.#closed.size === 0;
  }

  /** The closed connection of a slot, if it closed after the last renewal (`renewedAt`). */
  find(slot: Slot, renewedAt: MonotonicTime): RecentDisconnect | undefined {
    const closed = this.#closed.get(agentMapKey(slot));
    return closed && closed.at > renewedAt ? closed : undefined;
  }

  /** The run answered, or its verdict is stored. */
  drop(slot: Slot): void {
    this.forget(agentMapKey(slot));
  }

  /** The slot was removed. */
  forget(slotKey: string): void {
    this.#closed.delete(slotKey);
  }

  /** The run of the slot answered: its disconnect is not one of many any more either. */
  answered(slot: Slot): void {
    const slotKey = agentMapKey(slot);
    for (const { recent } of this.#byZone.values()) recent.delete(slotKey);
  }

  clear(): void {
    this.#closed.clear();
    this.#byZone.clear();
  }
}

/** Whether more than `most` of the recent disconnects count. Forgets those that do not. */
function isCrowd(there: ZoneDisconnects, now: MonotonicTime, { most, counts }: CrowdRule): boolean {
  if (there.recent.size <= most) return false;
  if (now - there.crowdAt < countAgainAfter) return true;
  for (const [slot, one] of there.recent) if (!counts(one)) there.recent.delete(slot);
  if (there.recent.size <= most) return false;
  there.crowdAt = now;
  return true;
}
