import type { Slot, ZoneName } from '../../../domain/identity/names.ts';
import { agentMapKey } from '../../../domain/identity/registry-keys.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Disconnect } from '../../../ports/disconnects.ts';

/** What closes within so long closes at once: a server, a switch, a zone. */
const atOnce: Millis = seconds(2);

/** What closed in one zone within the last moment. */
interface Lately {
  readonly times: MonotonicTime[];
  /** Those of them that are noted. */
  readonly noted: Set<string>;
}

/** A connection that closed, on this observer's clock. */
export interface ClosedConnection {
  readonly how: Disconnect['how'];
  readonly at: MonotonicTime;
}

/**
 * The connections that closed lately, by slot. A hint to look, and worth nothing when too many of a zone
 * close at once: then it is the network, and only silence counts.
 */
export class RecentDisconnects {
  readonly #clock: Clock;
  readonly #closed = new Map<string, ClosedConnection>();
  readonly #lately = new Map<ZoneName, Lately>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes one; `false` where it says nothing, because more than `most` of the zone closed at once. */
  add(slot: Slot, zone: ZoneName, how: Disconnect['how'], most: number): boolean {
    const at = this.#clock.monotonic();
    const { times, noted } = this.#at(zone, at);
    times.push(at);
    const tokens = agentMapKey(slot);
    this.#closed.delete(tokens);
    noted.delete(tokens);
    if (times.length <= most) {
      this.#closed.set(tokens, { how, at });
      noted.add(tokens);
      return true;
    }
    for (const other of noted) this.#closed.delete(other);
    noted.clear();
    return false;
  }

  /** What closed there within the moment: a whole fleet may, so each is looked at once. */
  #at(zone: ZoneName, now: MonotonicTime): Lately {
    const there = this.#lately.get(zone) ?? { times: [], noted: new Set<string>() };
    this.#lately.set(zone, there);
    while (there.times[0] !== undefined && now - there.times[0] >= atOnce) there.times.shift();
    for (const tokens of there.noted) {
      const closed = this.#closed.get(tokens);
      if (closed && now - closed.at < atOnce) break; // they come in the order in which they closed
      there.noted.delete(tokens);
    }
    return there;
  }

  /** How this slot's connection closed, if it did and nothing was heard since. */
  find(slot: Slot, heardAt: MonotonicTime): ClosedConnection | undefined {
    if (this.#closed.size === 0) return undefined;
    const closed = this.#closed.get(agentMapKey(slot));
    return closed && closed.at > heardAt ? closed : undefined;
  }

  /** It answered, or it is decided. */
  drop(slot: Slot): void {
    this.forget(agentMapKey(slot));
  }

  /** Its slot is gone. */
  forget(tokens: string): void {
    this.#closed.delete(tokens);
  }

  clear(): void {
    this.#closed.clear();
    this.#lately.clear();
  }
}
