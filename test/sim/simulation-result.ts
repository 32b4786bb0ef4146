import type { LossKind } from '../../src/domain/store-history/store-loss.ts';
import { type Millis, type MonotonicTime, seconds } from '../../src/domain/time.ts';
import { seededFractions } from '../../tools/bench/history/seeded-random.ts';
import { FleetInMemory } from '../runtime/support/fleet-in-memory.ts';
import type { Process } from '../runtime/support/process.ts';
import { Awaited } from './schedule/audit-triggers.ts';
import type { Schedule } from './schedule/fault.ts';
import { Operators } from './schedule/operators.ts';
import { type Shape, slowest } from './schedule/parameters.ts';
import { Roster } from './schedule/participants.ts';

const itIsPeace = 'it is peace';
/** Random draws during the run have a source of their own, separate from the schedule's. */
const ofPlay = 0x5bd1e995;
const ofWatches = 0x2545f491;

/** A fleet with the given parameters, its participants, and the record of the faults. */
export class Simulated {
  readonly fleet: FleetInMemory;
  readonly shape: Shape;
  readonly trace: string[] = [];
  readonly fraction: () => number;
  readonly roster: Roster;
  readonly operators: Operators;
  readonly awaited: Awaited;
  /** When a process last received messages that had waited in its watch. */
  readonly heardLateAt = new Map<Process, MonotonicTime>();
  /** Since when a watch of a process has delivered nothing; without the process: both deliver. */
  readonly unseenSince = new Map<Process, MonotonicTime>();
  /** When the store last began to serve requests again. */
  servesSince: MonotonicTime = Number.NEGATIVE_INFINITY;
  /** What the store has forgotten; undefined: nothing. Nothing can tell that it has lost all. */
  lost: LossKind | 'all' | undefined;
  /** When an older copy of the leases was put back last. */
  leasesRestoredAt: MonotonicTime = Number.NEGATIVE_INFINITY;
  /** From this event on the audit must have all, after a loss of earlier ones; 0: it has lost none. */
  keptFrom = 0;
  /** Writes of foreign tools, by key. */
  readonly byHand = new Map<string, string | undefined>();
  /** From then on the server may keep a lease for long; it counts until it has not moved for two ttls. */
  serverClockWasSetBack = false;
  /** The shortest pace that any policy had. */
  leastPace: Millis;
  #war = new AbortController();
  /** Called when the store has served a request. */
  served: () => void = () => {};

  constructor({ seed, shape }: Schedule) {
    const { lease, slack, drift, aliveEvery } = shape;
    this.shape = shape;
    this.fleet = new FleetInMemory({
      seed: seed ^ ofPlay,
      lease,
      timekeeping: (fraction) => ({ slack, rate: 1 + drift * (2 * fraction() - 1) }),
    });
    this.fleet.world.aliveEvery = aliveEvery;
    this.fleet.world.batchSize = inParts(seededFractions(seed ^ ofWatches));
    this.fleet.sweepEvery = shape.sweepEvery;
    this.fleet.audit.underWay = 2 * slowest + seconds(1);
    this.fraction = seededFractions(seed + ofPlay);
    this.awaited = new Awaited(this.fleet.audit);
    this.fleet.served = () => {
      this.awaited.look();
      this.served();
    };
    this.operators = new Operators(this.fleet);
    this.leastPace = shape.pace;
    this.roster = new Roster({
      fleet: this.fleet,
      shape,
      fraction: this.fraction,
      note: (what) => this.note(what),
    });
  }

  get now(): MonotonicTime {
    return this.fleet.clock.monotonic();
  }

  advance(duration: Millis): Promise<void> {
    return this.fleet.advance(duration);
  }

  async begin(): Promise<void> {
    const { seats, pace } = this.shape;
    this.operators.setPolicy({ seats, pace, fraction: 0.3 });
    this.roster.startAll();
    await this.advance(seconds(3));
  }

  note(what: string): void {
    this.trace.push(`${Math.round(this.now)} ${what}`);
  }

  /** A watch of this process delivers nothing from now on. */
  goesUnseen(process: Process): void {
    if (!this.unseenSince.has(process)) this.unseenSince.set(process, this.now);
  }

  /** A watch of this process delivers again. Another fault may still stop the other one. */
  isSeenAgain(process: Process): void {
    this.unseenSince.delete(process);
    this.heardLateAt.set(process, this.now);
  }

  /** Acts after this long, or when the liveness phase begins. */
  later(after: Millis, act: () => void): void {
    const { signal } = this.#war;
    void this.fleet.clock.sleep(after, signal).then(act);
  }

  /** Begins the liveness phase: delayed actions run now, and awaited moments are dropped. */
  doAllThatIsDue(): void {
    this.#war.abort(itIsPeace);
    this.#war = new AbortController();
    this.awaited.forget();
  }
}

/** In half of the fleets every third read of a watch returns only part of the messages. */
function inParts(fraction: () => number): (waiting: number) => number {
  if (fraction() < 0.5) return (waiting) => waiting;
  return (waiting) => (fraction() < 0.3 ? 1 + Math.floor(fraction() * waiting) : waiting);
}
