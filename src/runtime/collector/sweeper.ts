import { zoneOf } from '../../domain/collection/brake.ts';
import { type HoldClocks, judgeEnd } from '../../domain/collection/hold-end.ts';
import type { RunEvidence } from '../../domain/collection/judge.ts';
import type { AgentView } from '../../domain/fleet/fleet.ts';
import type { Slot } from '../../domain/identity/names.ts';
import { agentMapKey, leaseKey } from '../../domain/identity/registry-keys.ts';
import { type LeasePolicy, leftoverAfter } from '../../domain/policy/lease-policy.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import type { KeyValueEntry, StoredDrain, StoredHold } from '../../domain/records/stored-record.ts';
import type { Millis } from '../../domain/time.ts';
import type { Disconnect } from '../../ports/disconnects.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RegistryCache } from '../support/registry-cache.ts';
import type { Author } from '../transitions/record-change.ts';
import { InFlightTasks } from './execute/in-flight.ts';
import { AgentProcessor } from './execute/process-agent.ts';
import { RemovalBackoff } from './execute/removal-backoff.ts';
import { leftoverPolicyFor, removeLeftovers } from './execute/remove-leftovers.ts';
import { VerdictExecutor } from './execute/verdict-executor.ts';
import { ZoneBrakes } from './execute/zone-brakes.ts';
import { judgeLocally, type Observer } from './observe/gather-evidence.ts';
import { type LeaseObservations, leaseKeyOf } from './observe/lease-observations.ts';
import { LeftoverAges } from './observe/leftover-ages.ts';
import {
  type CountedDisconnect,
  type RecentDisconnect,
  RecentDisconnects,
} from './observe/recent-disconnects.ts';
import type { ServerTimeEstimate } from './observe/server-time-estimate.ts';
import { SuspicionAges } from './observe/suspicion-ages.ts';
import { SeatPriority } from './seat-priority.ts';

/** Default time between two sweeps. A sweep visits everything; an entry that is not due costs a comparison. */
export const sweepEvery: Millis = 100;

export interface SweepOptions {
  readonly seat: number;
  /** The ttl of the seats; also how long an instance may stay whose slot has no record. */
  readonly lease: LeasePolicy;
  /** Time between two sweeps. */
  readonly sweepEvery: Millis;
  readonly serverTime: ServerTimeEstimate;
}

interface SweepSources extends Pick<Observer, 'checkSight'> {
  readonly view: RegistryCache;
  readonly observations: LeaseObservations;
}

/** The level-triggered sweep of one collector: judges everything in its registry cache. */
export class Sweeper implements Observer {
  readonly observations: LeaseObservations;
  readonly checkSight: () => void;
  readonly #author: Author;
  readonly #view: RegistryCache;
  readonly #options: SweepOptions;
  readonly #ports: Ports;
  readonly #leftovers: LeftoverAges;
  readonly #priority: SeatPriority;
  readonly #brakes: ZoneBrakes;
  readonly #disconnects: RecentDisconnects;
  readonly #suspicions: SuspicionAges;
  readonly #removals: RemovalBackoff;
  readonly #tasks: InFlightTasks;
  readonly #executor: VerdictExecutor;
  readonly #agents: AgentProcessor;

  /** `onRemoving`: called when the first removal starts and when the last one has ended. */
  constructor(
    author: Author,
    { view, observations, checkSight }: SweepSources,
    options: SweepOptions,
    ports: Ports,
    onRemoving: (removing: boolean) => void,
  ) {
    this.#author = author;
    this.#view = view;
    this.observations = observations;
    this.checkSight = checkSight;
    this.#options = options;
    this.#ports = ports;
    this.#tasks = new InFlightTasks(ports.log);
    this.#leftovers = new LeftoverAges(ports.clock);
    this.#priority = new SeatPriority(options.seat, ports.clock);
    this.#brakes = new ZoneBrakes(author, view, options.sweepEvery, ports);
    this.#disconnects = new RecentDisconnects(ports.clock);
    this.#suspicions = new SuspicionAges(ports.clock);
    this.#removals = new RemovalBackoff(ports.clock, onRemoving);
    this.#executor = new VerdictExecutor(author, view, this, this.#brakes, ports);
    const context = {
      observer: this,
      tasks: this.#tasks,
      brakes: this.#brakes,
      executor: this.#executor,
      removals: this.#removals,
      disconnects: this.#disconnects,
      suspicions: this.#suspicions,
    };
    this.#agents = new AgentProcessor(context, ports);
  }

  /** Whether this seat does the work that one seat does for all. */
  get isLeader(): boolean {
    return this.#priority.isLeader;
  }

  /** All silences, graces and ages of leftovers count from now. */
  restartClocks(): void {
    this.observations.resetClocks();
    this.#suspicions.clear();
    this.#removals.clear();
    this.#disconnects.clear();
    this.#leftovers.restart(this.#view.fleet);
  }

  /** Forgets leases and turns that were not used for `unused` ms. */
  forget(unused: Millis): void {
    this.observations.forget(unused);
    this.#priority.forget(unused);
  }

  /** The registry cache changed these slots. `entries`: by these entries alone. */
  slotsChanged(slots: ReadonlySet<string>, entries?: readonly KeyValueEntry[]): void {
    for (const slot of slots) {
      const current = this.#view.fleet.slot(slot);
      if (!current) this.#removals.forget(slot);
      if (current?.agent) continue;
      this.#suspicions.forget(slot);
      this.#agents.forget(slot);
      this.#disconnects.forget(slot);
    }
    this.#leftovers.update(slots, this.#view.fleet, entries);
  }

  suspicionAge(record: AgentRecord, onHold: boolean): Millis {
    const counted = this.#ports.clock.monotonic() - this.observations.startedAt;
    return Math.min(counted, this.#suspicions.ageOf(record, onHold));
  }

  disconnectOf(record: AgentRecord): RecentDisconnect | undefined {
    if (this.#disconnects.isEmpty) return undefined;
    const renewedAt = this.observations.seenAt(leaseKeyOf(record)) ?? Number.NEGATIVE_INFINITY;
    return this.#disconnects.find(record, Math.max(renewedAt, this.observations.startedAt));
  }

  isOnHold(slot: Slot): boolean {
    return this.#view.fleet.controls.holdOn(slot) !== undefined;
  }

  brakeStateOf(record: AgentRecord): RunEvidence['brake'] {
    return this.#agents.isAdmitted(record) ? 'lets-through' : this.#brakes.stateFor(record);
  }

  /** Judges the run of a closed connection immediately. `signal`: undefined while blind. */
  onDisconnect({ slot, how }: Disconnect, signal: AbortSignal | undefined): void {
    const current = this.#view.fleet.slot(agentMapKey(slot));
    if (current?.agent?.kind !== 'stored') return;
    const { record } = current.agent;
    if (record.phase === 'expired' || record.phase === 'leaving' || record.suspect) return;
    const rule = {
      most: this.#brakes.maxDisconnectsAtOnce(record),
      counts: (one: CountedDisconnect) => this.#mayBeDead(one),
    };
    if (!this.#disconnects.add(record, zoneOf(record), how, rule)) return;
    if (signal && !signal.aborted) this.#judgeAgent(current, signal);
  }

  /** Visits everything once, and starts all tasks that are due. */
  sweep(signal: AbortSignal): void {
    const { clock, metrics } = this.#ports;
    const startedAt = clock.monotonic();
    this.#priority.setActiveSeats(this.observations.activeSeats(this.#options.lease.ttl));
    this.#brakes.update();
    for (const slot of this.#view.fleet.slots()) this.#judgeAgent(slot, signal);
    this.#endPlans(signal);
    for (const { slot, leftovers } of this.#leftovers.due(this.#view.fleet)) {
      const rule = leftoverPolicyFor(slot, this.#options.lease);
      const due = leftovers.filter(([, age]) => age >= leftoverAfter(rule.policy));
      const progress = `${due.length}`;
      if (due.length === 0 || !this.#priority.shouldAct(slot.slot, progress)) continue;
      if (!this.#tasks.isIdle(slot.slot)) continue;
      if (!this.#removals.shouldRetry(slot.slot, progress)) continue;
      this.#tasks.start(slot.slot, () =>
        this.#removals.run(() =>
          removeLeftovers(due, rule, this.#author, this.observations, this.#ports),
        ),
      );
    }
    metrics.swept(clock.monotonic() - startedAt);
  }

  /** Rejects with the first unforeseen failure of a task; never resolves. */
  get failure(): Promise<never> {
    return this.#tasks.failure;
  }

  /** Resolves when no task is running any more. */
  settled(): Promise<void> {
    return this.#tasks.settled();
  }

  /** Whether a run may have died with its connection, so that the brake may count it. */
  #mayBeDead({ slot, run, at }: CountedDisconnect): boolean {
    const agent = this.#view.fleet.slot(slot)?.agent;
    if (agent?.kind !== 'stored' || agent.record.run !== run) return false;
    const { record } = agent;
    if (record.phase === 'leaving' || record.phase === 'expired') return false;
    const renewedAt = this.observations.seenAt(leaseKey(record)) ?? Number.NEGATIVE_INFINITY;
    return renewedAt <= at && !this.isOnHold(record);
  }

  #judgeAgent(slot: AgentView, signal: AbortSignal): void {
    if (slot.agent?.kind !== 'stored') return;
    const stored = slot.agent;
    const { record } = stored;
    if (!record.suspect) this.#suspicions.drop(slot.slot);
    const verdict = judgeLocally(stored, this);
    if (verdict.do === 'keep') {
      this.#agents.forget(slot.slot);
      this.#priority.clear(record.run);
      return;
    }
    if (verdict.do === 'wait') {
      if (verdict.why === 'brake') this.#brakes.countBlocked(record);
      return;
    }
    if (!this.#agents.isDue(stored)) return;
    const progress = `${stored.revision} ${slot.instances.size}`;
    if (!this.#priority.shouldAct(record.run, progress)) return;
    if (verdict.do === 'remove' && !this.#removals.shouldRetry(slot.slot, progress)) return;
    this.#agents.start(stored, signal);
  }

  /** Ends the holds and drains whose time is over. */
  #endPlans(signal: AbortSignal): void {
    const { controls } = this.#view.fleet;
    const clocks = this.#options.serverTime.now();
    for (const hold of controls.holds()) {
      if (this.#isOver(hold, clocks)) {
        this.#tasks.start(hold.key, () => this.#executor.endHold(hold, clocks, signal));
      }
    }
    for (const drain of controls.drains()) {
      if (this.#isOver(drain, clocks)) {
        this.#tasks.start(drain.key, () => this.#executor.endDrain(drain, clocks, signal));
      }
    }
  }

  #isOver({ record, key, revision }: StoredHold | StoredDrain, clocks: HoldClocks): boolean {
    if (record.until === undefined || judgeEnd(record.until, clocks) !== 'over') return false;
    return this.#priority.shouldAct(record.run, `${revision}`) && this.#tasks.isIdle(key);
  }
}
