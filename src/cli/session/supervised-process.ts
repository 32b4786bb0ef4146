import { HealthChecks, initialHealth } from '../../composition/instances/running-checks.ts';
import { startChild } from '../../composition/start-child.ts';
import { UnusableFile } from '../../composition/store/access.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault, type FaultCode } from '../../domain/fault.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { InstanceSpec } from '../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { Agent, type AgentOptions } from '../../runtime/agent/agent.ts';
import { watchClock } from '../../runtime/agent/watch-clock.ts';
import type { Common } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import type { Terminal } from '../terminal/io.ts';
import { printError } from '../terminal/print-error.ts';
import { childEnvironment } from './child-environment.ts';
import { connectPatiently, watchConnection } from './connect.ts';
import { watchOrphans } from './watch-orphans.ts';

/** How long the process waits for the store before it starts unregistered, to be registered later. */
const connectWithin: Millis = seconds(3);

/** How much longer than a ttl it waits for its slot, which a dead run may still own. */
const claimWithin: Millis = seconds(10);

/** Time between two attempts to register after an unexpected failure. */
const joinAgainAfter: Millis = seconds(5);

/**
 * Failures of the store that an operator ends while the process runs. A revoked login must not keep a
 * service from starting after a power cut. The same holds for a file of a login that is not in place yet.
 */
const mendedLater: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'store-refused',
  'store-misconfigured',
  'store-too-new',
]);

/** Exit code that shells use for a command that cannot be started. */
const cannotStart = 127;

export interface SupervisedOptions {
  readonly agent: AgentOptions;
  readonly me: RunRef;
  readonly spec: InstanceSpec;
  /** The instance is live while this check passes; undefined: while the process runs. */
  readonly check: HealthCheck | undefined;
  /** Time between the first signal to stop and its delivery, in which the instance is draining. */
  readonly drain: Millis;
  /** Whether the process starts only after its slot is claimed. */
  readonly waitRegistered: boolean;
}

/**
 * A process and its registration. The slot is claimed before the process starts, so that a second one
 * of the same name is refused. A store that does not answer or refuses does not keep the process from
 * starting, and no failure of the registration ends it.
 */
export class SupervisedProcess {
  readonly #settings: Common;
  readonly #options: SupervisedOptions;
  readonly #io: Terminal;
  readonly #metrics: Metrics;
  readonly #over = new AbortController();
  readonly #unreachable = Promise.withResolvers<void>();
  readonly #joined: Promise<Agent | undefined>;
  #agent: Agent | undefined;
  #checks: HealthChecks | undefined;
  #isStopping = false;
  #leave = async (): Promise<void> => {};

  constructor(
    settings: Common,
    options: SupervisedOptions,
    { io, metrics }: { readonly io: Terminal; readonly metrics: Metrics },
  ) {
    this.#settings = settings;
    this.#options = options;
    this.#io = io;
    this.#metrics = metrics;
    this.#joined = this.#join(options.me);
    this.#joined.catch(() => {});
  }

  async run(args: readonly string[]): Promise<number> {
    try {
      await this.#claim().catch((cause: unknown) => this.#startAnyway(cause));
      return this.#io.signal.aborted ? exitCodes.interrupted : await this.#supervise(args);
    } finally {
      this.#over.abort();
      this.#checks?.stop();
      await this.#joined.catch(() => {});
      await this.#leave();
    }
  }

  async #join(me: RunRef): Promise<Agent | undefined> {
    const { signal } = this.#over;
    const options = {
      ...{ signal, metrics: this.#metrics },
      onUnreachable: this.#unreachable.resolve,
    };
    const connected = await connectPatiently(this.#settings, this.#io, me, options);
    if (!connected) return undefined;
    const agent = new Agent({ ...this.#options.agent, run: me.run }, [], connected.ports);
    agent.done.catch(() => {});
    this.#agent = agent;
    this.#leave = async () => {
      await agent.stop();
      await connected[Symbol.asyncDispose]();
    };
    void watchConnection(connected, this.#io, signal);
    void watchClock(connected.ports, signal);
    return agent;
  }

  /**
   * Waits for the slot, at most a ttl and 10 s; not at all if the store does not answer.
   * @throws {Fault} `slot-held`
   */
  async #claim(): Promise<void> {
    const { clock } = systemAdapters;
    const { signal } = this.#io;
    const { waitRegistered, agent: options } = this.#options;
    const interrupted = clock.sleep(Number.POSITIVE_INFINITY, signal);
    const patience = waitRegistered
      ? [interrupted]
      : [this.#unreachable.promise, clock.sleep(connectWithin, signal)];
    const agent = await Promise.race([this.#joined, ...patience]);
    if (!agent) return;
    const limit = waitRegistered
      ? interrupted
      : clock.sleep(options.lease.ttl + claimWithin, signal);
    await Promise.race([agent.ready, limit]);
  }

  /** @throws {Fault} `cause`, if the process must not start */
  #startAnyway(cause: unknown): void {
    const isMendedLater =
      cause instanceof UnusableFile || (cause instanceof Fault && mendedLater.has(cause.code));
    if (this.#options.waitRegistered || !isMendedLater) throw cause;
  }

  async #supervise(args: readonly string[]): Promise<number> {
    const starting = startChild(args, {
      signals: this.#io.signals,
      beforeStop: () => this.#drain(),
      env: childEnvironment(this.#io.env),
    });
    const child = await starting.catch((cause: unknown) => {
      printError(cause, this.#io);
      return undefined;
    });
    if (!child) return cannotStart;
    this.#io.started(`process ${child.pid}`);
    const watching = watchOrphans(this.#io, this.#over.signal);
    let lostSlot = false;
    void this.#keepRegistered(() => {
      lostSlot = true;
      child.kill('SIGTERM');
    });
    const code = await child.exit;
    this.#over.abort();
    await watching;
    return lostSlot ? exitCodes.wanting : code;
  }

  /**
   * Keeps the process registered until it ends. A run that lost its slot must stop, and so must its
   * process (`onSlotLost`). After any other failure the process goes on, and is registered again.
   */
  async #keepRegistered(onSlotLost: () => void): Promise<void> {
    const { signal } = this.#over;
    let joined = this.#joined;
    const first = joined;
    let printed: string | undefined;
    while (!signal.aborted) {
      try {
        const agent = await joined;
        if (!agent) return;
        this.#register(agent);
        await agent.done;
        return;
      } catch (cause) {
        if (signal.aborted) return;
        const message = String(cause);
        const isRepeated = message === printed;
        printed = message;
        if (!isRepeated) printError(cause, this.#io);
        const code = cause instanceof Fault ? cause.code : undefined;
        // Later, the slot may still belong to the earlier run of this process: its lease ends by itself.
        const isRefused = code === 'slot-held' && joined === first;
        if (isRefused || code === 'superseded' || code === 'expired') return onSlotLost();
        if (!isRepeated) this.#io.err('the process goes on unregistered; registering it again');
      }
      await this.#leave().catch(() => {});
      await systemAdapters.clock.sleep(joinAgainAfter, signal);
      if (signal.aborted) return;
      const me = { ...this.#options.me, run: systemAdapters.entropy.runId() };
      joined = this.#join(me);
    }
  }

  #register(agent: Agent): void {
    // The store answered only now: an instance that is about to stop is not announced any more.
    if (this.#isStopping) return;
    const { spec, check } = this.#options;
    const listed = [{ spec, check }];
    this.#checks?.stop();
    this.#checks = new HealthChecks(agent);
    agent.replace([spec], initialHealth(listed));
    this.#checks.replace(listed);
  }

  /** Consumers stop using the instance before the process gets a signal to stop. */
  async #drain(): Promise<void> {
    this.#isStopping = true;
    this.#checks?.stop();
    if (!this.#agent) return;
    this.#agent.report(this.#options.spec, { state: 'draining' });
    await systemAdapters.clock.sleep(this.#options.drain, this.#over.signal);
  }
}
