import { pastObservation, watchedSince } from '../../../domain/fleet/observation.ts';
import type { ApiHeartbeat } from '../../api-types.ts';
import { FleetModel } from '../model/fleet-model.ts';
import { type CursorMove, NearbyRows } from '../protocol/nearby-rows.ts';
import type {
  AtMoment,
  Connection,
  Extent,
  TabMessage,
  WorkerMessage,
} from '../protocol/worker-messages.ts';

/**
 * The moment of a tab in the history, and the fleet at that moment.
 *
 * The worker answers a seek one frame later. Between near rows the tab seeks without it and notifies it. If
 * messages cross, the worker's answer wins: it sends all changes again, each with the whole state.
 */
export class Cursor {
  readonly fleet = new FleetModel();
  moment: AtMoment | null = null;
  extent: Extent | null = null;
  /** Grows whenever a state changes. */
  version = 0;
  #near: NearbyRows | undefined;
  #sent = 0;
  /** Number of the last seek that the worker must answer. */
  #asked = 0;
  /** Number of the last seek that this tab did without the worker. */
  #went = 0;
  #seekCount = 0;
  #changeCount = 0;
  #connection: Connection | null = null;

  /** Seeks to a sequence, here or in the worker; returns the message for the worker. */
  seek(at: number | 'head'): TabMessage {
    const gone = at === 'head' ? undefined : this.#byItself((near, here) => near.to(here, at));
    return gone ?? this.#ask({ do: 'seek', at });
  }

  /** Seeks to the last row at or before a time. */
  seekTime(at: number): TabMessage {
    const gone = this.#byItself((near, here) => near.toTime(here, at));
    return gone ?? this.#ask({ do: 'seek-time', at });
  }

  /** Goes to exactly this time, also if no row has it. */
  goTo(at: number): TabMessage {
    return this.#ask({ do: 'seek-time', at, exact: true });
  }

  /** The sequence of the transition before or after this moment; undefined: only the worker knows it. */
  neighbour(forward: boolean): number | undefined {
    return this.moment ? this.#near?.neighbour(this.moment, forward) : undefined;
  }

  onMessage(message: WorkerMessage): void {
    if (message.is === 'connection') {
      this.#connection = message.connection;
      this.fleet.isPart = message.connection.hello?.notice !== undefined;
      this.#observe();
    }
    if (message.is === 'reset') {
      this.fleet.clear();
      this.#near = undefined;
    }
    if (message.is === 'nearby') {
      this.fleet.addNames(message.entities, message.words);
      this.#near = new NearbyRows(message.nearby);
    }
    if (message.is !== 'moment') return;
    const { entities, words, extent, moment, changes, acts, changeCount, seekCount } = message;
    this.fleet.addNames(entities, words);
    this.fleet.apply(changes);
    for (const [collector, at] of acts) this.fleet.controls.acts.set(collector, at);
    this.#changeCount = changeCount;
    this.#seekCount = seekCount;
    const isLoading = !extent.complete;
    if (changes.entities.length > 0 || isLoading !== this.fleet.isLoading) this.version += 1;
    this.fleet.isLoading = isLoading;
    this.extent = unlessEqual(this.extent, extent);
    // The worker does not know yet that this tab moved on, and will send that moment.
    if (seekCount >= this.#went) this.moment = unlessEqual(this.moment, moment);
    this.#observe();
  }

  /** Which collectors have a seat: live, from the server; in the past, from the history. */
  #observe(): void {
    const { moment, extent } = this;
    const { hello = null, mark = null } = this.#connection ?? {};
    if (!moment || !extent) return;
    const collectors = this.fleet.controls.collectors();
    this.fleet.watchedSince = watchedSince(collectors, moment.at);
    let observation = pastObservation(collectors, moment.at, extent.floor === 0);
    let seats: ApiHeartbeat | null = null;
    if (moment.head && hello?.mode === 'live') {
      if (isAway(this.#connection)) observation = 'unknown';
      // In the first seconds of an outage, the last known value.
      else if (!mark?.seats) return;
      else {
        seats = mark;
        observation = mark.seats.length > 0 ? 'observed' : 'unobserved';
      }
    }
    if (this.fleet.setObservation(observation, seats)) this.version += 1;
  }

  #byItself(
    way: (near: NearbyRows, here: AtMoment) => CursorMove | undefined,
  ): TabMessage | undefined {
    if (!this.#near || !this.moment || this.#seekCount < this.#asked) return undefined;
    const gone = way(this.#near, this.moment);
    if (!gone) return undefined;
    this.fleet.apply(gone.changes);
    if (gone.changes.entities.length > 0) this.version += 1;
    this.moment = gone.moment;
    this.#observe();
    this.#sent += 1;
    this.#went = this.#sent;
    return { do: 'seek', at: gone.moment.seq, shown: this.#changeCount };
  }

  #ask(message: TabMessage): TabMessage {
    this.#sent += 1;
    this.#asked = this.#sent;
    return message;
  }
}

export const noAnswer = 'the dashboard server or NATS does not answer';

/** Whether the server, or the store behind it, does not answer: nobody knows what holds now. */
export const isAway = (connection: Connection | null): boolean =>
  connection?.state === 'broken' || (connection?.mark?.storeAwaySince ?? null) !== null;

/** Returns the same object if nothing changed, so that nothing renders again. */
const unlessEqual = <T>(known: T | null, received: T): T =>
  known !== null && JSON.stringify(known) === JSON.stringify(received) ? known : received;
