import type { Slot, ZoneName } from '../../../domain/identity/names.ts';
import { agentMapKey } from '../../../domain/identity/registry-keys.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Disconnect } from '../../../ports/disconnects.ts';

/** Disconnects within this time count as simultaneous: a server, a switch or a zone failed. */
const simultaneousWithin: Millis = seconds(2);

/** The disconnects of one zone within the last {@link simultaneousWithin}. */
interface ZoneDisconnects {
  readonly times: MonotonicTime[];
  /** Slots of those disconnects that are recorded. */
  readonly recorded: Set<string>;
}

/** A closed connection, with the time on the clock of this observer. */
export interface RecentDisconnect {
  readonly how: Disconnect['how'];
  readonly at: MonotonicTime;
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
   * Records a disconnect. Returns `false` if it tells nothing, because more than `most` of the zone
   * closed at the same time.
   */
  add(slot: Slot, zone: ZoneName, how: Disconnect['how'], most: number): boolean {
    const at = this.#clock.monotonic();
    const { times, recorded } = this.#recentIn(zone, at);
    times.push(at);
    const slotKey = agentMapKey(slot);
    this.#closed.delete(slotKey);
    recorded.delete(slotKey);
    if (times.length <= most) {
      this.#closed.set(slotKey, { how, at });
      recorded.add(slotKey);
      return true;
    }
    for (const other of recorded) this.#closed.delete(other);
    recorded.clear();
    return false;
  }

  /** The recent disconnects of a zone. A whole fleet may disconnect, so each is visited once. */
  #recentIn(zone: ZoneName, now: MonotonicTime): ZoneDisconnects {
    const recent = this.#byZone.get(zone) ?? { times: [], recorded: new Set<string>() };
    this.#byZone.set(zone, recent);
    while (recent.times[0] !== undefined && now - recent.times[0] >= simultaneousWithin)
      recent.times.shift();
    for (const slotKey of recent.recorded) {
      const closed = this.#closed.get(slotKey);
      if (closed && now - closed.at < simultaneousWithin) break; // in the order in which they closed
      recent.recorded.delete(slotKey);
    }
    return recent;
  }

  /** The closed connection of a slot, if it closed after the last renewal (`renewedAt`). */
  find(slot: Slot, renewedAt: MonotonicTime): RecentDisconnect | undefined {
    if (this.#closed.size === 0) return undefined;
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

  clear(): void {
    this.#closed.clear();
    this.#byZone.clear();
  }
}
