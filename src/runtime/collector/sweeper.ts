import { zoneOf } from '../../domain/collection/brake.ts';
import type { RunEvidence } from '../../domain/collection/judge.ts';
import type { AgentView } from '../../domain/fleet/fleet.ts';
import type { Slot } from '../../domain/identity/names.ts';
import { agentMapKey, leaseKey } from '../../domain/identity/registry-keys.ts';
import { type LeasePolicy, leftoverAfter } from '../../domain/policy/lease-policy.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { StoredAgent, StoredHold } from '../../domain/records/stored-record.ts';
import { type Millis, type MonotonicTime, seconds } from '../../domain/time.ts';
import type { Disconnect } from '../../ports/disconnects.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RegistryCache } from '../support/registry-cache.ts';
import type { Author } from '../transitions/record-change.ts';
import type { BrakePermit } from './execute/commit-batcher.ts';
import { InFlightTasks } from './execute/in-flight.ts';
import { RemovalBackoff } from './execute/removal-backoff.ts';
import { leftoverPolicyFor, removeLeftovers } from './execute/remove-leftovers.ts';
import { VerdictExecutor } from './execute/verdict-executor.ts';
import { ZoneBrakes } from './execute/zone-brakes.ts';
import {
  type Judgement,
  judgeAtLeader,
  judgeLocally,
  type Observer,
} from './observe/gather-evidence.ts';
import type { LeaseObservations } from './observe/lease-observations.ts';
import { LeftoverAges } from './observe/leftover-ages.ts';
import { type ClosedConnection, RecentDisconnects } from './observe/recent-disconnects.ts';
import { SuspicionAges } from './observe/suspicion-ages.ts';
import { SeatPriority } from './seat-priority.ts';

/** Between two sweeps, as shipped: each looks at everything, and what is not due costs a comparison. */
export const sweepEvery: Millis = 100;
/** A run that was doubted, examined and kept is examined again after so long. */
const askAgainAfter: Millis = seconds(1);

/** What a sweep is told about the work it begins and ends. */
export interface SweepListener {
  removing(busy: boolean): void;
}

/** Where a collector sits, and how long an instance whose slot has no record may stay. */
export interface SweepOptions {
  readonly seat: number;
  readonly lease: LeasePolicy;
  /** Between two sweeps. */
  readonly sweepEvery: Millis;
}

/** One collector's judging and removing: a level-triggered sweep over all that its view shows. */
export class Sweeper implements Observer {
  readonly observations: LeaseObservations;
  readonly #author: Author;
  readonly #view: RegistryCache;
  readonly #place: SweepOptions;
  readonly #ports: Ports;
  readonly #leftovers: LeftoverAges;
  readonly #turns: SeatPriority;
  readonly #brakes: ZoneBrakes;
  readonly #departed: RecentDisconnects;
  readonly #executor: VerdictExecutor;
  readonly #doubts: SuspicionAges;
  readonly #removals: RemovalBackoff;
  readonly #atWork: InFlightTasks;
  /** When a run was last examined and kept: it is not asked again at every sweep. */
  readonly #lastExamined = new Map<string, MonotonicTime>();
  /** The slots that the brake lets through just now. */
  readonly #admitted = new Map<string, BrakePermit>();

  constructor(
    author: Author,
    seeing: { readonly view: RegistryCache; readonly sightings: LeaseObservations },
    place: SweepOptions,
    ports: Ports,
    listener: SweepListener,
  ) {
    this.#author = author;
    this.#view = seeing.view;
    this.observations = seeing.sightings;
    this.#place = place;
    this.#ports = ports;
    this.#atWork = new InFlightTasks(ports.log);
    this.#leftovers = new LeftoverAges(ports.clock);
    this.#turns = new SeatPriority(place.seat, ports.clock);
    this.#brakes = new ZoneBrakes(author, seeing.view, place.sweepEvery, ports);
    this.#departed = new RecentDisconnects(ports.clock);
    this.#doubts = new SuspicionAges(ports.clock);
    this.#removals = new RemovalBackoff(ports.clock, (busy) => listener.removing(busy));
    this.#executor = new VerdictExecutor(author, seeing.view, this, this.#brakes, ports);
  }

  /** Whether this seat does what is to be done once and for all of them. */
  get isLeader(): boolean {
    return this.#turns.isLeader;
  }

  /** Begins to judge: every silence, grace and leftover counts from now. */
  restartClocks(): void {
    this.observations.resetClocks();
    this.#doubts.clear();
    this.#removals.clear();
    this.#departed.clear();
    this.#leftovers.restart(this.#view.fleet);
  }

  /** Forgets what has been over for so long. */
  forget(over: Millis): void {
    this.observations.forget(over);
    this.#turns.forget(over);
  }

  slotsChanged(slots: ReadonlySet<string>): void {
    for (const slot of slots) {
      const there = this.#view.fleet.slot(slot);
      if (!there) this.#removals.forget(slot);
      if (there?.agent) continue;
      this.#doubts.forget(slot);
      this.#lastExamined.delete(slot);
      this.#departed.forget(slot);
    }
    this.#leftovers.update(slots, this.#view.fleet);
  }

  suspicionAge(record: AgentRecord, held: boolean): Millis {
    const counted = this.#ports.clock.monotonic() - this.observations.startedAt;
    return Math.min(counted, this.#doubts.ageOf(record, held));
  }

  disconnectOf(record: AgentRecord): ClosedConnection | undefined {
    const heard = this.observations.seenAt(leaseKey(record)) ?? Number.NEGATIVE_INFINITY;
    return this.#departed.find(record, Math.max(heard, this.observations.startedAt));
  }

  isOnHold(slot: Slot): boolean {
    return this.#view.fleet.controls.holdOn(slot) !== undefined;
  }

  brakeStateOf(record: AgentRecord): RunEvidence['brake'] {
    return this.#admitted.has(agentMapKey(record)) ? 'lets-through' : this.#brakes.stateFor(record);
  }

  /** A connection closed: whoever's turn it is looks at once. `signal`: undefined while blind. */
  onDisconnect({ slot, how }: Disconnect, signal: AbortSignal | undefined): void {
    const tokens = agentMapKey(slot);
    const there = this.#view.fleet.slot(tokens);
    if (there?.agent?.kind !== 'stored') return;
    const { record } = there.agent;
    if (record.phase === 'expired' || record.phase === 'leaving' || record.suspect) return;
    if (!this.#departed.add(slot, zoneOf(record), how, this.#brakes.maxDisconnectsAtOnce(record)))
      return;
    if (signal && !signal.aborted) this.#judgeAgent(there, signal);
  }

  /** Looks at everything once, and begins whatever is to be done. */
  sweep(signal: AbortSignal): void {
    const { clock, metrics } = this.#ports;
    const began = clock.monotonic();
    this.#turns.setActiveSeats(this.observations.activeSeats(this.#place.lease.ttl));
    this.#brakes.update();
    for (const slot of this.#view.fleet.slots()) this.#judgeAgent(slot, signal);
    for (const hold of this.#view.fleet.controls.holds()) this.#considerHold(hold);
    for (const { slot, leftovers } of this.#leftovers.due(this.#view.fleet)) {
      const rule = leftoverPolicyFor(slot, this.#place.lease);
      const due = leftovers.filter(([, age]) => age >= leftoverAfter(rule.policy));
      if (due.length === 0 || !this.#turns.shouldAct(slot.slot, `${due.length}`)) continue;
      if (!this.#atWork.isIdle(slot.slot)) continue;
      if (!this.#removals.shouldRetry(slot.slot, `${due.length}`)) continue;
      this.#atWork.start(slot.slot, () =>
        this.#removals.run(() => removeLeftovers(due, rule, this.#author, this.#ports)),
      );
    }
    metrics.swept(clock.monotonic() - began);
  }

  /** Resolves when nothing is under way any more. */
  settled(): Promise<void> {
    return this.#atWork.settled();
  }

  #judgeAgent(slot: AgentView, signal: AbortSignal): void {
    if (slot.agent?.kind !== 'stored') return;
    const seen = slot.agent;
    if (!seen.record.suspect) this.#doubts.drop(slot.slot);
    const verdict = judgeLocally(seen, this);
    if (verdict.do === 'keep') {
      this.#lastExamined.delete(slot.slot);
      this.#turns.clear(seen.record.run);
      return;
    }
    if (verdict.do === 'wait') {
      if (verdict.why === 'brake') this.#brakes.countBlocked(seen.record);
      return;
    }
    if (!this.#atWork.isIdle(slot.slot) || this.#keptLately(slot.slot, seen)) return;
    const progress = `${seen.revision} ${slot.instances.size}`;
    if (!this.#turns.shouldAct(seen.record.run, progress)) return;
    if (verdict.do === 'remove' && !this.#removals.shouldRetry(slot.slot, progress)) return;
    this.#begin(seen, signal);
  }

  /** Around the ttl every sweep looks: a silence that has just become long enough is seen at once. */
  #keptLately(slot: string, { record }: StoredAgent): boolean {
    const kept = this.#lastExamined.get(slot);
    if (kept === undefined || this.#ports.clock.monotonic() - kept >= askAgainAfter) return false;
    const past = this.observations.timeSinceRenewal(leaseKey(record)) - record.ttl;
    return record.phase !== 'expired' && !(past >= 0 && past < askAgainAfter);
  }

  #begin(seen: StoredAgent, signal: AbortSignal): void {
    const { record } = seen;
    const slot = agentMapKey(record);
    const through = record.suspect && this.#brakes.stateFor(record) === 'lets-through';
    this.#atWork.start(slot, async () => {
      const place = through ? this.#brakes.acquirePermit(record) : undefined;
      if (place) this.#admitted.set(slot, place);
      try {
        await this.#process(seen, signal);
      } finally {
        // Not used: somebody else may go through.
        if (place && this.#admitted.has(slot)) this.#brakes.releasePermit(place);
        this.#admitted.delete(slot);
      }
    });
  }

  async #process(seen: StoredAgent, signal: AbortSignal): Promise<void> {
    if (seen.record.phase === 'expired') return this.#remove(seen, signal);
    const examined = await judgeAtLeader(seen, this, this.#ports, signal);
    if (!examined) return;
    const slot = agentMapKey(seen.record);
    this.#lastExamined.set(slot, this.#ports.clock.monotonic());
    if (examined.verdict.do === 'expire') return this.#expire(examined, signal);
    if (examined.verdict.do === 'suspect') {
      if (await this.#executor.suspect(examined)) this.#departed.drop(seen.record);
      return;
    }
    const { verdict } = examined;
    if (verdict.do === 'keep') this.#departed.drop(seen.record);
    if (verdict.do !== 'wait') return;
    if (verdict.why === 'lease-stands' || verdict.why === 'answers') {
      this.#ports.messaging.notify(seen.record, 'suspected'); // it may not have been told
    }
    if (verdict.why !== 'brake') this.#doubts.drop(slot);
  }

  async #expire(examined: Judgement, signal: AbortSignal): Promise<void> {
    const { judged } = examined;
    const slot = agentMapKey(judged.record);
    const revision = await this.#executor.expire(examined, this.#admitted.get(slot));
    if (revision === undefined) return;
    this.#admitted.delete(slot);
    // The next sweep would find it too: a tenth of a second later, which is longer than removing takes.
    const expired = await this.#executor.waitForRecord(judged, revision, signal);
    if (expired) await this.#remove(expired, signal);
  }

  #considerHold(hold: StoredHold): void {
    const { record, key, revision } = hold;
    if (this.#ports.clock.wall() < record.until) return;
    if (!this.#turns.shouldAct(record.run, `${revision}`)) return;
    if (this.#atWork.isIdle(key)) this.#atWork.start(key, () => this.#executor.endHold(hold));
  }

  #remove(expired: StoredAgent, signal: AbortSignal): Promise<void> {
    return this.#removals.run(() => this.#executor.remove(expired, signal));
  }
}
