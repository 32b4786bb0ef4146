import { z } from 'zod';
import { systemAdapters } from '../composition/system-adapters.ts';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import { ZoneName } from '../domain/identity/names.ts';
import type { Health } from '../domain/records/desired-instances.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Agent } from '../runtime/agent/agent.ts';
import { watchClock } from '../runtime/agent/watch-clock.ts';
import type { ProcessTransition } from '../runtime/transitions/process-chain.ts';
import { EventListeners } from './event-listeners.ts';
import { type InstanceOptions, instanceReader, readHealth } from './instances-option.ts';
import { Callback, refuseUnknown } from './known-options.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import {
  type Duration,
  type HostOptions,
  type LeaseOptions,
  readLease,
  readOption,
  readSlot,
} from './options.ts';

/** Options of `startAgent`. */
export interface AgentOptions extends StoreOptions, LeaseOptions, HostOptions {
  /** Name of the agent, unique on its host. `host` and `name` identify its slot. */
  readonly name: string;
  /** Instances to register at the start; default: none. */
  readonly instances?: readonly InstanceOptions[];
  /**
   * Failure domain of the host, such as a rack or a site. The brake counts silent runs per zone. Default:
   * the zone of hosts without one.
   */
  readonly zone?: string;
  /**
   * Address of the host, at most 1024 characters; it is never an identity. Instances with a port and without
   * an address have it too. Default for them: the first address of the network interfaces of this host.
   */
  readonly address?: string;
  /** Whether it takes the slot from a live run. Default false: `slot-held` is thrown. */
  readonly takeover?: boolean;
  /**
   * What happens after this run expired: `start-over` starts a new run and registers all instances again;
   * `exit` rejects `done` with `expired`. Default `start-over`.
   */
  readonly whenExpired?: 'start-over' | 'exit';
  /** Whether it competes for a collector seat; default true. */
  readonly collect?: boolean;
  /** Time for which instances are `draining` before `stop` removes them; default 0. */
  readonly drain?: Duration;
  /** Called after each transition of the agent's session machine. */
  readonly onTransition?: (transition: ProcessTransition) => void;
}

/** A state of an agent's session. */
export type AgentState =
  | 'connecting'
  | 'claiming'
  | 'reconciling'
  | 'serving'
  | 'lapsed'
  | 'leaving'
  | 'fenced'
  | 'stopped';

/**
 * What `RunningAgent.on` can report. `lapsed`: its lease was not renewed in time, so consumers may doubt its
 * instances until it comes back. `refuted`: a collector suspected it, and it shows that it is alive.
 * `restarted`: its run had expired, and a new run has registered all instances again.
 */
export type AgentEvent = 'lapsed' | 'refuted' | 'restarted';

/** A running agent. Disposing it is the same as `stop`. */
export interface RunningAgent extends AsyncDisposable {
  /** Id of its host. */
  readonly host: string;
  /** Name of the agent. */
  readonly name: string;
  /** Current run id. Changes when the agent restarts as a new run after expiry. */
  readonly run: string;
  /** Fencing token of the current run; it grows with each run of the slot. 0: the run has no slot yet. */
  readonly term: number;
  /**
   * State of its session: see docs/explanation/machines.md.
   */
  readonly state: AgentState;
  /**
   * Sets all instances that the agent runs now. It registers the new ones, updates the changed ones and
   * removes the others, in the background.
   * @throws {Fault} `bad-setting` if an instance breaks a rule or is listed twice, or after the agent has stopped
   */
  replace(instances: readonly InstanceOptions[]): void;
  /**
   * Sets the health of an instance that has no health check; `detail` has at most 4096 characters.
   * `draining` also holds for an instance with a check, until another health is reported; the instance is then
   * registered again, with a new token.
   * @throws {Fault} `bad-setting` if the health breaks its rule, if the agent has no such instance, or after the
   * agent has stopped
   */
  report(instance: { readonly service: string; readonly id: string }, health: Health): void;
  /**
   * Removes the instances and the agent and releases the lease. Waits at most 3 s for a store that does
   * not answer; a collector then removes the rest after expiry.
   */
  stop(): Promise<void>;
  /** The same as `stop`. */
  close(): Promise<void>;
  /** Calls the listener at each such event. Returns a function that removes the listener. */
  on(event: AgentEvent, listener: () => void): () => void;
  /**
   * Resolves when the agent has stopped.
   * @throws {Fault} `superseded` if another run took the slot; `expired` with `whenExpired: 'exit'`
   */
  readonly done: Promise<void>;
}

const Address = z.string().min(1).max(1024).optional();
const WhenExpired = z.enum(['start-over', 'exit']).default('start-over');

/** Time limit of a stop while the store does not answer. */
const leaveWithin: Millis = seconds(3);

/**
 * Registers instances and keeps them registered while this process lives. Resolves when all are registered.
 *
 * A namespace that does not exist is created. If the process ends without `stop`, its lease lapses, and a
 * collector removes its instances after `grace` (guarantee G4).
 * @throws {Fault} `bad-setting`, `bad-name`; `slot-held` if a live run has the slot; `superseded`;
 * `store-unavailable`, `store-refused`, `store-misconfigured`, `server-too-old`
 * @example
 * ```ts
 * import { startAgent } from 'rollcall';
 *
 * const shop = await startAgent({
 *   servers: 'nats://127.0.0.1:4222',
 *   name: 'shop',
 *   instances: [{ service: 'web', id: 'web-1', address: '10.0.0.7', port: 8080 }],
 * });
 * shop.report({ service: 'web', id: 'web-1' }, { state: 'failing', detail: 'disk full' });
 * // Removes the instance, then the agent, and releases the lease.
 * await shop.stop();
 * ```
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  refuseUnknown(options);
  await using opened = new AsyncDisposableStack();
  const { Agent, HealthChecks, initialHealth } = await importAgent();
  const slot = await readSlot(options, options.name);
  const readInstances = await instanceReader(slot);
  readOption('onTransition', Callback, options.onTransition);
  const initial = readInstances(options.instances ?? []);
  // Callers without types may pass any value; an invalid address would make the record unreadable.
  const address = readOption('address', Address, options.address);
  const zone = readOption('zone', ZoneName.optional(), options.zone);
  const takeover = readOption('takeover', z.boolean().default(false), options.takeover);
  const collect = readOption('collect', z.boolean().default(true), options.collect);
  const whenExpired = readOption('whenExpired', WhenExpired, options.whenExpired);
  const events = new EventListeners<AgentEvent>();
  const me = { ...slot, run: systemAdapters.entropy.runId() };
  let lastServing: string = me.run;
  const settings = {
    ...{ slot, zone, address, takeover, whenExpired, collect, leaveWithin },
    lease: readLease(options),
    process: systemAdapters.thisProcess(),
    instanceAddress: address ?? systemAdapters.hostAddress(),
    drainFor: readOption('drain', DurationOrMillis, options.drain ?? 0),
    onTransition: (transition: ProcessTransition, { run }: Agent) => {
      const event = agentEvent(transition, run !== lastServing);
      if (transition.to === 'serving') lastServing = run;
      if (event) events.emit(event);
      options.onTransition?.(transition);
    },
  };
  const { ports } = opened.use(await openPorts(options, me));
  const agent = opened.use(
    new Agent(
      { ...settings, run: me.run },
      initial.map(({ spec }) => spec),
      ports,
      initialHealth(initial),
    ),
  );
  const over = opened.adopt(new AbortController(), async (one) => one.abort());
  void watchClock(ports, over.signal);
  const checks = opened.adopt(new HealthChecks(agent), async (running) => running.stop());
  checks.replace(initial);
  await agent.ready;
  const closing = opened.move();
  let isOver = false;
  const refuseIfOver = () => {
    if (isOver) throw new Fault('bad-setting', 'the agent has stopped; start another one');
  };
  const stop = () => {
    isOver = true;
    return closing.disposeAsync();
  };
  agent.done.then(stop, stop);
  return {
    host: slot.host,
    name: slot.agent,
    get run() {
      return agent.run;
    },
    get term() {
      return agent.term;
    },
    get state() {
      return agent.state as AgentState;
    },
    replace(listed) {
      refuseIfOver();
      const instances = readInstances(listed);
      agent.replace(
        instances.map(({ spec }) => spec),
        initialHealth(instances),
      );
      checks.replace(instances);
    },
    report({ service, id }, given) {
      refuseIfOver();
      const health = readHealth(given);
      const instance = { service, id } as Parameters<Agent['report']>[0];
      if (!agent.has(instance)) {
        throw new Fault('bad-setting', `this agent has no instance '${service}/${id}'`);
      }
      agent.report(instance, health);
    },
    stop,
    close: stop,
    on: (event, listener) => events.on(readOption('event', EventName, event), listener),
    done: agent.done,
    [Symbol.asyncDispose]: stop,
  };
}

const EventName = z.enum(['lapsed', 'refuted', 'restarted']);

/** `isNew`: another run served last. */
function agentEvent({ event, to }: ProcessTransition, isNew: boolean): AgentEvent | undefined {
  if (event.type === 'lapsed' && to === 'lapsed') return 'lapsed';
  if (event.type === 'suspected') return 'refuted';
  return to === 'serving' && isNew ? 'restarted' : undefined;
}

/** Imports what only an agent needs, so that a consumer of the directory does not load it. */
async function importAgent() {
  const [{ Agent }, { HealthChecks, initialHealth }] = await Promise.all([
    import('../runtime/agent/agent.ts'),
    import('../composition/instances/running-checks.ts'),
  ]);
  return { Agent, HealthChecks, initialHealth };
}
