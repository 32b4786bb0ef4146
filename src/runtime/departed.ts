import { slotTokens } from '../domain/keys.ts';
import type { Slot, ZoneName } from '../domain/names.ts';
import { type Millis, type Monotonic, seconds } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Departure } from '../ports/departures.ts';

/** What closes within so long closes at once: a server, a switch, a zone. */
const atOnce: Millis = seconds(2);

/** A connection that closed, on this observer's clock. */
export interface Closed {
  readonly how: Departure['how'];
  readonly at: Monotonic;
}

/**
 * The connections that closed lately, by slot. A hint to look, and worth nothing when too many of a zone
 * close at once: then it is the network, and only silence counts.
 */
export class Departed {
  readonly #clock: Clock;
  readonly #closed = new Map<string, Closed & { readonly zone: ZoneName }>();
  /** When connections of a zone closed, within the last moment. */
  readonly #times = new Map<ZoneName, Monotonic[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes one; `false` where it says nothing, because more than `most` of the zone closed at once. */
  add(slot: Slot, zone: ZoneName, how: Departure['how'], most: number): boolean {
    const at = this.#clock.monotonic();
    const lately = (this.#times.get(zone) ?? []).filter((time) => at - time < atOnce);
    lately.push(at);
    this.#times.set(zone, lately);
    const tokens = slotTokens(slot);
    this.#closed.delete(tokens);
    if (lately.length <= most) {
      this.#closed.set(tokens, { how, at, zone });
      return true;
    }
    for (const [other, closed] of this.#closed) {
      if (closed.zone === zone && at - closed.at < atOnce) this.#closed.delete(other);
    }
    return false;
  }

  /** How this slot's connection closed, if it did and nothing was heard since. */
  of(slot: Slot, heardAt: Monotonic): Closed | undefined {
    if (this.#closed.size === 0) return undefined;
    const closed = this.#closed.get(slotTokens(slot));
    return closed && closed.at > heardAt ? closed : undefined;
  }

  /** It answered, or it is decided. */
  drop(slot: Slot): void {
    this.#closed.delete(slotTokens(slot));
  }

  clear(): void {
    this.#closed.clear();
    this.#times.clear();
  }
}
