import { startChild } from '../../composition/start-child.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { InstanceSpec } from '../../domain/records/desired-instances.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { Agent, type AgentOptions } from '../../runtime/agent/agent.ts';
import type { Common } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import type { Terminal } from '../terminal/io.ts';
import { printError } from '../terminal/print-error.ts';
import { connectPatiently, watchConnection } from './connect.ts';

/** How long the process waits for the store before it starts unregistered, to be registered later. */
const connectWithin: Millis = seconds(3);

/** How much longer than a ttl it waits for its slot, which a dead run may still own. */
const claimWithin: Millis = seconds(10);

/** Exit code that shells use for a command that cannot be started. */
const cannotStart = 127;

/**
 * A process and its registration. The slot is claimed before the process starts, so that a second one
 * of the same name is refused. A store that does not answer does not keep the process from starting.
 */
export class SupervisedProcess {
  readonly #options: AgentOptions;
  readonly #spec: InstanceSpec;
  readonly #io: Terminal;
  readonly #over = new AbortController();
  readonly #joined: Promise<Agent | undefined>;
  #leave = async (): Promise<void> => {};

  constructor(
    settings: Common,
    options: AgentOptions,
    me: RunRef,
    spec: InstanceSpec,
    { io, metrics }: { readonly io: Terminal; readonly metrics: Metrics },
  ) {
    this.#options = options;
    this.#spec = spec;
    this.#io = io;
    this.#joined = this.#join(settings, me, metrics);
    this.#joined.catch(() => {});
  }

  async run(args: readonly string[]): Promise<number> {
    try {
      await this.#claim();
      return this.#io.signal.aborted ? exitCodes.interrupted : await this.#supervise(args);
    } finally {
      this.#over.abort();
      await this.#joined.catch(() => {});
      await this.#leave();
    }
  }

  async #join(settings: Common, me: RunRef, metrics: Metrics): Promise<Agent | undefined> {
    const { signal } = this.#over;
    const connected = await connectPatiently(settings, this.#io, me, { signal, metrics });
    if (!connected) return undefined;
    const agent = new Agent(this.#options, [], connected.ports);
    agent.done.catch(() => {});
    this.#leave = async () => {
      await agent.stop();
      await connected[Symbol.asyncDispose]();
    };
    void watchConnection(connected.store, this.#io, this.#over.signal);
    return agent;
  }

  /** Waits for the slot, at most a ttl and 10 s. @throws {Fault} `slot-held` */
  async #claim(): Promise<void> {
    const { clock } = systemAdapters;
    const { signal } = this.#io;
    const agent = await Promise.race([this.#joined, clock.sleep(connectWithin, signal)]);
    if (!agent) return;
    const patience = this.#options.lease.ttl + claimWithin;
    await Promise.race([agent.ready, clock.sleep(patience, signal)]);
  }

  async #supervise(args: readonly string[]): Promise<number> {
    const child = await startChild(args, this.#io.signals).catch((cause: unknown) => {
      printError(cause, this.#io);
      return undefined;
    });
    if (!child) return cannotStart;
    let failed = false;
    // A run that lost its slot must stop, and so must its process.
    const end = (cause: unknown) => {
      failed = true;
      printError(cause, this.#io);
      child.kill('SIGTERM');
    };
    const registered = this.#joined.then((agent) => this.#register(agent, end));
    registered.catch((cause: unknown) => printError(cause, this.#io));
    const code = await child.exit;
    return failed ? exitCodes.wanting : code;
  }

  #register(agent: Agent | undefined, lost: (cause: unknown) => void): void {
    if (!agent) return;
    agent.replace([this.#spec]);
    agent.done.catch(lost);
    const draining = () => agent.report(this.#spec, { state: 'draining' });
    if (this.#io.signal.aborted) draining();
    else this.#io.signal.addEventListener('abort', draining, { once: true });
  }
}
