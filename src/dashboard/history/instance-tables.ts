import type { DrainTarget } from '../../domain/identity/names.ts';
import type { ApiEntity } from '../api-types.ts';
import type { TransitionLog } from './transition-log.ts';

export type Instance = Extract<ApiEntity, { entity: 'instance' }>;

/** The numbers of the registrations of one name. */
export type Rivals = readonly number[];

/** The numbers of the runs of one agent, and of all their instances. */
export interface AgentNumbers {
  readonly runs: readonly number[];
  readonly instances: readonly number[];
}

const none: Rivals = [];
const known = new WeakMap<TransitionLog, InstanceTables>();

/** Which entities the status of an instance depends on. Made once for a log, because a fleet has many entities. */
export class InstanceTables {
  readonly #log: TransitionLog;
  /** By number of an instance: those with the same service and id. */
  readonly #rivals: (number[] | undefined)[] = [];
  /** By number of a run or instance. */
  readonly #agents: (AgentNumbers | undefined)[] = [];
  readonly #names = new Map<string, number[]>();
  readonly #slots = new Map<string, { runs: number[]; instances: number[] }>();
  /** By host. */
  readonly #holds = new Map<string, number[]>();
  /** By host, or by service and id. */
  readonly #drains = new Map<string, number[]>();
  readonly #collectors: number[] = [];
  /** How many entities of the log are in the tables. */
  #size = 0;

  private constructor(log: TransitionLog) {
    this.#log = log;
  }

  static of(log: TransitionLog): InstanceTables {
    const tables = known.get(log) ?? new InstanceTables(log);
    known.set(log, tables);
    tables.#grow();
    return tables;
  }

  get collectors(): readonly number[] {
    return this.#collectors;
  }

  /** The registrations of each name. */
  get names(): Iterable<Rivals> {
    return this.#names.values();
  }

  rivalsOf(instance: number): Rivals {
    return this.#rivals[instance] ?? none;
  }

  /** The agent of an instance. */
  agentOf(instance: number): AgentNumbers {
    return this.#agents[instance] ?? { runs: none, instances: none };
  }

  holdsOn(host: string): readonly number[] {
    return this.#holds.get(host) ?? none;
  }

  /** The drains that may drain an instance, its own before its host's. */
  drainsOf(of: Instance): readonly number[] {
    if (this.#drains.size === 0) return none;
    return [nameOf(of), of.host].flatMap((name) => this.#drains.get(name) ?? none);
  }

  /** The names whose instances may change their status with one of these entities, each once. */
  namesChangedBy(changed: readonly number[]): Iterable<Rivals> {
    const { entities } = this.#log;
    const names = new Set<Rivals>();
    const agents = new Set<AgentNumbers>();
    const hosts = new Set<string>();
    for (const number of changed) {
      const of = entities.at(number);
      if (of.entity === 'instance') names.add(this.rivalsOf(number));
      else if (of.entity === 'run') agents.add(this.agentOf(number));
      else if (of.entity === 'hold') hosts.add(of.host);
      else if (of.entity === 'drain') {
        if ('host' in of.target) hosts.add(of.target.host);
        else names.add(this.#names.get(nameOf(of.target)) ?? none);
      }
    }
    for (const { instances } of agents) for (const one of instances) names.add(this.rivalsOf(one));
    entities.values.forEach((of, number) => {
      if (of.entity === 'instance' && hosts.has(of.host)) names.add(this.rivalsOf(number));
    });
    return names;
  }

  /** Adds the entities that are new in the log. */
  #grow(): void {
    const { values } = this.#log.entities;
    for (; this.#size < values.length; this.#size += 1) {
      const number = this.#size;
      const of = values[number] as ApiEntity;
      if (of.entity === 'run') this.#slot(of, number).runs.push(number);
      else if (of.entity === 'instance') {
        this.#slot(of, number).instances.push(number);
        this.#rivals[number] = push(this.#names, nameOf(of), number);
      } else if (of.entity === 'hold') push(this.#holds, of.host, number);
      else if (of.entity === 'drain') push(this.#drains, drainedName(of.target), number);
      else if (of.entity === 'collector') this.#collectors.push(number);
    }
  }

  #slot({ host, agent }: Pick<Instance, 'host' | 'agent'>, number: number) {
    const key = `${host}\n${agent}`;
    const slot = this.#slots.get(key) ?? { runs: [], instances: [] };
    this.#slots.set(key, slot);
    this.#agents[number] = slot;
    return slot;
  }
}

const drainedName = (target: DrainTarget): string =>
  'host' in target ? target.host : nameOf(target);
const nameOf = ({ service, id }: Pick<Instance, 'service' | 'id'>): string => `${service}\n${id}`;

function push(into: Map<string, number[]>, key: string, number: number): number[] {
  const all = into.get(key) ?? [];
  if (all.push(number) === 1) into.set(key, all);
  return all;
}
