import { z } from 'zod';
import { systemAdapters } from '../composition/system-adapters.ts';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import { ZoneName } from '../domain/identity/names.ts';
import type { Health } from '../domain/records/desired-instances.ts';
import type { GrpcProbe, HttpProbe, UdpProbe } from '../domain/records/health-check.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Agent } from '../runtime/agent/agent.ts';
import type { ProcessTransition } from '../runtime/transitions/process-chain.ts';
import { instanceReader, readHealth } from './instances-option.ts';
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

/** An instance that an agent registers. */
export interface InstanceOptions {
  /** Name of the service: 1 to 1024 bytes without control characters. */
  readonly service: string;
  /** Id within the service, with the same rule. Default `<host>-<agent>-<service>-<port>`. */
  readonly id?: string | undefined;
  /**
   * Address for consumers, at most 1024 characters. It is published and not interpreted. Default, if there is
   * a port: that of the agent.
   */
  readonly address?: string | undefined;
  /** Port for consumers, 0 to 65535. */
  readonly port?: number | undefined;
  /** Texts by name for consumers, such as a version. Default: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Health check that the agent runs: exactly one of `http`, `tcp`, `unix`, `udp`, `grpc` and `exec`
   * (docs/how-to/check-health.md). Default: none.
   */
  readonly check?:
    | {
        /** An http or https address, or a request; a 2xx or 3xx status is a success. */
        readonly http?: string | HttpProbe | undefined;
        /** `host:port` to which a connection must succeed. */
        readonly tcp?: string | { readonly host: string; readonly port: number } | undefined;
        /** Path of a socket to which a connection must succeed. */
        readonly unix?: string | undefined;
        /** A datagram; without `expectReply` it fails only if the port is reported as closed. */
        readonly udp?: string | UdpProbe | undefined;
        /** A server of `grpc.health.v1` that must answer SERVING. */
        readonly grpc?: string | GrpcProbe | undefined;
        /** A command and its arguments, run without a shell; exit code 0 is a success. */
        readonly exec?: readonly string[] | undefined;
        /** From the start of one check to the start of the next; default 10 s. */
        readonly every?: Duration | undefined;
        /** Time limit of one check; default 5 s. */
        readonly timeout?: Duration | undefined;
        /** Failures in a row after which the instance is `failing`, 1 to 1000; default 3. */
        readonly failAfter?: number | undefined;
        /** Successes in a row after which a failing instance is `serving`, 1 to 1000; default 1. */
        readonly passAfter?: number | undefined;
        /** Time after the start in which failures do not count, until one check has passed; default 0. */
        readonly startPeriod?: Duration | undefined;
        /** State of the instance until a check has passed; default `failing`. */
        readonly initial?: 'failing' | 'serving' | undefined;
      }
    | undefined;
}

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
   * `connecting`, `claiming`, `reconciling`, `serving`, `lapsed`, `leaving`, `fenced` or `stopped`: see
   * docs/explanation/machines.md.
   */
  readonly state: string;
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
  const settings = {
    ...{ slot, zone, address, takeover, whenExpired, collect, leaveWithin },
    lease: readLease(options),
    process: systemAdapters.thisProcess(),
    instanceAddress: address ?? systemAdapters.hostAddress(),
    drainFor: readOption('drain', DurationOrMillis, options.drain ?? 0),
    onTransition: (transition: ProcessTransition) => options.onTransition?.(transition),
  };
  const me = { ...slot, run: systemAdapters.entropy.runId() };
  const { ports } = opened.use(await openPorts(options, me));
  const agent = opened.use(
    new Agent(
      { ...settings, run: me.run },
      initial.map(({ spec }) => spec),
      ports,
      initialHealth(initial),
    ),
  );
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
      return agent.state;
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
    done: agent.done,
    [Symbol.asyncDispose]: stop,
  };
}

/** Imports what only an agent needs, so that a consumer of the directory does not load it. */
async function importAgent() {
  const [{ Agent }, { HealthChecks, initialHealth }] = await Promise.all([
    import('../runtime/agent/agent.ts'),
    import('../composition/instances/health-checks.ts'),
  ]);
  return { Agent, HealthChecks, initialHealth };
}
