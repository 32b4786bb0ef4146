import { recordSubject } from '../../src/adapters/memory/layout.ts';
import { seededFractions } from '../../src/bench/seeded.ts';
import type { InstanceSpec } from '../../src/domain/desired.ts';
import type { InstanceRow } from '../../src/domain/join.ts';
import { leaseKey } from '../../src/domain/keys.ts';
import { type Millis, type Monotonic, seconds } from '../../src/domain/time.ts';
import {
  type AgentProcess,
  type CollectorProcess,
  FleetInMemory,
  specOf,
} from '../runtime/fleet-in-memory.ts';
import type { Moment, Process } from '../runtime/process.ts';
import { ConsumerProcess } from './consumer-process.ts';
import type { Schedule } from './happening.ts';
import { Operators } from './operators.ts';
import {
  collectorsOf,
  consumersOf,
  movedFrom,
  namesAt,
  placesOf,
  type Shape,
  slowest,
} from './shape.ts';

const itIsPeace = 'it is peace';
/** What happens while the fleet is played is not drawn from what planned it. */
const ofPlay = 0x5bd1e995;
const ofWatches = 0x2545f491;

/** A fleet of the given shape, and all that can be done to it. */
export class Simulated {
  readonly fleet: FleetInMemory;
  readonly shape: Shape;
  readonly trace: string[] = [];
  readonly fraction: () => number;
  readonly operators: Operators;
  readonly consumers = new Map<string, ConsumerProcess>();
  /** All that were ever started, by the run that each has as a collector. */
  readonly collectors = new Map<string, CollectorProcess>();
  readonly collectorNames: readonly string[];
  /** When a process last took in what had lain in its watch. */
  readonly heardLateAt = new Map<Process, Monotonic>();
  /** What somebody's tool wrote, by key. */
  readonly byHand = new Map<string, string | undefined>();
  readonly #places: Set<string>;
  readonly #agents: AgentProcess[] = [];
  readonly #collectorAt = new Map<string, CollectorProcess>();
  readonly #wanted = new Map<AgentProcess, readonly InstanceSpec[]>();
  readonly #waiting: { readonly run: string; readonly type: string; act(): void }[] = [];
  #war = new AbortController();
  #told = 0;
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
    this.fleet.world.handsOver = inParts(seededFractions(seed ^ ofWatches));
    this.fleet.sweepEvery = shape.sweepEvery;
    this.fleet.audit.underWay = 2 * slowest + seconds(1);
    this.fraction = seededFractions(seed + ofPlay);
    this.fleet.served = () => {
      this.#tell();
      this.served();
    };
    this.operators = new Operators(this.fleet);
    this.leastPace = shape.pace;
    this.#places = new Set(placesOf(shape));
    this.collectorNames = collectorsOf(shape);
  }

  /** The shortest pace that was ever wished. */
  leastPace: Millis;

  get places(): readonly string[] {
    return [...this.#places];
  }

  get now(): Monotonic {
    return this.fleet.clock.monotonic();
  }

  advance(duration: Millis): Promise<void> {
    return this.fleet.advance(duration);
  }

  async begin(): Promise<void> {
    const { seats, pace } = this.shape;
    this.operators.setPolicy({ seats, pace, fraction: 0.3 });
    for (const place of this.places) this.start(place);
    for (const name of this.collectorNames) this.startCollector(name);
    for (const name of consumersOf(this.shape)) {
      this.consumers.set(name, new ConsumerProcess(this.fleet));
    }
    await this.advance(seconds(3));
  }

  note(what: string): void {
    this.trace.push(`${Math.round(this.now)} ${what}`);
  }

  /** Does it after so long, or when peace comes. */
  later(after: Millis, act: () => void): void {
    const { signal } = this.#war;
    void this.fleet.clock.sleep(after, signal).then(act);
  }

  alive(place?: string): readonly AgentProcess[] {
    return this.#agents.filter(
      (one) => isAlive(one) && (place === undefined || placeOf(one) === place),
    );
  }

  /** The last that was started there, if it lives. */
  agentAt(place: string | undefined): AgentProcess | undefined {
    return this.alive(place).at(-1);
  }

  wantedBy(one: AgentProcess): readonly InstanceSpec[] {
    return this.#wanted.get(one) ?? [];
  }

  collectorAt(name: string): CollectorProcess | undefined {
    const there = this.#collectorAt.get(name);
    return there && !there.process.gate.dead ? there : undefined;
  }

  livingCollectors(): readonly CollectorProcess[] {
    return [...this.collectors.values()].filter(({ process }) => !process.gate.dead);
  }

  processOf(whom = ''): Process | undefined {
    const agent = this.agentAt(whom) ?? this.agentAt(movedFrom(whom));
    return (this.consumers.get(whom) ?? this.collectorAt(whom) ?? agent)?.process;
  }

  isAlive(run: string): boolean {
    return this.alive().some(({ agent }) => agent.run === run);
  }

  /** Whether whoever owned this lost it: expired, gone, or it let it go itself. */
  isOver(row: InstanceRow): boolean {
    const place = `${row.host}/${row.agent}`;
    const stands = this.fleet.instance(place, `${row.service}/${row.id}`);
    if (stands.kind !== 'stored' || stands.record.run !== row.run) return true;
    return this.fleet.holder(place) !== row.run || this.fleet.phase(place) === 'expired';
  }

  /** Since when this process reaches nobody. */
  cutOffSince({ interrupted }: Process): Monotonic | undefined {
    return interrupted?.why === 'cut-off' ? interrupted.from : undefined;
  }

  /** All that live. */
  processes(): readonly Process[] {
    return this.fleet.processes.filter(({ gate }) => !gate.dead);
  }

  start(place: string, { takeover = false } = {}): void {
    this.#places.add(place);
    const instances = this.#some(place);
    const sees = this.fraction() < 0.5;
    const drainFor = this.fraction() < 0.7 ? 0 : 2000;
    const started = this.fleet.agent(place, instances, { sees, takeover, drainFor });
    this.#wanted.set(started, instances);
    this.#agents.push(started);
    this.note(`${place} starts as ${started.agent.run}`);
  }

  startCollector(name: string): void {
    if (this.collectorAt(name)) return;
    const started = this.fleet.collector(name);
    this.collectors.set(started.collector.me.run, started);
    this.#collectorAt.set(name, started);
    this.note(`${name} starts as ${started.collector.me.run}`);
  }

  startIfFree(whom: string): void {
    if (this.collectorNames.includes(whom)) this.startCollector(whom);
    else if (!this.agentAt(whom)) this.start(whom);
  }

  /** What was started there last. */
  async kill(whom: string | undefined): Promise<void> {
    const process = this.processOf(whom);
    if (process) await this.fleet.kill(process);
  }

  replace(place: string): void {
    const one = this.agentAt(place);
    if (!one) return;
    const port = this.fraction() < 0.5 ? 80 : 81;
    const instances = this.#some(place).map((spec) => ({ ...spec, port }));
    this.#wanted.set(one, instances);
    one.agent.replace(instances);
  }

  /** It runs one more, that nobody else would. */
  addOne(place: string): void {
    const one = this.agentAt(place);
    if (!one) return;
    const more = specOf(`late/${one.agent.run}`);
    // Whoever is overtaken a second time runs it already.
    const instances = [...this.wantedBy(one).filter(({ id }) => id !== more.id), more];
    this.#wanted.set(one, instances);
    one.agent.replace(instances);
  }

  report(place: string, failing: boolean): void {
    const [first] = namesAt(place, this.shape);
    if (first === undefined) return;
    const health = failing ? ({ state: 'failing', detail: 'refused' } as const) : serving;
    this.agentAt(place)?.agent.report(specOf(first), health);
  }

  /** The host comes up under another name, and runs what it ran before. */
  async changeIdentity(place: string, how: string): Promise<void> {
    const other = movedFrom(place);
    if (how === 'back-again') {
      const moved = this.agentAt(other);
      if (moved) await this.fleet.kill(moved.process);
      return this.startIfFree(place);
    }
    const before = this.agentAt(place);
    if (how === 'after-a-kill' && before) await this.fleet.kill(before.process);
    if (how === 'after-a-freeze') {
      before?.process.freeze();
      const { ttl, grace } = this.shape.lease;
      this.later(1.5 * (ttl + grace), () => before?.process.thaw());
    }
    if (!this.agentAt(other)) this.start(other);
  }

  atMoment(whom: string | undefined, moment: Moment, nth: number, act: () => unknown): void {
    const process = this.processOf(whom);
    if (!process) return;
    let left = nth;
    process.at = async (now) => {
      if (now !== moment) return;
      left -= 1;
      if (left !== 0) return;
      this.note(`${process.name}: ${moment}`);
      await act();
    };
  }

  /** The n-th write of a collector is about somebody; right before it arrives that changes. */
  meanwhile(whom: string | undefined, how: string, nth: number, lasts: Millis): void {
    const process = this.processOf(whom);
    if (!process) return;
    let left = nth;
    process.beforeCommit = async ({ writes }) => {
      const [, place] = writes.flatMap(
        ({ key }) => /^(?:agent|instance)\.(\w+\.\w+)/.exec(key) ?? [],
      );
      if (place === undefined) return;
      left -= 1;
      if (left > 0) return;
      process.beforeCommit = undefined;
      const slot = place.replace('.', '/');
      this.note(`${process.name} is about to write of ${slot}: ${how}`);
      if (how === 'held') this.operators.hold(slot, lasts > 100, 4 * this.shape.lease.ttl);
      if (how === 'back') this.revive(slot);
      if (how === 'restarted') {
        await this.kill(slot);
        this.start(slot);
      }
      if (how === 'changed') this.addOne(slot);
      await this.fleet.clock.sleep(lasts);
    };
  }

  /** Whatever keeps it from being seen is over. */
  revive(place: string): void {
    const process = this.agentAt(place)?.process;
    if (!process) return;
    process.thaw();
    process.mute = false;
    process.line.down = false;
  }

  /** It freezes now and goes on when its end is near: `by` later than that. */
  backAtTheLast(place: string, how: string, by: Millis): void {
    const one = this.agentAt(place);
    if (!one) return;
    const { process, agent } = one;
    const { run } = agent;
    process.freeze();
    const thaw = (after: Millis) => this.later(Math.max(0, after), () => process.thaw());
    if (how === 'lapse') {
      const lapsesAt = this.fleet.world.leases.last(leaseKey({ ...agent.slot, run }))?.lapsesAt;
      thaw((lapsesAt ?? this.now) - this.now + by);
      return;
    }
    const type = how === 'expired' ? 'expired' : 'suspected';
    const after = how === 'grace-over' ? this.shape.lease.grace + by : by;
    this.#waiting.push({ run, type, act: () => thaw(after) });
  }

  /** The store serves nobody for so long, and what is over does not lapse. */
  loseLeader(lasts: Millis): void {
    const { leader, world, audit } = this.fleet;
    leader.close();
    audit.underWay = Math.max(audit.underWay, lasts + seconds(3));
    const held = [world.leases.holdLapses(), world.registry.holdLapses()];
    this.later(lasts, () => {
      for (const one of held) one[Symbol.dispose]();
      leader.open();
    });
  }

  dropConnection(whom: string | undefined): void {
    const connection = this.processOf(whom)?.connection;
    connection?.drop('Slow Consumer');
    this.later(300, () => connection?.become('answering'));
  }

  mendLines(): void {
    for (const { line } of this.processes()) {
      line.down = false;
      line.fate = () => 'fine';
      line.delay = () => 0;
      line.patience = 0;
    }
  }

  /** Somebody's tool writes a record, or deletes one. */
  writeByHand(key: string, text: string | undefined): void {
    this.byHand.set(key, text);
    this.fleet.byHand(key, text);
    this.served();
  }

  /** As only a bug of ours could: nobody says that it was done. */
  writeUnexplained(key: string): void {
    this.fleet.world.registry.append(recordSubject(key), '{"v":1,"hash":"x"}');
    this.served();
  }

  /** From here on nothing goes wrong any more. */
  async endTheWar(): Promise<void> {
    // First: whoever thaws now and meets a moment that was waited for would freeze into the peace.
    for (const process of this.processes()) {
      process.at = () => {};
      process.beforeCommit = undefined;
    }
    this.#war.abort(itIsPeace);
    this.#war = new AbortController();
    this.#waiting.length = 0;
    await this.fleet.clock.settle();
    this.mendLines();
    for (const process of this.processes()) {
      process.mute = false;
      process.view.open();
      process.sight.open();
      process.thaw();
    }
    if (this.livingCollectors().length === 0) this.startCollector(this.collectorNames[0] ?? 'c1');
    this.operators.goHome();
  }

  #some(place: string): readonly InstanceSpec[] {
    return namesAt(place, this.shape)
      .filter(() => this.fraction() < 0.7)
      .map(specOf);
  }

  #tell(): void {
    const { events } = this.fleet.audit;
    for (; this.#told < events.length; this.#told += 1) {
      const { of, event } = events[this.#told] ?? {};
      if (of?.entity !== 'run') continue;
      for (const one of this.#waiting) {
        if (one.run === of.run && one.type === event?.type) one.act();
      }
    }
  }
}

/** In half of the fleets every third look of a watch gets but a part of what there is. */
function inParts(fraction: () => number): (waiting: number) => number {
  if (fraction() < 0.5) return (waiting) => waiting;
  return (waiting) => (fraction() < 0.3 ? 1 + Math.floor(fraction() * waiting) : waiting);
}

const serving = { state: 'serving' } as const;
const isAlive = ({ process, ended }: AgentProcess): boolean => !process.gate.dead && !ended();
const placeOf = ({ agent: { slot } }: AgentProcess): string => `${slot.host}/${slot.agent}`;
