import type { RunId, Slot, ZoneName } from '../../domain/identity/names.ts';
import { agentKey, instanceKey } from '../../domain/identity/registry-keys.ts';
import { blindAfter, type LeasePolicy } from '../../domain/policy/lease-policy.ts';
import {
  type Desired,
  type DesiredInstance,
  type Health,
  type InstanceSpec,
  sameHealth,
} from '../../domain/records/desired-instances.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import { termOf } from '../../domain/records/stored-record.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { RefusedCommits } from '../support/refused-commits.ts';
import type { ProcessTransition } from '../transitions/process-chain.ts';
import { signingAuthor } from '../transitions/record-change.ts';
import { BackgroundCollector } from './background-collector.ts';
import type { ClaimOptions } from './claim-slot.ts';
import { endFault } from './end-fault.ts';
import { Session } from './session.ts';
import { RecordChanges, type SettledInstance, settledInstance } from './settled-instance.ts';

export interface AgentOptions {
  readonly slot: Slot;
  /** The id of its first run, if the connection is named by it; otherwise one is generated. */
  readonly run?: RunId;
  readonly lease: LeasePolicy;
  readonly process: AgentRecord['process'];
  readonly zone?: ZoneName | undefined;
  readonly address?: string | undefined;
  /** Address of its instances that have a port and no address of their own. */
  readonly instanceAddress?: string | undefined;
  /**
   * Take the slot over from an active run. Only for the first run: an agent never does that by
   * itself.
   */
  readonly takeover: boolean;
  readonly whileWaiting?: ClaimOptions['whileWaiting'] | undefined;
  /** What happens after a run expired: a new run starts, or the agent ends with an error. */
  readonly whenExpired: 'start-over' | 'exit';
  readonly drainFor: Millis;
  readonly leaveWithin: Millis;
  /** Whether it also runs a collector, from when it first serves. */
  readonly collect: boolean;
  readonly onTransition: (transition: ProcessTransition, agent: Agent) => void;
}

/**
 * An agent: consecutive runs in one slot, and the instances that it runs.
 *
 * After a run expired, a new run starts and registers all instances again. A run that was
 * superseded ends the agent with an error.
 */
export class Agent implements AsyncDisposable {
  readonly slot: Slot;
  readonly #options: AgentOptions;
  readonly #ports: Ports;
  /** Those of its collector, which reports its own refused commits. */
  readonly #collectorPorts: Ports;
  readonly #desired = new Map<string, DesiredInstance>();
  readonly #previousRuns = new Set<RunId>();
  readonly #recordChanges = new RecordChanges();
  readonly #ready = Promise.withResolvers<void>();
  #collector: BackgroundCollector | undefined;
  #session: Session;
  #stopping = false;
  readonly #done: Promise<void>;

  /** `healthOf`: the health of an instance until a first report; serving by default. */
  constructor(
    options: AgentOptions,
    specs: readonly InstanceSpec[],
    ports: Ports,
    healthOf?: (spec: InstanceSpec) => Health,
  ) {
    agentKey(options.slot); // refuses names that fit no subject before anything is started
    this.slot = options.slot;
    this.#options = options;
    this.#collectorPorts = ports;
    const refused = new RefusedCommits(ports, blindAfter(options.lease));
    this.#ports = { ...ports, registry: refused.observe(ports.registry) };
    this.replace(specs, healthOf);
    this.#session = this.#nextSession(options.takeover, options.run);
    this.#done = this.#run().finally(() => this.#collector?.[Symbol.asyncDispose]());
    this.#done.catch(this.#ready.reject);
    this.#ready.promise.catch(() => {});
  }

  /** Resolves when the first run serves; rejects with the error that ended it before. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /**
   * Resolves when the agent has left.
   * @throws {Fault} `slot-held`, `superseded` or `expired`: the agent ended without being asked to
   */
  get done(): Promise<void> {
    return this.#done;
  }

  get run(): RunId {
    return this.#session.records.self.run;
  }

  /** The term of the current run; 0 until it has the slot. */
  get term(): Revision {
    const { agent } = this.#session.records;
    return agent ? termOf(agent) : 0;
  }

  /** The state of its session: see machines/session.ts. */
  get state(): string {
    return this.#session.state;
  }

  /**
   * Sets all instances that it runs now; the differences are registered and deregistered. `healthOf`: the
   * health of a new instance until its first report.
   */
  replace(
    specs: readonly InstanceSpec[],
    healthOf: (spec: InstanceSpec) => Health = () => ({ state: 'serving' }),
  ): void {
    const before = new Map(this.#desired);
    this.#desired.clear();
    for (const listed of specs) {
      const spec = this.#withAddress(listed);
      const key = instanceKey({ ...this.slot, ...spec });
      this.#desired.set(key, { spec, health: before.get(key)?.health ?? healthOf(spec) });
    }
    this.#session?.desiredChanged();
  }

  /** Whether it runs this instance. */
  has(spec: Pick<InstanceSpec, 'service' | 'id'>): boolean {
    return this.#desired.has(instanceKey({ ...this.slot, ...spec }));
  }

  /**
   * Sets the health of an instance. Ignored for an instance that it does not run. An instance that drains
   * is registered again, with a new token, when another health is set.
   */
  report(spec: Pick<InstanceSpec, 'service' | 'id'>, health: Health): void {
    const key = instanceKey({ ...this.slot, ...spec });
    const desired = this.#desired.get(key);
    if (!desired || sameHealth(desired.health, health)) return;
    this.#desired.set(key, { ...desired, health });
    this.#session.desiredChanged();
  }

  /**
   * Reports the result of a health check. Ignored while the instance drains: it may work, but it must not
   * be used.
   */
  reportCheck(spec: Pick<InstanceSpec, 'service' | 'id'>, result: Health): void {
    const desired = this.#desired.get(instanceKey({ ...this.slot, ...spec }));
    if (desired?.health.state !== 'draining') this.report(spec, result);
  }

  /** Adds an instance, or changes its attributes and its health. */
  put(spec: InstanceSpec, health: Health): void {
    this.#desired.set(instanceKey({ ...this.slot, ...spec }), {
      spec: this.#withAddress(spec),
      health,
    });
    this.#session.desiredChanged();
  }

  /** Removes an instance. */
  drop(spec: Pick<InstanceSpec, 'service' | 'id'>): void {
    if (!this.#desired.delete(instanceKey({ ...this.slot, ...spec }))) return;
    this.#session.desiredChanged();
  }

  /** Waits until the registry has the instance as it is desired now; not at all if it is not desired. */
  whenSettled(
    spec: Pick<InstanceSpec, 'service' | 'id'>,
    signal: AbortSignal,
  ): Promise<SettledInstance> {
    const key = instanceKey({ ...this.slot, ...spec });
    const look = () => settledInstance(this.#session.records, key, this.#desired.get(key));
    return this.#recordChanges.settle(look, signal);
  }

  /** Leaves gracefully; resolves when it has left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#session.leave();
    await this.#done.catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Consumers cannot use a port without an address. */
  #withAddress(spec: InstanceSpec): InstanceSpec {
    const { instanceAddress: address } = this.#options;
    if (spec.address !== undefined || spec.port === undefined || address === undefined) return spec;
    return { ...spec, address };
  }

  #nextSession(takeover: boolean, run = this.#ports.entropy.runId()): Session {
    const { slot, process, zone, address, lease, onTransition } = this.#options;
    const self = { ...slot, run };
    const { ttl, grace } = lease;
    const startedAt = this.#ports.clock.wall();
    return new Session(
      signingAuthor(self, this.#ports),
      {
        ...this.#options,
        takeover,
        previousRuns: this.#previousRuns,
        claim: {
          ...self,
          ttl,
          grace,
          process,
          startedAt,
          ...(zone !== undefined && { zone }),
          ...(address !== undefined && { address }),
        },
        desired: (): Desired => this.#desired,
        onRecords: () => this.#recordChanges.notify(),
        onTransition: (transition) => {
          if (transition.to === 'serving') this.#onServing();
          onTransition(transition, this);
        },
      },
      this.#ports,
    );
  }

  /** Only now it collects: a collector reads the whole fleet, which would delay the start of its agent. */
  #onServing(): void {
    this.#ready.resolve();
    const { collect, lease } = this.#options;
    if (collect)
      this.#collector ??= new BackgroundCollector(this.slot, lease, this.#collectorPorts);
  }

  async #run(): Promise<void> {
    for (;;) {
      const cause = await this.#session.run();
      this.#previousRuns.add(this.run);
      if (this.#stopping || cause === 'left') return;
      const fault = endFault(cause, this, this.#session.refusal);
      const startsOver = fault?.code === 'expired' && this.#options.whenExpired === 'start-over';
      if (fault && !startsOver) throw fault;
      this.#ports.log.warn('starting-over', { run: this.run, cause });
      this.#session = this.#nextSession(false);
    }
  }
}
