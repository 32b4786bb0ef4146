import type { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import {
  type AgentProcess,
  type CollectorProcess,
  type FleetInMemory,
  specOf,
} from '../../runtime/support/fleet-in-memory.ts';
import type { Process } from '../../runtime/support/process.ts';
import { ConsumerProcess } from '../phases/consumer-process.ts';
import {
  collectorsOf,
  consumersOf,
  movedFrom,
  namesAt,
  placesOf,
  type Shape,
} from './parameters.ts';

/** The fleet of a roster, and its trace and random draws. */
interface Roll {
  readonly fleet: FleetInMemory;
  readonly shape: Shape;
  readonly fraction: () => number;
  note(what: string): void;
}

/** All processes that were started: where, whether they live, and their desired instances. */
export class Roster {
  readonly consumers = new Map<string, ConsumerProcess>();
  /** All collectors ever started, by run id. */
  readonly collectors = new Map<string, CollectorProcess>();
  readonly collectorNames: readonly string[];
  readonly #of: Roll;
  readonly #places: Set<string>;
  readonly #agents: AgentProcess[] = [];
  readonly #collectorAt = new Map<string, CollectorProcess>();
  readonly #wanted = new Map<AgentProcess, readonly InstanceSpec[]>();

  constructor(of: Roll) {
    this.#of = of;
    this.#places = new Set(placesOf(of.shape));
    this.collectorNames = collectorsOf(of.shape);
  }

  get places(): readonly string[] {
    return [...this.#places];
  }

  alive(place?: string): readonly AgentProcess[] {
    return this.#agents.filter(
      (one) => isAlive(one) && (place === undefined || placeOf(one) === place),
    );
  }

  isAlive(run: string): boolean {
    return this.alive().some(({ agent }) => agent.run === run);
  }

  /** The last agent started there, if it lives. */
  agentAt(place: string | undefined): AgentProcess | undefined {
    return this.alive(place).at(-1);
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

  /** All live collectors. */
  processes(): readonly Process[] {
    return this.#of.fleet.processes.filter(({ gate }) => !gate.dead);
  }

  /** Starts the initial processes. */
  startAll(): void {
    for (const place of this.places) this.start(place);
    for (const name of this.collectorNames) this.startCollector(name);
    for (const name of consumersOf(this.#of.shape)) {
      this.consumers.set(name, new ConsumerProcess(this.#of.fleet));
    }
  }

  /** `isRestored`: on a machine restored from a snapshot, on which no other process of its host exists. */
  start(place: string, { takeover = false, isRestored = false } = {}): void {
    const { fleet, fraction, note } = this.#of;
    this.#places.add(place);
    const instances = this.someAt(place);
    const sees = fraction() < 0.5;
    const drainFor = fraction() < 0.7 ? 0 : 2000;
    const started = fleet.agent(place, instances, { sees, takeover, drainFor });
    if (isRestored) {
      Object.assign(started.process.ports, { processes: { isGone: () => true } });
    }
    this.#wanted.set(started, instances);
    this.#agents.push(started);
    note(`${place} starts as ${started.agent.run}`);
  }

  startCollector(name: string): void {
    if (this.collectorAt(name)) return;
    const started = this.#of.fleet.collector(name);
    this.collectors.set(started.collector.self.run, started);
    this.#collectorAt.set(name, started);
    this.#of.note(`${name} starts as ${started.collector.self.run}`);
  }

  startIfFree(whom: string): void {
    if (this.collectorNames.includes(whom)) this.startCollector(whom);
    else if (!this.agentAt(whom)) this.start(whom);
  }

  /** What was started there last. */
  async kill(whom: string | undefined): Promise<void> {
    const process = this.processOf(whom);
    if (process) await this.#of.fleet.kill(process);
  }

  wantedBy(one: AgentProcess): readonly InstanceSpec[] {
    return this.#wanted.get(one) ?? [];
  }

  /** Sets its desired instances to exactly these. */
  want(one: AgentProcess, instances: readonly InstanceSpec[]): void {
    this.#wanted.set(one, instances);
    one.agent.replace(instances);
  }

  /** Adds one desired instance with a unique name. */
  wantOneMore(place: string): void {
    const one = this.agentAt(place);
    if (!one) return;
    const more = specOf(`late/${one.agent.run}`);
    // A run that is superseded a second time has it already.
    this.want(one, [...this.wantedBy(one).filter(({ id }) => id !== more.id), more]);
  }

  /** Draws some of the instances that may run there. */
  someAt(place: string): readonly InstanceSpec[] {
    return namesAt(place, this.#of.shape)
      .filter(() => this.#of.fraction() < 0.7)
      .map(specOf);
  }
}

const isAlive = ({ process, ended }: AgentProcess): boolean => !process.gate.dead && !ended();
const placeOf = ({ agent: { slot } }: AgentProcess): string => `${slot.host}/${slot.agent}`;
