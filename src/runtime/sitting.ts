import { allRunLeases, allSeats, seatKey } from '../domain/keys.ts';
import { blindAfter, type LeasePolicy } from '../domain/policy.ts';
import {
  hours,
  type Instant,
  type Millis,
  type Monotonic,
  type Revision,
  seconds,
} from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Author } from './change.ts';
import { Keyframer } from './keyframer.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { Sightings } from './sightings.ts';
import { Sweeper, sweepEvery } from './sweeper.ts';
import { View } from './view.ts';

/** What happens to whoever sits: said as it happens, decided by the collector's machine. */
export interface SittingListener {
  sighted(): void;
  blinded(why: string): void;
  removing(busy: boolean): void;
  /** A keyframe was made; `false`: it can't be signed just now. */
  kept(keyframe: Revision, digest: string): boolean;
}

/** The seat, and what its holder is to do there beside the watching. */
export interface Place {
  readonly seat: number;
  readonly keeper: LeaseKeeper;
  readonly keyframeEvery: number | undefined;
  /** The policy has fewer seats than this one's number: whoever sits there gets up. */
  readonly abolished: () => void;
}

/** A sweep that comes so much later than planned means that this process did not run. */
const stalledAfter: Millis = seconds(1);
const tidyEvery: Millis = seconds(10);
const forgetAfter: Millis = hours(1);

/**
 * One collector on one seat: its view, its clocks, its sweeps.
 *
 * Sight has one proof: its own seat's renewal, come back through its own watch of the leases. Without
 * it, after a stall, or when the two clocks moved apart, it judges nobody until that proof comes again.
 */
export class Sitting {
  readonly view: View;
  readonly #sightings: Sightings;
  readonly #sweeper: Sweeper;
  readonly #keyframer: Keyframer;
  readonly #seat: Pick<Place, 'seat' | 'keeper' | 'abolished'> & { readonly key: string };
  readonly #lease: LeasePolicy;
  readonly #ports: Ports;
  readonly #listener: SittingListener;
  #judging: AbortController | undefined;
  /** The revision of the seat above which a renewal is proof, and when the last proof came. */
  #proof: { above: Revision; seenAt: Monotonic };

  constructor(
    author: Author,
    { seat, keeper, keyframeEvery, abolished }: Place,
    lease: LeasePolicy,
    ports: Ports,
    listener: SittingListener,
  ) {
    this.#seat = { key: seatKey(seat), seat, keeper, abolished };
    this.#lease = lease;
    this.#ports = ports;
    this.#listener = listener;
    this.#sightings = new Sightings(ports.clock);
    this.view = new View(ports, (slots) => this.#sweeper.touched(slots));
    const seeing = { view: this.view, sightings: this.#sightings };
    this.#sweeper = new Sweeper(author, seeing, { seat, lease }, ports, listener);
    this.#proof = { above: keeper.revision - 1, seenAt: ports.clock.monotonic() };
    const sign = listener.kept.bind(listener);
    this.#keyframer = new Keyframer(ports, sign, keyframeEvery);
  }

  /** Watches and removes until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([
        this.view.follow(signal),
        this.#observe(signal),
        this.#beat(signal),
        this.#keyframer.run(() => this.#sweeper.leads, signal),
        this.#hear(signal),
      ]);
    } finally {
      this.stopJudging();
      await this.#sweeper.settled();
    }
  }

  /** Every silence, grace and leftover counts from now. */
  startClocks(): void {
    this.#judging = new AbortController();
    this.#sweeper.start();
  }

  /** Nothing is judged until the seat's next renewal, one that comes after this moment, was seen. */
  stopJudging(): void {
    this.#judging?.abort();
    this.#judging = undefined;
    this.#proof = { ...this.#proof, above: this.#seat.keeper.revision };
  }

  async #observe(signal: AbortSignal): Promise<void> {
    const { leases, clock } = this.#ports;
    for await (const feed of leases.watch([allRunLeases, allSeats], signal)) {
      this.#sightings.take(feed);
      if (feed.kind === 'changes') this.#ports.meters.heartbeats(feed.entries.length);
      const seen = this.#sightings.revisionOf(this.#seat.key);
      if (seen <= this.#proof.above) continue;
      this.#proof = { above: seen, seenAt: clock.monotonic() };
      if (this.#judging || this.view.age === undefined) continue;
      this.#listener.sighted();
    }
  }

  /** Looks at once where a connection closes; a server that says nothing of it costs nothing. */
  #hear(signal: AbortSignal): Promise<void> {
    return this.#ports.departures.watch(
      (departure) => this.#sweeper.departed(departure, this.#judging?.signal),
      signal,
    );
  }

  /** Sweeps, and notices when it could not. */
  async #beat(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    let before = { monotonic: clock.monotonic(), wall: clock.wall() };
    let tidied = before.monotonic;
    while (!signal.aborted) {
      await clock.sleep(sweepEvery, signal);
      if (signal.aborted) return;
      const now = { monotonic: clock.monotonic(), wall: clock.wall() };
      const trouble = this.#trouble(before, now);
      before = now;
      if (trouble !== undefined && this.#judging) this.#listener.blinded(trouble);
      // Before the view has loaded, nobody knows what the policy says.
      const known = this.view.age !== undefined;
      if (known && this.#seat.seat > this.view.fleet.state.policy.seats) this.#seat.abolished();
      if (this.#judging) this.#sweeper.sweep(this.#judging.signal);
      if (now.monotonic - tidied < tidyEvery) continue;
      tidied = now.monotonic;
      this.#sweeper.forget(forgetAfter);
      if (this.#sweeper.leads) void this.#tidy();
    }
  }

  #trouble(
    before: { monotonic: Monotonic; wall: Instant },
    now: { monotonic: Monotonic; wall: Instant },
  ): string | undefined {
    const ran = now.monotonic - before.monotonic;
    if (ran > sweepEvery + stalledAfter) return `did not run for ${Math.round(ran)} ms`;
    const apart = Math.abs(now.wall - before.wall - ran);
    if (apart > stalledAfter) return `the clocks moved apart by ${Math.round(apart)} ms`;
    if (now.monotonic - this.#proof.seenAt > blindAfter(this.#lease)) {
      return 'its own seat was not seen renewed';
    }
    return undefined;
  }

  async #tidy(): Promise<void> {
    try {
      await this.#ports.audit.tidy();
    } catch (error) {
      this.#ports.log.debug('outbox-not-tidied', { why: String(error) });
    }
  }
}
