import { seededFractions } from '../../src/bench/seeded.ts';
import type { InstanceSpec } from '../../src/domain/desired.ts';
import { type Millis, seconds } from '../../src/domain/time.ts';
import { Consumer } from './consumer.ts';
import {
  type AgentProcess,
  type CollectorProcess,
  FleetInMemory,
  specOf,
} from './fleet-in-memory.ts';
import { type Fate, mishaps } from './line.ts';
import { disorderOf, disorderOfCollectors } from './order.ts';
import type { Process } from './process.ts';
import { verified } from './verified.ts';

const places = ['h1/a', 'h1/b', 'h2/a', 'h3/a'] as const;
const names = ['web/1', 'web/2', 'web/3', 'db/1', 'db/2'] as const;

/** The longest that a request or an answer is under way while a line is slow. */
const slowest: Millis = 400;

/**
 * A small fleet to which a seed does everything that can happen to one, one thing after the other; what
 * it did is in `trace`.
 */
export class Walk {
  readonly fleet: FleetInMemory;
  readonly trace: string[] = [];
  readonly agents: AgentProcess[] = [];
  readonly collectors: CollectorProcess[] = [];
  /** What each agent was last told to run, by run of its process. */
  readonly #wanted = new Map<AgentProcess, readonly InstanceSpec[]>();
  readonly #fraction: () => number;
  readonly #consumer: Consumer;
  #held: Disposable | undefined;

  constructor(seed: number) {
    this.fleet = new FleetInMemory({ seed });
    this.fleet.audit.underWay = 2 * slowest + seconds(1);
    this.#fraction = seededFractions(seed * 7919);
    this.#consumer = new Consumer(this.fleet);
  }

  async begin(): Promise<void> {
    for (const place of places) this.#start(place);
    for (const host of ['c1', 'c2']) this.collectors.push(this.fleet.collector(host));
    await this.fleet.advance(seconds(3));
  }

  /** One thing that happens, and some time. */
  async step(): Promise<void> {
    const happenings: readonly [number, () => void | Promise<void>][] = [
      [6, () => {}],
      [4, () => this.#replace()],
      [2, () => this.#report()],
      [3, () => this.#kill(this.#anyServer())],
      [1, () => this.#vanish(this.#anyServer())],
      [5, () => this.#restart()],
      [1, () => this.#rival()],
      [3, () => this.#freeze(this.#anyProcess())],
      [5, () => this.#thaw()],
      [2, () => this.#cut(this.#anyProcess())],
      [4, () => this.#mend()],
      [3, () => this.#lossy(this.#anyProcess())],
      [2, () => this.#slow(this.#anyProcess())],
      [1, () => this.#outage()],
      [1, () => this.#leave()],
      [1, () => this.#setClock(this.#anyProcess())],
      [1, () => this.#holdAudit()],
    ];
    await this.#pickWeighted(happenings)();
    await this.fleet.advance(
      this.#pick([10, 100, 500, 1000, 2500, 6000, 17_000]) * this.#fraction(),
    );
  }

  /** Nothing goes wrong any more; enough time for everything to be in order again. */
  async calm(): Promise<void> {
    this.#held?.[Symbol.dispose]();
    for (const process of this.fleet.processes) {
      process.thaw();
      process.line.down = false;
      process.line.fate = () => 'fine';
      process.line.delay = () => 0;
    }
    if (this.collectors.every(({ process }) => process.gate.dead)) {
      this.collectors.push(this.fleet.collector('c9'));
    }
    const { ttl, grace } = this.fleet.lease;
    await this.fleet.advance(3 * ttl + 2 * (ttl + grace) + seconds(15));
  }

  /** What is not as it should be once all is calm. */
  async complaints(): Promise<readonly string[]> {
    const { fleet } = this;
    const stands = places.flatMap((place) =>
      Object.entries(fleet.instances(place)).map(([name, run]) => `${place} ${name} ${run}`),
    );
    return [
      ...places.flatMap((place) => disorderOf(place, this.#aliveIn(place), fleet)),
      ...disorderOfCollectors(this.collectors),
      ...this.#consumer.complaints(stands),
      ...fleet.bugs.map(String),
      ...fleet.audit.verdict(),
      ...(await verified(fleet)),
    ];
  }

  #aliveIn(place: string): ReadonlyMap<AgentProcess, readonly InstanceSpec[]> {
    const here = this.#alive().filter(({ agent }) => placeOf(agent) === place);
    return new Map(here.map((one) => [one, this.#wanted.get(one) ?? []]));
  }

  #alive(): readonly AgentProcess[] {
    return this.agents.filter(({ process, ended }) => !process.gate.dead && !ended());
  }

  #start(place: string, takeover = false): void {
    const instances = names.filter(() => this.#fraction() < 0.5).map(specOf);
    const sees = this.#fraction() < 0.5;
    const drainFor = this.#pick([0, 0, 2000]);
    const started = this.fleet.agent(place, instances, { sees, takeover, drainFor });
    this.#wanted.set(started, instances);
    this.agents.push(started);
    this.#note(`start ${place}${takeover ? ' taking over' : ''} as ${started.agent.run}`);
  }

  #restart(): void {
    const empty = places.filter(
      (place) => !this.#alive().some(({ agent }) => placeOf(agent) === place),
    );
    const place = this.#pick(empty);
    if (place) this.#start(place);
    else if (this.collectors.some(({ process }) => process.gate.dead)) {
      const at = this.collectors.findIndex(({ process }) => process.gate.dead);
      this.collectors[at] = this.fleet.collector(`c${at + 1}`);
      this.#note('start a collector');
    }
  }

  #rival(): void {
    this.#start(this.#pick(places), this.#fraction() < 0.5);
  }

  #replace(): void {
    const one = this.#pick(this.#alive());
    if (!one) return;
    const instances = names
      .filter(() => this.#fraction() < 0.5)
      .map((name) => ({ ...specOf(name), port: this.#pick([80, 81]) }));
    this.#wanted.set(one, instances);
    one.agent.replace(instances);
    this.#note(`${one.agent.run} runs ${instances.map(({ service, id }) => `${service}/${id}`)}`);
  }

  #report(): void {
    const one = this.#pick(this.#alive());
    const failing = { state: 'failing', detail: 'refused' } as const;
    one?.agent.report(
      specOf(this.#pick(names)),
      this.#fraction() < 0.5 ? failing : { state: 'serving' },
    );
  }

  async #kill(process: Process | undefined): Promise<void> {
    if (!process) return;
    await this.fleet.kill(process);
    this.#note(`kill ${process.name}`);
  }

  #vanish(process: Process | undefined): void {
    process?.vanish();
    if (process) this.#note(`${process.name} loses its power`);
  }

  #freeze(process: Process | undefined): void {
    process?.freeze();
    if (process) this.#note(`freeze ${process.name}`);
  }

  #thaw(): void {
    const process = this.#pick(this.#processes().filter(({ gate }) => gate.shut));
    process?.thaw();
    if (process) this.#note(`thaw ${process.name}`);
  }

  #cut(process: Process | undefined): void {
    if (!process) return;
    process.line.down = true;
    this.#note(`cut ${process.name}`);
  }

  #mend(): void {
    for (const { line } of this.#processes()) {
      line.down = false;
      line.fate = () => 'fine';
      line.delay = () => 0;
    }
    this.#note('mend all lines');
  }

  #lossy(process: Process | undefined): void {
    if (!process) return;
    const often = this.#pick([0.02, 0.1, 0.4]);
    const which: readonly [Fate, ...Fate[]] =
      this.#fraction() < 0.5 ? mishaps : [this.#pick(mishaps)];
    process.line.patience = this.#pick([0, 300, 2000]);
    process.line.fate = () => (this.#fraction() < often ? this.#pick(which) : 'fine');
    this.#note(`${process.name} loses ${often} of its requests: ${which}`);
  }

  #slow(process: Process | undefined): void {
    if (!process) return;
    const most = this.#pick([5, 50, slowest]);
    process.line.delay = () => most * this.#fraction();
    this.#note(`${process.name} waits up to ${most} ms`);
  }

  #outage(): void {
    for (const { line } of this.#processes()) line.down = true;
    this.#note('outage');
  }

  #leave(): void {
    const one = this.#pick(this.#alive());
    void one?.agent.stop();
    if (one) this.#note(`${one.agent.run} is told to leave`);
  }

  #setClock(process: Process | undefined): void {
    const by = this.#pick([seconds(-3600), seconds(-3), seconds(3), seconds(3600)]);
    process?.clock.setWall(by);
    if (process) this.#note(`${process.name}: its wall clock is set by ${by} ms`);
  }

  #holdAudit(): void {
    const held = this.#held;
    this.#held = held ? undefined : this.fleet.world.audit.holdBack();
    held?.[Symbol.dispose]();
  }

  #processes(): readonly Process[] {
    return [...this.agents, ...this.collectors, this.#consumer]
      .map(({ process }) => process)
      .filter(({ gate }) => !gate.dead);
  }

  /** Any but the consumer, whose view is compared in the end. */
  #anyServer(): Process | undefined {
    return this.#pick(this.#processes().filter((process) => process !== this.#consumer.process));
  }

  #anyProcess(): Process | undefined {
    return this.#pick(this.#processes());
  }

  #note(what: string): void {
    this.trace.push(`${Math.round(this.fleet.clock.monotonic())} ${what}`);
  }

  #pick<T>(from: readonly [T, ...T[]]): T;
  #pick<T>(from: readonly T[]): T | undefined;
  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#fraction() * from.length)];
  }

  #pickWeighted(from: readonly [number, () => void | Promise<void>][]) {
    let left = this.#fraction() * from.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, happening] of from) {
      left -= weight;
      if (left < 0) return happening;
    }
    return () => {};
  }
}

const placeOf = ({ slot }: AgentProcess['agent']): string => `${slot.host}/${slot.agent}`;
