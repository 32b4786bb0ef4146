import { pastObservation } from '../../../domain/fleet/observation.ts';
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
 * Where a tab is in the history, and how everything stands there.
 *
 * The worker answers where to go, a frame later. Between rows that are near, the tab goes by itself and
 * tells the worker so; who of the two is right is never a question: as soon as anything crossed, the
 * worker says all of it again, and how an entity stands is always told whole.
 */
export class Cursor {
  readonly fleet = new FleetModel();
  moment: AtMoment | null = null;
  extent: Extent | null = null;
  /** Grows whenever somebody stands otherwise. */
  version = 0;
  #near: NearbyRows | undefined;
  #sent = 0;
  /** The last seek that the worker has to answer. */
  #asked = 0;
  /** The last seek that this tab went by itself. */
  #went = 0;
  #heard = 0;
  #told = 0;
  #connection: Connection | null = null;

  /** Goes to a place, or asks for it; returns what the worker has to know. */
  seek(at: number | 'head'): TabMessage {
    const gone = at === 'head' ? undefined : this.#byItself((near, here) => near.to(here, at));
    return gone ?? this.#ask({ do: 'seek', at });
  }

  /** Goes to what was newest at a time. */
  seekTime(at: number): TabMessage {
    const gone = this.#byItself((near, here) => near.toTime(here, at));
    return gone ?? this.#ask({ do: 'seek-time', at });
  }

  /** The place of the transition before or after this moment; undefined: the worker knows. */
  neighbour(forward: boolean): number | undefined {
    return this.moment ? this.#near?.beside(this.moment, forward) : undefined;
  }

  onMessage(message: WorkerMessage): void {
    if (message.is === 'connection') {
      this.#connection = message.connection;
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
    const { entities, words, extent, moment, changes, acts, told, heard } = message;
    this.fleet.addNames(entities, words);
    this.fleet.apply(changes);
    this.fleet.addActs(acts);
    this.#told = told;
    this.#heard = heard;
    if (changes.entities.length > 0) this.version += 1;
    this.extent = unlessEqual(this.extent, extent);
    // Where this tab went meanwhile the worker does not know yet, and will say.
    if (heard >= this.#went) this.moment = unlessEqual(this.moment, moment);
    this.#observe();
  }

  /** Live, the server tells which collectors have a seat; of the past, the history does. */
  #observe(): void {
    const { moment, extent } = this;
    const { hello = null, mark = null } = this.#connection ?? {};
    if (!moment || !extent) return;
    let observation = pastObservation(this.fleet.collectors(), moment.at, extent.floor === 0);
    if (moment.head && hello?.mode === 'live') {
      // While the store does not answer, the last that is known stays.
      if (!mark) return;
      if (mark.seats === null) observation = this.fleet.observation;
      else observation = mark.seats.length > 0 ? 'observed' : 'unobserved';
    }
    if (this.fleet.setObservation(observation)) this.version += 1;
  }

  #byItself(
    way: (near: NearbyRows, here: AtMoment) => CursorMove | undefined,
  ): TabMessage | undefined {
    if (!this.#near || !this.moment || this.#heard < this.#asked) return undefined;
    const gone = way(this.#near, this.moment);
    if (!gone) return undefined;
    this.fleet.apply(gone.changes);
    if (gone.changes.entities.length > 0) this.version += 1;
    this.moment = gone.moment;
    this.#observe();
    this.#sent += 1;
    this.#went = this.#sent;
    return { do: 'seek', at: gone.moment.seq, shown: this.#told };
  }

  #ask(message: TabMessage): TabMessage {
    this.#sent += 1;
    this.#asked = this.#sent;
    return message;
  }
}

/** The same object where nothing changed: nobody needs to look again. */
const unlessEqual = <T>(known: T | null, told: T): T =>
  known !== null && JSON.stringify(known) === JSON.stringify(told) ? known : told;
